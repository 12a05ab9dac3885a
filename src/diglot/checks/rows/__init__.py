"""Make rows for any migrated Postgres schema, and see which of them a step of the chain loses."""
