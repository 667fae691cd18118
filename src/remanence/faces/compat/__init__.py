"""Other memories' interfaces over cubes: each translates calls and answers, and remembers nothing itself."""
