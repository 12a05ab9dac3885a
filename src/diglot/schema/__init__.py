"""What a schema is: `catalog` reads Postgres's own catalogues, `logical` says it in words that dialects share."""
