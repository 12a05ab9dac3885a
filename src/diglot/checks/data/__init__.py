"""Audit a SQLite file before its rows move: `target` is what Postgres takes, `judges` know what does not fit."""
