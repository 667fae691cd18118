"""The checks behind the promises about memory, a file for each; `running` puts them together."""
