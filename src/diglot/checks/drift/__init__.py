"""What the metadata and the migrated schema disagree on, as findings."""
