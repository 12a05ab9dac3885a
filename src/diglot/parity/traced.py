"""The statements of a run on SQLite, each written for Postgres, with the types of its parameters.

Text that the application wrote stays as it is; what SQLAlchemy compiled for SQLite is compiled once more, for the
project's driver of Postgres. Values are never kept, only their types.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from diglot.errors.statements import TraceMalformed, TraceMissing
from diglot.parity.writing import write_whole

UNKNOWN = "unknown"
"""The type of a literal that has none yet: what psycopg2 makes of a text."""

NULL = "null"
"""What stands for None, which has no type either, and which may stand where no literal may."""

KINDS = ("text", "driver", "cursor", "compiled", "ddl")

_FORMAT = "diglot-statements 1"
_INT4, _INT8 = 2**31, 2**63
_BY_CLASS: tuple[tuple[type, str], ...] = (
    (bool, "bool"),
    (float, "float8"),
    (Decimal, "numeric"),
    (bytes, "bytea"),
    (bytearray, "bytea"),
    (memoryview, "bytea"),
    (date, "date"),
    (time, "time"),
    (timedelta, "interval"),
    (UUID, "uuid"),
)


@dataclass(frozen=True)
class Traced:
    """One statement that ran on SQLite.

    kind: `text` (of `text()`), `driver` (of `exec_driver_sql`), `cursor` (of a driver's own cursor), `compiled` (a
    Core or ORM construct) or `ddl`. sql: what the application wrote; for a construct, what it is on Postgres.
    rendered: what the driver of Postgres would get, with `%(name)s` and `%%`; for `driver` and `cursor` the same as
    sql. types: name and Postgres type of each parameter, in order; names are "" when there are none. problem: why the
    construct does not compile for Postgres; rendered is then "", or for SQLite's `insert()` what Postgres's would be.
    """

    kind: str
    sql: str
    rendered: str
    types: tuple[tuple[str, str], ...] = ()
    problem: str = ""
    file: str = ""
    line: int = 0
    function: str = ""
    test: str = ""

    @property
    def telling(self) -> tuple[object, ...]:
        """What tells it from others: two runs in the same file with the same types are one."""
        return self.kind, self.sql, self.rendered, self.types, self.problem, self.file


def encodable(sql: str) -> str:
    """Return a text with what UTF-8 cannot hold written as an escape; no database can be asked about it otherwise."""
    return sql.encode("utf-8", "backslashreplace").decode("utf-8")


def type_of(value: Any) -> str:
    """Return the Postgres type that psycopg2 gives a value; UNKNOWN for texts and for what it has no rule for."""
    if value is None:
        return NULL
    if isinstance(value, int) and not isinstance(value, bool):
        return "int4" if -_INT4 <= value < _INT4 else "int8" if -_INT8 <= value < _INT8 else "numeric"
    if isinstance(value, datetime):
        return "timestamp" if value.tzinfo is None else "timestamptz"
    if isinstance(value, list) and value:
        element = type_of(value[0])
        return UNKNOWN if element in {UNKNOWN, NULL} or element.endswith("[]") else f"{element}[]"
    return next((name for kind, name in _BY_CLASS if isinstance(value, kind)), UNKNOWN)


def types_of(parameters: Any) -> tuple[tuple[str, str], ...]:
    """Return names and types of one set of parameters, positional or named."""
    if isinstance(parameters, Mapping):
        return tuple((str(name), type_of(value)) for name, value in parameters.items())
    if isinstance(parameters, list | tuple):
        return tuple(("", type_of(value)) for value in parameters)
    return ()


def encode(statements: Iterable[Traced]) -> list[str]:
    """Return one line of JSON for each statement, in a fixed order."""
    return sorted(json.dumps(asdict(one), ensure_ascii=False, sort_keys=True) for one in statements)


def write_traced(path: Path, lines: Iterable[str]) -> int:
    """Write the file as a whole, each statement once; return how many there are. Raises NotWritten (DG308)."""
    kept: dict[tuple[object, ...], str] = {}
    for number, line in enumerate(sorted(lines), start=1):
        kept.setdefault(_decode(line, str(path), number).telling, line)
    write_whole(path, "\n".join([json.dumps({"format": _FORMAT}), *kept.values()]) + "\n")
    return len(kept)


def read_traced(path: Path) -> tuple[Traced, ...]:
    """Return what `write_traced` wrote; raises TraceMissing (DG911), TraceMalformed (DG912)."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise TraceMissing(path=str(path), problem=problem) from error
    head = _object(lines[0], str(path), 1)
    if head.get("format") != _FORMAT:
        raise TraceMalformed(path=str(path), line=1, problem=f"the first line does not say {_FORMAT!r}")
    return tuple(_decode(line, str(path), number) for number, line in enumerate(lines[1:], start=2) if line)


def _object(line: str, path: str, number: int) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise TraceMalformed(path=path, line=number, problem=f"it is no JSON ({error})") from error
    if not isinstance(found, dict):
        raise TraceMalformed(path=path, line=number, problem="it is no JSON object")
    return found


def _decode(line: str, path: str, number: int) -> Traced:
    found = _object(line, path, number)
    expected = {one.name: one.type for one in fields(Traced)}
    if set(found) != set(expected):
        odd = ", ".join(sorted(set(found) ^ set(expected)))
        raise TraceMalformed(path=path, line=number, problem=f"it lacks, or should not have: {odd}")
    if found["kind"] not in KINDS:
        raise TraceMalformed(path=path, line=number, problem=f"kind is {found['kind']!r}")
    types = found.pop("types")
    if not isinstance(types, list) or not all(_is_pair(pair) for pair in types):
        raise TraceMalformed(path=path, line=number, problem="types must be pairs of a name and a type")
    wrong = [name for name, value in found.items() if not isinstance(value, int if name == "line" else str)]
    if wrong:
        raise TraceMalformed(path=path, line=number, problem=f"{wrong[0]} is {found[wrong[0]]!r}")
    return Traced(**found, types=tuple((name, kind) for name, kind in types))


def _is_pair(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair)
