"""Other people's memory stores as records: each format has a file, and none of them knows a cube."""
