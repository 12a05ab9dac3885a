"""Parameters out of a text: `:name`, `%s` and `%(name)s` become places, which can be numbered, filled or shown.

`text()` is read by SQLAlchemy itself. A driver reads `%` wherever it stands, also in a literal or a comment, and so
does this module.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Dialect, text
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.exc import SQLAlchemyError

from diglot import sqltext
from diglot.sqltext import Token

_DIALECT: Dialect = PGDialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]
_FORMATS = "sbt"

LITERALS = {
    "null": "NULL",
    "bool": "true",
    "int4": "1",
    "int8": "3000000000",
    "numeric": "1.5",
    "float8": "1.5",  # psycopg2 writes a float as a number without a type, which is a numeric
    "bytea": "'\\x00'::bytea",
    "date": "'2024-01-02'::date",
    "time": "'10:11:12'::time",
    "interval": "'1 days 2.0 seconds'::interval",
    "uuid": "'00000000-0000-0000-0000-0000000000ab'::uuid",
    "timestamp": "'2024-01-02T10:11:12'::timestamp",
    "timestamptz": "'2024-01-02T10:11:12+00:00'::timestamptz",
}
"""What psycopg2 sends for a value of each type."""


@dataclass(frozen=True)
class Parameter:
    """One place for a value.

    number: from 1; the same name has the same number. shown: as it was written. type: of Postgres, "" when not known.
    """

    number: int
    name: str
    shown: str
    type: str = ""


@dataclass(frozen=True)
class Rendered:
    """A text with its places. problem: what keeps the driver from reading it, or ""."""

    parts: tuple[str | Parameter, ...]
    problem: str = ""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Each parameter once, in the order of their numbers."""
        found = {part.number: part for part in self.parts if isinstance(part, Parameter)}
        return tuple(found[number] for number in sorted(found))

    @property
    def numbered(self) -> str:
        """The text as PREPARE wants it, with `$1`."""
        return "".join(part if isinstance(part, str) else f"${part.number}" for part in self.parts)

    @property
    def typed(self) -> bool:
        """Whether the type of every parameter is known."""
        return all(one.type for one in self.parameters)

    def with_types(self, types: Sequence[tuple[str, str]]) -> "Rendered":
        """Return the same with types, by name when the parameters have names, else by number."""
        named = dict(types)

        def typed(parameter: Parameter) -> Parameter:
            known = types[parameter.number - 1][1] if parameter.number <= len(types) else ""
            return replace(parameter, type=named.get(parameter.name, "") if parameter.name else known)

        return replace(self, parts=tuple(part if isinstance(part, str) else typed(part) for part in self.parts))

    def filled(self, unknown: str = "NULL", everywhere: str = "") -> str:
        """Return the text as psycopg2 would send it.

        unknown: what stands for a text or None; everywhere: a type that all parameters are given.
        """

        def value(parameter: Parameter) -> str:
            kind = everywhere or parameter.type
            if kind.endswith("[]"):
                return f"ARRAY[{LITERALS.get(kind[:-2], unknown)}]"
            return LITERALS.get(kind, unknown)

        return "".join(part if isinstance(part, str) else value(part) for part in self.parts)

    def shown(self, position: int = 0) -> tuple[str, int]:
        """Return the text as it was written, and where in it the place `position` of `numbered` is; from 1, or 0."""
        written, found, before = "", 0, 0
        for part in self.parts:
            length = len(part) if isinstance(part, str) else len(f"${part.number}")
            if position and not found and before < position <= before + length:
                found = len(written) + (position - before if isinstance(part, str) else 1)
            written += part if isinstance(part, str) else part.shown
            before += length
        return written, found or (len(written) if position else 0)

    def split(self) -> tuple["Rendered", ...]:
        """Return its statements, one by one, without the semicolons; parameters are numbered anew in each."""
        tokens = list(placed(self.numbered))
        ends = [start for token, start, _ in tokens if (token.kind, token.text) == ("symbol", ";")]
        borders = zip([0, *(end + 1 for end in ends)], [*ends, len(self.numbered)], strict=True)
        filled = [(first, last) for first, last in borders if any(first <= start < last for _, start, _ in tokens)]
        pieces = [_renumbered(self._between(first, last)) for first, last in filled]
        return tuple(Rendered(piece, self.problem) for piece in pieces)

    def _between(self, first: int, last: int) -> list[str | Parameter]:
        """Return the parts that stand between two places of `numbered`."""
        found: list[str | Parameter] = []
        before = 0
        for part in self.parts:
            length = len(part) if isinstance(part, str) else len(f"${part.number}")
            if isinstance(part, str):
                found.append(part[max(first - before, 0) : max(last - before, 0)])
            elif first <= before < last:
                found.append(part)
            before += length
        return [part for part in found if part != ""]


