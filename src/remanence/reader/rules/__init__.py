"""The rule reader: what a speaker says of themselves, by tables of patterns, a folder for each language."""
