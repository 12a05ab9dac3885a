"""Provide servers and databases: found, started once, shared, migrated, copied and given back."""
