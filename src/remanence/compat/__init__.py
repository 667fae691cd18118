"""Drop-in replacements for other memories' classes; see docs/adapters.md."""
