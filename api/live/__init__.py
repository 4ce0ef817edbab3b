"""Live push: every event of the log reaches whoever may see it, in order, with no silent hole."""
