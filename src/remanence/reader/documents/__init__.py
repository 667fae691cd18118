"""Documents read into passages: a format into blocks, blocks into passages, passages against those known."""
