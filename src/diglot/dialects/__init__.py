"""The two dialects: all that knows a driver, and nothing else does."""
