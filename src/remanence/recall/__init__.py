"""Recall: a cue against what is remembered gives ranked hits that explain themselves, and context."""
