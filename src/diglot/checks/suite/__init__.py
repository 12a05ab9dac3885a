"""The checks: one module each, whose docstring is its page. The folder is the list."""
