"""Isolate a test: `rewind` one shared transaction, or `clone` a database of its own."""
