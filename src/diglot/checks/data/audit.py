"""Audit a SQLite file: every table against the one that its rows are to move to."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from diglot.checks.data.columns import OPTION, Place, audit_column, counted
from diglot.checks.data.relations import Homed, audit_relations
from diglot.checks.data.target import TargetColumn, TargetTable
from diglot.checks.finding import Fact, Finding, Outcome
from diglot.dialects.sqlite_facts import DataColumn, DataFile
from diglot.errors.data import DataFileEmpty

_MOST_NAMED = 8


class Audit:
    """The audit of one file. target: the tables of Postgres, by name. tell: takes a line about what is done now."""

    def __init__(self, file: DataFile, target: Mapping[str, TargetTable], tell: Callable[[str], None]) -> None:
        self._file, self._target, self._tell = file, target, tell
        self._findings: list[Finding] = []
        self._not_done: list[str] = []
        self._counters: list[str] = []
        self._naive: list[str] = []
        self._unjudged: list[str] = []
        self._rows = 0

    def run(self) -> Outcome:
        """Read every table; raises DataFileEmpty (DG925) and the errors of reading."""
        tables = self._file.tables()
        if not tables:
            raise DataFileEmpty(path=str(self._file.path), found="it has no table")
        homes = {table: _nearest(table, self._target) for table in tables}
        names = {home: table for table, home in homes.items() if home is not None}
        for number, (table, home) in enumerate(homes.items(), start=1):
            self._tell(f"data: {number} of {len(tables)}, table {table}")
            count = self._file.count(table)
            self._rows += count
            if count and home is None:
                self._findings.append(_homeless(table, count))
            elif count and home is not None:
                self._table(table, self._target[home], names, count)
        if self._unjudged:
            self._not_done.append(f"columns of types that are not judged: {', '.join(self._unjudged)}")
        return Outcome(tuple(self._findings), tuple(self._looked_at(len(tables))), tuple(self._not_done))

    def _table(self, table: str, target: TargetTable, names: Mapping[str, str], count: int) -> None:
        rowid = self._file.rowid(table)
        wanted = {column.name: column for column in target.columns}
        there: dict[str, TargetColumn] = {}
        for column in self._file.columns(table):
            home = _nearest(column.name, wanted)
            if home is not None:
                there[home] = replace(wanted[home], name=column.name, in_units=_in_units(column, wanted[home]))
                self._column(table, column.name, wanted[home], rowid)
                if there[home].in_units and (used := self._file.count(table, column.name)):
                    self._findings.append(_units(table, column, wanted[home], used))
            elif used := self._file.count(table, column.name):
                self._findings.append(_homeless(table, used, column=column.name, declared=column.declared))
        for missing in wanted.values():
            if missing.name not in there and not (missing.nullable or missing.filled or missing.generated):
                self._findings.append(_missing(table, missing, count))
        self._tell(f"data: table {table}, what its rows are to each other")
        for found in audit_relations(self._file, Homed(table, target, there, rowid), names):
            if isinstance(found, Finding):
                self._findings.append(found)
            else:
                self._not_done.append(found)

    def _column(self, table: str, name: str, column: TargetColumn, rowid: str) -> None:
        self._tell(f"data: table {table}, column {name}")
        audit = audit_column(self._file, Place(table, name, rowid), column)
        self._findings += audit.findings
        self._naive += [f"{table}.{name}"] if audit.naive else []
        self._unjudged += [] if audit.judged else [f"{table}.{name} ({column.type})"]
        if column.counted:
            most = self._file.greatest(table, name)
            self._counters += [f"{table}.{name} {most}"] if isinstance(most, int) else []

    def _looked_at(self, tables: int) -> Iterator[Fact]:
        yield ("data", f"{counted(tables, 'table')}, {counted(self._rows)}")
        if self._naive:
            yield ("without offset, so move them with TimeZone UTC", _named(self._naive))
        if self._counters:
            yield ("sequences to set after the move", ", ".join(self._counters))


def _nearest(name: str, known: Mapping[str, object]) -> str | None:
    """Return the name on Postgres: the same, or, as SQLite does not tell them apart, the same but for case."""
    if name in known:
        return name
    return next((one for one in known if one.lower() == name.lower()), None)


def _homeless(table: str, count: int, *, column: str = "", declared: str = "") -> Finding:
    subject = f"table {table}" + (f", column {column}" if column else "")
    what = "column" if column else "table"
    return Finding(
        f"environment.data-no-{what}",
        subject,
        (("postgresql", f"there is no such {what}"), ("sqlite", f"{counted(count)} {declared}".rstrip())),
        f"add the {what} to the migrations, or see that nobody needs these rows, and accept it",
        direction="sqlite",
        identity=(),
        seen_with=OPTION,
    )


def _in_units(column: DataColumn, target: TargetColumn) -> bool:
    """Whether an integer of the file is a number with a point on Postgres."""
    return "INT" in column.declared.upper() and target.base == "numeric" and (target.scale or 0) > 0


def _units(table: str, column: DataColumn, target: TargetColumn, count: int) -> Finding:
    return Finding(
        "environment.data-units",
        f"table {table}, column {column.name}",
        (("postgresql", target.type), ("sqlite", f"{column.declared}, {counted(count)}")),
        f"if the integers are smallest units, move the rows through the application's own types, or divide by "
        f"1e{target.scale} on the way; copied as they are, each would be that many times too large",
        identity=(target.type, column.declared),
        seen_with=OPTION,
    )


def _missing(table: str, column: TargetColumn, count: int) -> Finding:
    return Finding(
        "environment.data-missing-column",
        f"table {table}, column {column.name}",
        (
            ("postgresql", f"{column.type} NOT NULL, without a default"),
            ("sqlite", f"no such column, {counted(count)}"),
        ),
        "migrate the SQLite file to its newest schema first, or give the column a server_default",
        direction="postgresql",
        identity=(column.type,),
        seen_with=OPTION,
    )


def _named(names: list[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMED])
    return shown if len(names) <= _MOST_NAMED else f"{shown} and {len(names) - _MOST_NAMED} more"
