"""The reader that asks a language model: what it is sent, what it answers, what of that is kept."""
