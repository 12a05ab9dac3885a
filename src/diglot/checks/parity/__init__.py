"""Compare the logical schemas of the metadata, of SQLite and of Postgres; `rules` has what is known to be the same."""
