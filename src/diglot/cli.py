"""`diglot`, the command."""
