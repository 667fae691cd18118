"""The command line: `remanence`."""