def render(sql: str, style: str, *, substitutes: bool) -> Rendered:
    """Read a text's parameters in its style."""
    if style == "text":
        try:
            compiled = str(text(sql).compile(dialect=_DIALECT))
        except SQLAlchemyError as error:
            return Rendered((sql,), problem=" ".join(str(error).split()))
        return _driver(compiled, shown=":")
    return _driver(sql) if substitutes else Rendered((sql,))


def placed(sql: str) -> Iterator[tuple[Token, int, int]]:
    """Yield each token with where it begins and ends in `sql`."""
    position = 0
    for token in sqltext.tokens(sql):
        position = _skip(sql, position)
        end = position + len(token.text)
        yield token, position, end
        position = end


def _skip(sql: str, position: int) -> int:
    """Return where white space and comments end."""
    while position < len(sql):
        if sql[position].isspace():
            position += 1
        elif sql.startswith("--", position):
            end = sql.find("\n", position)
            position = len(sql) if end < 0 else end
        elif sql.startswith("/*", position):
            position = _comment_end(sql, position + 2)
        else:
            break
    return position


def _comment_end(sql: str, position: int) -> int:
    depth = 1
    while depth and position < len(sql):
        if sql.startswith("/*", position):
            depth, position = depth + 1, position + 2
        elif sql.startswith("*/", position):
            depth, position = depth - 1, position + 2
        else:
            position += 1
    return position


def _driver(sql: str, shown: str = "%") -> Rendered:
    """Read `%s`, `%(name)s` and `%%` as a driver does."""
    parts: list[str | Parameter] = []
    numbers: dict[str, int] = {}
    problem, plain, position = "", "", 0
    while position < len(sql):
        name, end = _directive(sql, position)
        if end == position:  # a character like any other, or a % that the driver cannot read
            problem = problem or ("a single %" if sql[position] == "%" else "")
            plain, position = plain + sql[position], position + 1
        elif name is None:
            plain, position = plain + "%", end
        else:
            number = numbers.setdefault(name or f"#{len(numbers)}", len(numbers) + 1)
            written = sql[position:end] if shown == "%" else f":{name}"
            parts += [plain, Parameter(number, name, written)]
            plain, position = "", end
    parts.append(plain)
    return Rendered(tuple(part for part in parts if part != ""), problem)


def _directive(sql: str, position: int) -> tuple[str | None, int]:
    """Return the name and the end of what begins here: None for `%%`, "" without a name, the same end for neither."""
    if sql[position] != "%":
        return None, position
    following = sql[position + 1 : position + 2]
    if following == "%":
        return None, position + 2
    if following and following in _FORMATS:
        return "", position + 2
    closing = sql.find(")", position) if following == "(" else -1
    if closing > 0 and sql[closing + 1 : closing + 2] in tuple(_FORMATS):
        return sql[position + 2 : closing], closing + 2
    return None, position


def _renumbered(pieces: list[str | Parameter]) -> tuple[str | Parameter, ...]:
    numbers: dict[int, int] = {}
    return tuple(
        piece if isinstance(piece, str) else replace(piece, number=numbers.setdefault(piece.number, len(numbers) + 1))
        for piece in pieces
    )
