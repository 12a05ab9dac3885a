"""How a statement orders its rows: by which expressions, and what stands in those columns."""

import math
from collections.abc import Sequence
from typing import Any

from diglot.parity.difference import Difference
from diglot.parity.trace import Row
from diglot.parity.values import Likeness, Volatile, likeness
from diglot.sqltext import Token, tokens

_ENDS = frozenset({"limit", "offset", "fetch", "for", "union", "except", "intersect", "returning", ";"})
_ENDS_A_KEY = frozenset({"asc", "desc", "nulls", "collate"})


def sort_keys(sql: str) -> tuple[str, ...]:
    """Return what the whole statement is ordered by: a column's bare name, a position, or "" for an expression."""
    top = tokens(sql)
    begin = next((at for at in range(len(top) - 1) if _is_order_by(top, at)), None)
    if begin is None:
        return ()
    keys: list[list[Token]] = [[]]
    for token in top[begin + 2 :]:
        if token.depth == 0 and token.text in _ENDS:
            break
        if token.depth == 0 and token.text == ",":
            keys.append([])
        else:
            keys[-1].append(token)
    return tuple(_name(key) for key in keys)


def sort_columns(difference: Difference) -> list[int]:
    """Return which of the result's columns, counting from 0, the rows are ordered by, as far as it can be seen."""
    statement = difference.statement("sqlite")
    columns = [name.lower() for name in (statement.columns or ())] if statement else []
    found = []
    for key in sort_keys(difference.sql("sqlite")):
        if key.isdigit() and 0 < int(key) <= len(columns):
            found.append(int(key) - 1)
        elif key in columns:
            found.append(columns.index(key))
    return found


def cells(difference: Difference, dialect: str, column: int) -> list[Any]:
    """Return one column of the dialect's rows, counting columns from 0."""
    return [row[column] for row in difference.rows(dialect) if column < len(row)]


def alike(difference: Difference, one: Sequence[Row], other: Sequence[Row]) -> bool:
    """Whether two lists of rows hold the same values in the same order, whatever their types; any now is one now."""
    volatile = _volatile(difference)
    return len(one) == len(other) and all(
        likeness(left, right, volatile) is not Likeness.VALUE for left, right in zip(one, other, strict=True)
    )


def _volatile(difference: Difference) -> Volatile:
    one, other = difference.half("sqlite"), difference.half("postgresql")
    if one is None or other is None or one.trace is None or other.trace is None:
        return Volatile(math.inf, math.inf)  # nothing is near to a now that is not known
    return Volatile.between(one.trace, other.trace)


def _is_order_by(row: Sequence[Token], at: int) -> bool:
    return row[at].depth == 0 and row[at].text == "order" and row[at + 1].text == "by"


def _name(key: Sequence[Token]) -> str:
    """The last part of a plain column name, or a number; "" for anything more."""
    plain = []
    for token in key:
        if token.text in _ENDS_A_KEY:
            break
        plain.append(token)
    names = [token for token in plain if token.kind in {"word", "name", "number"}]
    dots = [token for token in plain if token.text == "."]
    if not names or len(names) + len(dots) != len(plain) or len(names) != len(dots) + 1:
        return ""
    return names[-1].value.lower()
