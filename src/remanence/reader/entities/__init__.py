"""Text to names: whom and what it mentions, by shallow evidence, and which known entity each name means."""
