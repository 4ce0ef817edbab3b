"""What clients may send and viewers may see; never shared with tables."""
