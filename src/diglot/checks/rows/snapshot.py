"""What is in the tables before and after a step, and what the step lost of it.

A row counts as lost when nothing in its table is like it any more, and a value when its row is there with another
one. NULL holds nothing that could be lost, and a value that was only written in another type's way is the same.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from diglot.checks.rows.tables import TableName, shown, sql_name

MOST_ROWS = 1000
_MOST_PAIRED = 300
_SHOWN = 60
_BY_CHANCE = re.compile(r"\d{4}-\d\d-\d\d|[0-9a-f]{8}-[0-9a-f]{4}-")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Content:
    """A table's rows as JSON texts, in no order; count: how many there are, when they are too many to be read."""

    rows: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class Snapshot:
    """What is in each table."""

    tables: Mapping[TableName, Content]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(one.count for one in self.tables.values())

    @property
    def unread(self) -> tuple[TableName, ...]:
        """The tables of which only the number of rows is known."""
        return tuple(name for name, one in self.tables.items() if one.count > len(one.rows))


@dataclass(frozen=True)
class Loss:
    """What one table lost. column: "" when whole rows are gone. lost, of: how many of how many.

    before, after: of the first one that is different, "" for rows.
    """

    table: TableName
    column: str
    lost: int
    of: int
    before: str = ""
    after: str = ""

    @property
    def subject(self) -> str:
        """How messages name the object."""
        return f"table {shown(self.table)}" + (f", column {self.column}" if self.column else "")


def take_snapshot(connection: Any, names: Sequence[TableName]) -> Snapshot:
    """Read the rows of these tables in one statement."""
    if not names:
        return Snapshot({})
    parts = [
        f"(SELECT {at}, to_jsonb(this_row.*)::text FROM ONLY {sql_name(name)} this_row LIMIT {MOST_ROWS + 1})"  # noqa: S608 - quoted
        for at, name in enumerate(names)
    ]
    found: list[list[str]] = [[] for _ in names]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        for at, text in cursor.fetchall():
            found[at].append(text)
        tables = {}
        for name, rows in zip(names, found, strict=True):
            tables[name] = Content(tuple(rows), len(rows))
            if len(rows) > MOST_ROWS:
                cursor.execute(f"SELECT count(*) FROM ONLY {sql_name(name)}")  # noqa: S608 - a quoted name
                tables[name] = Content((), int(cursor.fetchone()[0]))
    return Snapshot(tables)


def losses(before: Snapshot, after: Snapshot) -> list[Loss]:
    """List what the tables common to both lost, in the columns common to both."""
    found: list[Loss] = []
    for name in sorted(set(before.tables) & set(after.tables)):
        found += _losses(name, before.tables[name], after.tables[name])
    return found


def _losses(name: TableName, before: Content, after: Content) -> list[Loss]:
    if len(before.rows) < before.count or len(after.rows) < after.count:
        gone = before.count - after.count
        return [Loss(name, "", gone, before.count)] if gone > 0 else []
    missing, fresh = _without_common(before.rows, after.rows)
    if not missing:
        return []
    pairs, gone_rows = _pair(missing, fresh)
    found = [Loss(name, "", len(gone_rows), before.count)] if gone_rows else []
    changed: dict[str, list[tuple[Any, Any]]] = {}
    for old, new in pairs:
        for column in sorted(set(old) & set(new)):
            if not same(old[column], new[column]):
                changed.setdefault(column, []).append((old[column], new[column]))
    for column, values in changed.items():
        first = min((_text(old), _text(new)) for old, new in values)
        found.append(Loss(name, column, len(values), before.count, *first))
    return found


def same(before: Any, after: Any) -> bool:
    """Say whether a value is still there: NULL always, and a value as another type writes it."""
    if before is None or before == after:
        return True
    if after is None:
        return False
    one, other = _plain(before), _plain(after)
    return one == other or _number(one) == _number(other) is not None or _is_widened(one, other)


def _without_common(before: Sequence[str], after: Sequence[str]) -> tuple[list[Row], list[Row]]:
    """Return the rows of both sides that the other side does not have literally, in the common columns."""
    if before == after:
        return [], []
    old, new = [json.loads(one) for one in sorted(before)], [json.loads(one) for one in sorted(after)]
    common = sorted(set(old[0]) & set(new[0])) if old and new else []
    had, has = Counter(_key(row, common) for row in old), Counter(_key(row, common) for row in new)
    return _beyond(old, common, had - has), _beyond(new, common, has - had)


def _key(row: Row, columns: Sequence[str]) -> str:
    return repr([row.get(name) for name in columns])


def _beyond(rows: Sequence[Row], columns: Sequence[str], wanted: Counter[str]) -> list[Row]:
    """Return rows with these keys, as many of each as are wanted."""
    left = Counter(wanted)
    found = []
    for row in rows:
        key = _key(row, columns)
        if left[key] > 0:
            left[key] -= 1
            found.append(row)
    return found


def _pair(missing: list[Row], fresh: list[Row]) -> tuple[list[tuple[Row, Row]], list[Row]]:
    """Join each row with the one that is most like it; return the pairs and the rows that nothing is like.

    No key is needed, which a step may change as well. Beyond a limit rows are taken in their order.
    """
    if not fresh:
        return [], missing
    left = list(fresh)
    pairs: list[tuple[Row, Row]] = []
    gone: list[Row] = []
    for old in sorted(missing, key=lambda row: -max(_likeness(row, new) for new in fresh[:_MOST_PAIRED])):
        best = max(left[:_MOST_PAIRED], key=lambda new: _likeness(old, new), default=None)
        if best is None or not _likeness(old, best):
            gone.append(old)
        else:
            left.remove(best)
            pairs.append((old, best))
    return pairs, gone


def _likeness(old: Row, new: Row) -> int:
    common = set(old) & set(new)
    return sum(2 for name in common if old[name] is not None and same(old[name], new[name])) + (not common)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str):
        text = value.strip()
        if text in ("true", "t", "false", "f"):
            return "1" if text in ("true", "t") else "0"
        if text[:1] in "{[":
            try:
                return _plain(json.loads(text))
            except ValueError:
                return text
        return text
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _is_widened(before: str, after: str) -> bool:
    """A date that became an instant, and the like: the old text in front, nothing but zeros behind."""
    date = before[:4].isdigit() and before[4:5] == "-"
    rest = after.removeprefix(before)
    return date and rest != after and not set(rest) - set("T0:+-. ")


def _text(value: Any) -> str:
    """Return a value as it is shown; "" for what may be another one in each run: an instant, a generated id."""
    if value is None:
        return "NULL"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if _BY_CHANCE.match(text):
        return ""
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
