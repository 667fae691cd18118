"""A cube behind a server: the façade's methods, sent over HTTP and answered with the same values."""
