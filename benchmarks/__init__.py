"""Benchmarks: frozen instances, named peers, one command each."""
