"""The only queries: rows to engine values and back."""
