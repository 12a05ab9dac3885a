"""Hold migrations, schemas and statements against a real Postgres; `suite` has one module for each check."""
