"""Find every SQL text of the project, and ask a migrated Postgres what it makes of it."""
