"""Use cases: load, decide, save, record, return. Services do not import each other."""
