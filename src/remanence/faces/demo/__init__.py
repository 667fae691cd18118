"""The demo: a year of conversation goes in, and a new process answers from it."""
