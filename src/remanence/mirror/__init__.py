"""Self-overhearing: what an agent's own output says about it, by functions over values."""
