"""Where cubes are dumped to other forms, and loaded from the one that is complete."""
