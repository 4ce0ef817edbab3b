"""HTTP: parse, call a service, show the answer. Routes import no tables."""
