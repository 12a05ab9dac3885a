"""One database on its way along the chain: its steps, its catalogue, its rows."""

from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from sqlalchemy import URL

from diglot.checks.chain.steps import Failure, attempt
from diglot.checks.rows.filling import Filler
from diglot.checks.rows.learning import learn
from diglot.checks.rows.seed import Seed
from diglot.checks.rows.snapshot import Snapshot, take_snapshot
from diglot.checks.rows.tables import TableName, sql_name, table_names
from diglot.checks.workbench import Workbench
from diglot.dialects import postgresql
from diglot.errors.base import DiglotError
from diglot.migrate.chain import Chain, Revision
from diglot.schema.catalog import Catalog, CatalogReader, Change, compare_catalogs


@dataclass(frozen=True)
class State:
    """What a database holds at one moment."""

    catalog: Catalog
    rows: Snapshot


class Rows:
    """How rows are made along the chain; unfilled: by table, why it could not be filled."""

    def __init__(self, bench: Workbench, chain: Chain) -> None:
        self.seed = Seed(bench.settings.checks.seed)
        self.filler = Filler()
        self.unfilled: dict[TableName, str] = {}
        self._bench, self._chain = bench, chain
        self._learned = False

    def learn(self) -> bool:
        """Make rows from now on that fit the heads as well; say whether that is new. A chain may not get there."""
        if self._learned:
            return False
        self._learned = True
        try:
            with self._bench.start_database() as url:
                self._chain.upgrade(url)
                with self._bench.connect(url) as connection:
                    self.filler = Filler(learn(connection))
        except DiglotError:
            return False
        return True


class Place:
    """A database of ours, to which connections stay open; `leave` ends them, so that it can be copied."""

    def __init__(self, bench: Workbench, chain: Chain, url: URL, rows: Rows) -> None:
        self.url = url
        self._bench, self._chain, self._rows = bench, chain, rows
        self._opened = ExitStack()
        self._reader: CatalogReader | None = None
        self._open: Any = None
        self._catalog = Catalog({})
        self._names: list[TableName] | None = None

    @property
    def connection(self) -> Any:
        """A psycopg2 connection in autocommit."""
        self._stay()
        return self._open

    def leave(self) -> None:
        """End the connections; what comes next opens them again."""
        self._opened.close()
        self._open = self._reader = None

    def upgrade(self, revision: Revision) -> Failure | None:
        """Apply one revision."""
        self._stay()
        return attempt(self._chain.upgrade_one, self.url, revision)

    def downgrade(self, revision: Revision) -> Failure | None:
        """Take one revision back."""
        self._stay()
        return attempt(self._chain.downgrade_one, self.url, revision)

    def catalog(self) -> Catalog:
        """Return the catalogue as it is now."""
        catalog = self._stay().read()
        changes = compare_catalogs(self._catalog, catalog)
        if self._names is None or any(change.object.kind == "table" for change in changes):
            self._names = table_names(self.connection)
        self._catalog = catalog
        return catalog

    def rows(self) -> Snapshot:
        """Return the rows as they are now, in the tables that there were when the catalogue was last read."""
        if self._names is None:
            self.catalog()
        return take_snapshot(self.connection, self._names or [])

    def state(self) -> State:
        """Return both as they are now."""
        catalog = self.catalog()
        return State(catalog, self.rows())

    def fill(self, revision: Revision, touched: Collection[TableName]) -> None:
        """Make rows in the tables that a revision touched, and in those that could not be filled before."""
        rows = self._rows
        rows.seed.plant(self.url, revision.id)
        wanted = {*touched, *rows.unfilled}
        if wanted:
            filled = rows.filler.fill(self.connection, wanted)
            for name in wanted:
                rows.unfilled.pop(name, None)
            rows.unfilled.update(filled.empty)

    def begin(self) -> None:
        """Make rows in the tables that are there before any revision."""
        names = table_names(self.connection)
        if names:
            self._rows.unfilled.update(self._rows.filler.fill(self.connection, names).empty)

    def empty(self, names: Collection[TableName], *, refill: bool) -> bool:
        """Remove all rows of these tables and of those that refer to them; refill: and make others.

        Say whether it was possible: a trigger may forbid it.
        """
        before = self.rows()
        tables = ", ".join(map(sql_name, sorted(names)))
        with self.connection.cursor() as cursor:
            try:
                cursor.execute(f"TRUNCATE {tables} CASCADE")
            except postgresql.Error:
                return False
        if refill:
            after = self.rows()
            emptied = [name for name, content in after.tables.items() if content.count < before.tables[name].count]
            self._rows.filler.fill(self.connection, emptied)
        return True

    def _stay(self) -> CatalogReader:
        if self._reader is None:
            self._opened.enter_context(self._chain.keeping(self.url))
            self._open = self._opened.enter_context(self._bench.connect(self.url))
            self._reader = CatalogReader(self._open)
        return self._reader


def touched_tables(changes: Collection[Change]) -> set[TableName]:
    """Return the tables that were made or changed; a comment, an index or a grant changes no rows."""
    names = set()
    for change in changes:
        if change.object.kind == "table" and change.after is not None and not change.fact:
            names.add(change.object.name)
        elif change.object.kind in ("column", "constraint"):
            names.add(change.object.table)
    return {_parts(name) for name in names}


def _parts(name: str) -> TableName:
    schema, dot, table = name.rpartition(".")
    return (schema, table) if dot else ("public", table)
