"""Make a schema from the project's migrations: `digest` names it, `program` builds it."""
