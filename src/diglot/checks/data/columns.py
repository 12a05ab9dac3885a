"""Audit one column: read the rows that may have a problem once, and say what was found."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from diglot.checks.data.judges import Judging, judging
from diglot.checks.data.problems import PROBLEMS
from diglot.checks.data.target import TargetColumn
from diglot.checks.finding import Finding
from diglot.dialects.sqlite_facts import DataFile, quoted

OPTION = "--data"

_SHOWN = 5
_NO_OFFSET = "no-offset"
_MIXED = "mixed-offsets"
_TOO_LONG = "too-long"


@dataclass
class _Seen:
    """The rows with one problem: how many, of which classes, the first ones' numbers, the longest text."""

    count: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    rowids: list[int] = field(default_factory=list)
    longest: int = 0

    def add(self, rowid: int | None, storage: str, length: int) -> None:
        """Count a row."""
        self.count += 1
        self.classes[storage] += 1
        self.longest = max(self.longest, length)
        if rowid is not None and len(self.rowids) < _SHOWN:
            self.rowids.append(rowid)


@dataclass(frozen=True)
class ColumnAudit:
    """judged: whether the type is known. naive: whether its moments have no offset, and will be given one."""

    findings: tuple[Finding, ...]
    judged: bool = True
    naive: bool = False


@dataclass(frozen=True)
class Place:
    """A column of the file. rowid: what gives its rows' numbers, see DataFile.rowid."""

    table: str
    column: str
    rowid: str

    @property
    def numbered(self) -> bool:
        """Whether its rows have numbers."""
        return self.rowid != "NULL"


def audit_column(file: DataFile, place: Place, column: TargetColumn) -> ColumnAudit:
    """Return what is wrong with a column's rows, for the column of Postgres that they are to move to."""
    encoding = file.encoding
    how = judging(column, encoding)
    seen: dict[str, _Seen] = defaultdict(_Seen)
    fine = 0
    for number, storage, value in file.rows(_query(place, column, how)):
        if value is None:
            seen["null"].add(number, storage, 0)
            continue
        problems = how.judge(storage, value) if how else ()
        fine += not problems
        for problem in problems:
            seen[problem].add(number, storage, _letters(value, encoding) if problem == _TOO_LONG else 0)
    naive = seen.pop(_NO_OFFSET, None)
    if naive and fine:
        seen[_MIXED] = naive
    findings = [_finding(place, column, problem, rows) for problem, rows in sorted(seen.items())]
    return ColumnAudit(tuple(findings), judged=how is not None, naive=bool(naive and not fine))


def _query(place: Place, column: TargetColumn, how: Judging | None) -> str:
    c = quoted(place.column)
    conditions = [] if column.nullable else [f"{c} IS NULL"]
    conditions += [f"({c} IS NOT NULL AND {how.suspects.format(c=c)})"] if how else []
    # A text comes as bytes: one that is not UTF-8 is a finding, and must not end the reading.
    value = f"CASE typeof({c}) WHEN 'text' THEN CAST({c} AS BLOB) ELSE {c} END"
    where = " OR ".join(conditions) or "0"
    return f"SELECT {place.rowid}, typeof({c}), {value} FROM {quoted(place.table)} WHERE {where}"  # noqa: S608 - quoted


def _finding(place: Place, column: TargetColumn, problem: str, rows: _Seen) -> Finding:
    about = PROBLEMS[problem]
    return Finding(
        kind=f"environment.data-{problem}",
        subject=f"table {place.table}, column {place.column}",
        facts=(("postgresql", _wanted(column, about.said)), ("sqlite", _told(problem, rows))),
        fix=f"{about.fix}; {_look(place, problem, rows)}",
        direction="postgresql",
        identity=(column.type,),
        seen_with=OPTION,
    )


def _wanted(column: TargetColumn, said: str) -> str:
    labels = f" ({', '.join(column.labels)})" if column.base == "enum" else ""
    return f"{column.type}{labels}{'' if column.nullable else ' NOT NULL'}: {said}"


def _told(problem: str, rows: _Seen) -> str:
    told = counted(rows.count)
    if problem == "wrong-class":
        told += f" ({', '.join(f'{storage} {number}' for storage, number in sorted(rows.classes.items()))})"
    if problem == _TOO_LONG:
        told += f", the longest has {rows.longest} characters"
    return told + first_rows(rows.rowids)


def counted(number: int, noun: str = "row") -> str:
    """Return `1 row` or `n rows`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def first_rows(rowids: list[int]) -> str:
    """Return which rows they are, as far as they have numbers."""
    return f"; rowid {', '.join(map(str, rowids))}" if rowids else ""


def _look(place: Place, problem: str, rows: _Seen) -> str:
    """Return the SQL that shows the rows."""
    c = quoted(place.column)
    where = f"{c} IS NOT NULL"
    if problem == "null":
        where = f"{c} IS NULL"
    elif problem == "wrong-class":
        where = f"typeof({c}) IN ({', '.join(repr(one) for one in sorted(rows.classes))})"
    elif rows.rowids:
        where = f"{place.rowid} IN ({', '.join(map(str, rows.rowids))})"
    shown = f"{place.rowid}, typeof({c}), {c}" if place.numbered else f"typeof({c}), {c}"
    return f"SELECT {shown} FROM {quoted(place.table)} WHERE {where}"  # noqa: S608 - names are quoted


def _letters(value: float | bytes, encoding: str) -> int:
    return len(value.decode(encoding, "replace")) if isinstance(value, bytes) else 0
