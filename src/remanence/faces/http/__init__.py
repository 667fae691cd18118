"""The REST server: it translates requests into calls of the façade, and values into JSON."""
