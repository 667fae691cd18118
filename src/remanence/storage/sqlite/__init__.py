"""The engine that keeps a cube in one SQLite file."""
