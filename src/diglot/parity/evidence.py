"""What a run did around a difference: which dialect failed, what a statement compared, what ran before it."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Any

from diglot.parity.difference import Difference
from diglot.parity.trace import Event, Statement
from diglot.sqltext import code, expression, literals

_CREATE_TABLE = re.compile(r'create (?:temp(?:orary)? )?table (?:if not exists )?(?:[\w"]+\.)?"?(\w+)"?')
_INSERT = re.compile(
    r'\b(?:insert (?:or \w+ )?|replace )into (?:["`\w]+\.)?["`]?(?P<table>\w+)["`]?(?: as \w+)? ?'
    r"(?:\((?!select\b)(?P<columns>[^()]*)\))?"
)
_DAY_S = 86400.0
_QUOTES = '"`[] '


def fails_alone(difference: Difference, dialect: str, *codes: str) -> bool:
    """Whether `dialect` failed and the other did not; with `codes`, whether it failed with one of them."""
    return difference.direction == dialect and (not codes or difference.code(dialect) in codes)


def events_before(difference: Difference, dialect: str) -> list[Event]:
    """Return what the dialect's run did before the difference, in its order; everything when that is not known."""
    half = difference.half(dialect)
    if half is None or half.trace is None:
        return []
    events = half.trace.events
    stop = difference.event(dialect)
    end = next((at for at, event in enumerate(events) if event is stop), len(events))
    return list(events[:end])


def statements(difference: Difference, dialect: str) -> list[Statement]:
    """Return all statements of the dialect's run, in their order."""
    half = difference.half(dialect)
    events = half.trace.events if half is not None and half.trace is not None else ()
    return [event for event in events if isinstance(event, Statement)]


def statements_before(difference: Difference, dialect: str) -> list[Statement]:
    """Return the statements among them."""
    return [event for event in events_before(difference, dialect) if isinstance(event, Statement)]


def table_ddl(difference: Difference, dialect: str, table: str) -> str:
    """Return the CREATE TABLE of `table` in the test itself, as `code`; "" when its migrations made it."""
    for statement in statements_before(difference, dialect):
        if "create" in statement.sql[:12].lower():
            text = code(statement.sql)
            found = _CREATE_TABLE.match(text)
            if found and found[1] == table.lower():
                return text
    return ""


def insert_target(sql: str) -> tuple[str, tuple[str, ...] | None]:
    """Return the table of an INSERT and the columns that it names; None for the columns when it names none."""
    found = _INSERT.search(code(sql))
    if found is None:
        return "", None
    names = found["columns"]
    return found["table"], None if names is None else tuple(name.strip(_QUOTES).lower() for name in names.split(","))


def parameter_values(statement: Statement | None) -> Iterator[Any]:
    """Yield the values that the application gave to a statement, those of lists and of each row of many."""
    if statement is not None:
        yield from _flat(statement.parameters)


def compared_texts(difference: Difference) -> tuple[str, ...]:
    """Return the texts that the statement is given: literals in its SQL, and text parameters."""
    statement = difference.statement("postgresql") or difference.statement("sqlite")
    given = (value for value in parameter_values(statement) if isinstance(value, str))
    return (*literals(difference.sql()), *given)


def column_expression(difference: Difference, dialect: str = "sqlite") -> str:
    """Return the SQL behind the column that differs, as `code`; "" when that cannot be told."""
    statement, other = difference.statement(dialect), difference.statement("sqlite")
    if statement is None or other is None or statement.columns is None or other.columns is None:
        return ""
    if difference.column not in other.columns or len(statement.columns) != len(other.columns):
        return ""
    name = statement.columns[other.columns.index(difference.column)]
    return expression(statement.sql, name, statement.columns)


def found_more(difference: Difference) -> str:
    """Return the dialect that found more: rows, matched rows, or a greater number in a cell; "" for neither."""
    if difference.kind == "rows":
        one, other = (_n_rows(difference, name) for name in ("sqlite", "postgresql"))
    elif difference.kind in {"value", "rowcount"}:
        one, other = difference.sqlite_value, difference.postgresql_value
    else:
        return ""
    if not isinstance(one, int) or not isinstance(other, int) or one == other:
        return ""
    return "sqlite" if one > other else "postgresql"


def as_datetime(value: Any) -> dt.datetime | None:
    """Return the point in time that a cell stands for, also as ISO text; None for anything else."""
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, str) and len(value) >= 19 and value[4:5] == "-":
        try:
            return dt.datetime.fromisoformat(value)
        except ValueError:
            return None
    return None


def is_near_to_run(difference: Difference, value: dt.datetime) -> bool:
    """Whether a time, in UTC unless it says otherwise, is within a day of when the test ran."""
    half = difference.half("sqlite")
    if half is None or half.trace is None:
        return False
    instant = value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value
    return abs(instant.timestamp() - half.trace.began_at) < _DAY_S


def _n_rows(difference: Difference, dialect: str) -> int | None:
    statement = difference.statement(dialect)
    return None if statement is None else statement.n_rows


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from _each(value.values())
    elif isinstance(value, list | tuple | set):
        yield from _each(value)
    else:
        yield value


def _each(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        yield from _flat(value)
