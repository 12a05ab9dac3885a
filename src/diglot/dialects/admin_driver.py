"""The driver of administration connections, psycopg2, or its absence.

A project that runs on SQLite alone need not have it. The names of its errors are there all the
same, so that they can be written in `except`; nobody raises them then.
"""

from typing import Any

Connect: Any
Error: type[Exception]
DuplicateDatabase: type[Exception]
InsufficientPrivilege: type[Exception]
LockNotAvailable: type[Exception]
ObjectInUse: type[Exception]

MISSING = ""
"""Why it cannot be imported; empty when it is there."""

NAME = "psycopg2"

try:
    import psycopg2
    from psycopg2 import errors
except ImportError as problem:
    MISSING = str(problem)
    DuplicateDatabase = InsufficientPrivilege = LockNotAvailable = ObjectInUse = type("NeverRaised", (Exception,), {})
    Error = DuplicateDatabase
else:
    Connect = psycopg2.connect
    Error = psycopg2.Error
    DuplicateDatabase = errors.DuplicateDatabase
    InsufficientPrivilege = errors.InsufficientPrivilege
    LockNotAvailable = errors.LockNotAvailable
    ObjectInUse = errors.ObjectInUse
