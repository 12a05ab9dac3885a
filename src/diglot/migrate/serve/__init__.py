"""What runs in the process that `diglot.migrate.worker` starts: the one that imports Alembic and runs env.py.

`python -m diglot.migrate.serve '{"root": ..., "ini": ...}'` takes orders as JSON lines. Its stdout is for answers
alone: what env.py and migrations print goes to stderr, and their stdin is empty.
"""
