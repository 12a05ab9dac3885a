"""Diglot: run every repository and route test on SQLite and on a real, migrated Postgres."""
