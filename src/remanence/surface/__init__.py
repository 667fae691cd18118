"""The façade's methods by theme; `cube.py` puts them together into one class."""
