"""Where a cube is kept: the port, and the engines that fill it."""
