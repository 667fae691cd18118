"""The verbs of an open cube, each in a file: what binds reader, beliefs, lifecycle and recall together."""
