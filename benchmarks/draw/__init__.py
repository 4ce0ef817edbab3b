"""The draw beside its peers, and at scale."""
