"""A second look at hits by a model that reads question and text together: the port and an engine."""
