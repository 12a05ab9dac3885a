"""What a database's catalogue says: its objects, each with facts about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class ObjectId:
    """Which object: `table trades, constraint ck_amount`.

    kind: `table`, `column`, `constraint`, `index`, `trigger`, `policy`, `rule`, `grant`, `sequence`, `view`, `type`,
    `function`, `schema`, `extension` and rarer ones. name, table: as SQLAlchemy's metadata writes them, with the
    schema in front unless it is `public`. table: the table that a column, a constraint, ... belongs to, or "".
    """

    kind: str
    name: str
    table: str = ""

    def __str__(self) -> str:
        own = f"{self.kind} {self.name}"
        return f"table {self.table}, {own}" if self.table else own


@dataclass(frozen=True)
class Catalog:
    """Every object of a database that is the project's own.

    objects: by label the facts of each, as Postgres writes them with no schema but `pg_catalog` on the search path:
    `{"type": "numeric(10,2)", "nullable": "no", "position": "3"}`. A fact that does not apply is not there.
    groups: the same objects in parts, of which a reader's next catalogue has the very same one where nothing has
    changed; none for a catalogue that was read by itself.
    """

    objects: Mapping[ObjectId, Mapping[str, str]]
    groups: tuple[Mapping[ObjectId, Mapping[str, str]], ...] = field(default=(), compare=False, repr=False)
