"""Files in and out: openings as centres have them, and JSON documents of the engine's values."""
