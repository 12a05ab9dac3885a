"""Write a condition of Postgres's catalogue as SQLite reads it, where both mean the same by it.

Only what is surely the same is translated: comparisons, logic, IN, BETWEEN and a few functions. Anything else gives
None, and the condition is said to be untested.
"""

from collections.abc import Mapping, Sequence

from diglot.checks.data.target import TargetColumn
from diglot.dialects.sqlite_facts import quoted
from diglot.sqltext import Token, tokens

_WORDS = frozenset({"and", "or", "not", "is", "null", "in", "between", "true", "false"})
_FUNCTIONS = {"lower": "lower", "upper": "upper", "length": "length", "char_length": "length", "btrim": "trim",
              "abs": "abs", "coalesce": "coalesce", "octet_length": "octet_length"}  # fmt: skip
_SYMBOLS = frozenset({"(", ")", ",", "=", "<>", "!=", "<", ">", "<=", ">=", "+", "-", "*"})
_NUMBERS = frozenset({"int2", "int4", "int8", "numeric", "float4", "float8"})
_INSTANTS = frozenset({"date", "timestamp", "timestamptz"})
_CASTS = (
    ("character", "varying"), ("double", "precision"), ("text",), ("bpchar",), ("integer",), ("bigint",),
    ("smallint",), ("numeric",), ("varchar",), ("real",), ("boolean",),
)  # fmt: skip
_ANY = ["=", "any", "("]


def condition(sql: str, columns: Mapping[str, TargetColumn], *, instants: bool = False) -> str | None:
    """Return the condition for SQLite, None when it cannot be told.

    columns: those of the table, by name; numbers are compared as numbers also where a text holds them.
    instants: whether dates and times are compared as instants, to the millisecond, and not as they are written.
    """
    row = _without_any(_without_casts(tokens(sql)))
    if row is None or _mixes_units(row, columns):
        return None
    found = []
    for place, token in enumerate(row):
        called = place + 1 < len(row) and row[place + 1].text == "("
        written = _written(token, columns, called=called, instants=instants)
        if written is None:
            return None
        found.append(written)
    return " ".join(found)


def _written(token: Token, columns: Mapping[str, TargetColumn], *, called: bool, instants: bool) -> str | None:
    if token.kind == "word" and called and token.text in _FUNCTIONS:
        return _FUNCTIONS[token.text]
    if token.kind == "word" and token.text in _WORDS:
        return token.text.upper()
    if token.kind in {"word", "name"} and token.value in columns:
        return _column(columns[token.value], instants=instants)
    if token.kind == "number" or (token.kind == "string" and token.text.startswith("'")):
        return token.text
    return token.text if token.text in _SYMBOLS else None


def _column(column: TargetColumn, *, instants: bool) -> str:
    name = quoted(column.name)
    if column.base in _NUMBERS:
        return f"CAST({name} AS NUMERIC)"
    return f"julianday({name})" if instants and column.base in _INSTANTS else name


def _mixes_units(row: Sequence[Token], columns: Mapping[str, TargetColumn]) -> bool:
    """Whether a number that the file keeps in smallest units is held against one that is not."""
    units = any(token.value in columns and columns[token.value].in_units for token in row)
    return units and any(token.kind == "number" and token.text != "0" for token in row)


def _without_casts(row: Sequence[Token]) -> list[Token] | None:
    """Leave out casts to texts and numbers; others change the value, and are not followed."""
    found: list[Token] = []
    place = 0
    while place < len(row):
        if row[place].text != "::":
            found.append(row[place])
            place += 1
            continue
        after = tuple(token.text for token in row[place + 1 : place + 3])
        cast = next((cast for cast in _CASTS if after[: len(cast)] == cast), None)
        if cast is None:
            return None
        place += 1 + len(cast)
        if tuple(token.text for token in row[place : place + 2]) == ("[", "]"):
            place += 2
    return found


def _without_any(row: Sequence[Token] | None) -> list[Token] | None:
    """Turn `= ANY (ARRAY[...])`, as Postgres keeps an IN, back into one."""
    texts = [token.text for token in row or ()]
    found: list[Token] = []
    place = 0
    while place < len(texts) and row is not None:
        if texts[place : place + 3] != _ANY:
            found.append(row[place])
            place += 1
            continue
        nested = int(texts[place + 3] == "(")
        start = place + 3 + nested
        if texts[start : start + 2] != ["array", "["] or "]" not in texts[start:]:
            return None
        closing = texts.index("]", start)
        found += [*tokens("in ("), *row[start + 2 : closing], *tokens(")")]
        place = closing + 2 + nested
    return None if row is None else found
