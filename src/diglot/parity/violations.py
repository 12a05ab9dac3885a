"""Tell whether two failures are the same to an application: the same exception, for the same kind of violation."""

import re

from diglot.parity.trace import Failure

_POSTGRES = {
    "23505": "unique",
    "23503": "foreign key",
    "23502": "not null",
    "23514": "check",
    "23P01": "exclusion",
    "42601": "syntax",
    "42P01": "no table",
    "42703": "no column",
    "42883": "no function",
    "42P07": "table exists",
    "42702": "ambiguous",
    "42803": "grouping",
    "42P10": "conflict target",
    "42804": "type",
    "22P02": "type",
}
_SQLITE = {
    "SQLITE_CONSTRAINT_UNIQUE": "unique",
    "SQLITE_CONSTRAINT_PRIMARYKEY": "unique",
    "SQLITE_CONSTRAINT_ROWID": "unique",
    "SQLITE_CONSTRAINT_FOREIGNKEY": "foreign key",
    "SQLITE_CONSTRAINT_NOTNULL": "not null",
    "SQLITE_CONSTRAINT_CHECK": "check",
    "SQLITE_CONSTRAINT_DATATYPE": "type",
    "SQLITE_MISMATCH": "type",
}
_SQLITE_WORDS = (
    (re.compile(r"no such table"), "no table"),
    (re.compile(r"no such column|has no column named"), "no column"),
    (re.compile(r"no such function"), "no function"),
    (re.compile(r"syntax error|incomplete input|unrecognized token"), "syntax"),
    (re.compile(r"table .* already exists"), "table exists"),
    (re.compile(r"ambiguous column name"), "ambiguous"),
    (re.compile(r"ON CONFLICT clause does not match"), "conflict target"),
)
_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
_SPACE = re.compile(r"\s+")


def violation(failure: Failure) -> str:
    """Return what kind of rule a database's failure is about, or "" when that is not known."""
    if failure.code in _POSTGRES:
        return _POSTGRES[failure.code]
    if failure.code in _SQLITE:
        return _SQLITE[failure.code]
    if failure.code.startswith("SQLITE"):
        return next((name for words, name in _SQLITE_WORDS if words.search(failure.message)), "")
    return ""


def same_failure(one: Failure | None, other: Failure | None) -> bool:
    """Say whether an application that catches one of the two, or looks at it, would treat the other alike.

    Failures of a database are the same when SQLAlchemy's exception is, and the kind of violation as far as
    it is known; others when class and message are, but for addresses in memory.
    """
    if one is None or other is None:
        return one is other
    if one.name != other.name or bool(one.driver) != bool(other.driver):
        return False
    if one.driver:
        return violation(one) == violation(other) or not violation(one) or not violation(other)
    return _masked(one.message) == _masked(other.message)


def _masked(message: str) -> str:
    return _SPACE.sub(" ", _ADDRESS.sub("0x", message)).strip()
