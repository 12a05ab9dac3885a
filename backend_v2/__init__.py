"""Raptor: the API of a retail paper-trading product."""
