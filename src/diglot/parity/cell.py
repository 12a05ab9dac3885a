"""Look at one cell on which the dialects disagree: the SQL behind it, and the parameters that led to it."""

import re
from typing import Any

from diglot import sqltext
from diglot.parity.difference import Difference
from diglot.parity.evidence import column_expression, parameter_values

NUMBERS = "integer|smallint|bigint|numeric|real|double precision"
"""Postgres's names of number types, for a regular expression."""
TEXTS = "text|character varying|character"
"""Postgres's names of text types, for a regular expression."""

_ALIAS = re.compile(r""" as (?:[a-z_]\w*|"[^"]+")$""")
_COLUMN = re.compile(r"""(?:(?:\w+|"[^"]+")\.){0,2}(?:[a-z_]\w*|"[^"]+")$""")
_CONSTANTS = {"true", "false", "null", "current_timestamp", "current_date", "current_time", "user"}


def behind(difference: Difference) -> str:
    """Return the expression of SQLite's SELECT list behind the cell, as `sqltext.code`, without its alias.

    It is "" when it cannot be told, and a `*` as it is.
    """
    whole = column_expression(difference)
    return whole if _COLUMN.match(whole) else _ALIAS.sub("", whole)


def is_column(difference: Difference) -> bool:
    """Whether the cell is a column of a table: read as it is, or through a `*`."""
    statement = difference.statement("sqlite")
    if statement is None or not difference.column:
        return False
    expression = behind(difference)
    if expression and not expression.endswith("*"):
        return bool(_COLUMN.match(expression)) and expression not in _CONSTANTS
    return any(item == "*" or item.endswith(".*") for item in sqltext.select_list(statement.sql))


def parameter_pairs(difference: Difference) -> list[tuple[Any, Any]]:
    """Return the parameters of the statement: what SQLite got, and what Postgres got in its place."""
    given = (parameter_values(difference.statement(dialect)) for dialect in ("sqlite", "postgresql"))
    return list(zip(*given, strict=False))
