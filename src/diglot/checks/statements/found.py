"""What was found: one SQL text, where it stands, and how it gets to the database."""

from dataclasses import dataclass

STYLES = ("text", "driver", "cursor", "plain")
"""Who replaces parameters: `text()`, `exec_driver_sql`, a driver's own cursor, nobody."""


@dataclass(frozen=True)
class Span:
    """Lines of a file, both ends included, counting from 1; path: relative to the root when below it."""

    path: str
    first: int
    last: int

    def holds(self, path: str, line: int) -> bool:
        """Whether a line belongs to it."""
        return path == self.path and self.first <= line <= self.last


@dataclass(frozen=True)
class Column:
    """The column that a text belongs to, as far as it can be told; type: as Postgres writes it, or ""."""

    table: str = ""
    name: str = ""
    type: str = ""


@dataclass(frozen=True)
class Text:
    """One SQL text.

    shape: `statement`, `predicate`, `ordering`, `default` (an expression), `literal` (a default that SQLAlchemy puts
    into quotes) or `fragment`. sink: what takes it, as a person would name it. at: its own lines; call: those of the
    call that takes it. holes: what is not known of it, as it stands in the source; in sql each is `{hole}`.
    substitutes: whether the driver looks for `%s` in it. migration: it runs on a schema that is not the newest.
    sqlite_only: why it never runs on Postgres, as the code around it says, or "".
    """

    sql: str
    style: str
    shape: str
    sink: str
    at: Span
    call: Span
    column: Column = Column()
    holes: tuple[str, ...] = ()
    substitutes: bool = False
    migration: bool = False
    sqlite_only: str = ""

    @property
    def site(self) -> str:
        """`path:line` of the text itself."""
        return f"{self.at.path}:{self.at.first}"

    @property
    def subject(self) -> str:
        """The text as messages name it; without its line, which moves."""
        return f"{self.sink} in {self.call.path}"
