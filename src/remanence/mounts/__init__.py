"""Several cubes as one memory: how each is mounted, which of them something goes to or comes from."""
