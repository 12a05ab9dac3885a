"""Diglot: run every repository and route test on SQLite and on a real, migrated Postgres."""

__version__ = "0.1.0"
