"""Promises: how they are made, kept account of, checked, chained and exchanged between cubes."""
