"""What people and programs meet: they parse, make one call on an open cube, and print."""
