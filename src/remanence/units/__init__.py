"""What units are made of: rules, sentences and extracts, clusters and their names. Pure, over values."""
