"""How new evidence meets what is believed already."""
