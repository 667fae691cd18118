"""Text becomes unit vectors: the port, its engines, and where the default model's files come from."""
