"""What administrators do with customers."""
