"""Go up the chain with one database, and get back to where it was at the cost of a few revisions.

A checkpoint is a copy of the database. One is taken every few revisions, and one more after each return, so that a
return takes a bounded number of steps and a long chain stays linear.
"""

from contextlib import ExitStack
from typing import Self

from sqlalchemy import URL

from diglot.checks.chain.place import Place, Rows, touched_tables
from diglot.checks.workbench import Workbench
from diglot.errors.migrations import MigrationStepFailed
from diglot.migrate.chain import Chain, Revision
from diglot.schema.catalog import compare_catalogs

CHECKPOINT_EVERY = 100


class Walk:
    """A database, the revisions that it has, and the last checkpoint; a context manager.

    chain: that nobody else uses meanwhile. every: revisions between two checkpoints.
    """

    def __init__(self, bench: Workbench, chain: Chain, *, every: int = CHECKPOINT_EVERY) -> None:
        self.applied: list[Revision] = []
        self.returns = 0
        self._bench, self._chain, self._every = bench, chain, every
        self._rows = Rows(bench, chain)
        self._opened = ExitStack()
        self._checkpoint: URL | None = None
        self._kept = 0
        self.place = self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._drop(self.place.url)
        if self._checkpoint is not None:
            self._bench.server.drop_database(self._checkpoint)

    @property
    def unfilled(self) -> dict[tuple[str, str], str]:
        """By table, why it could not be filled."""
        return self._rows.unfilled

    def learn(self) -> bool:
        """Make rows from now on that fit the heads as well; say whether that is new."""
        return self._rows.learn()

    def advance(self, revision: Revision, *, passing: bool = False) -> None:
        """Note that the database has a revision now, and take a checkpoint when it is time for one.

        passing: on the way up alone, on which there is little to return for.
        """
        self.applied.append(revision)
        if not passing and len(self.applied) - self._kept >= self._every:
            self.keep()

    def keep(self) -> None:
        """Take a checkpoint of the database as it is now, in place of the last one."""
        self.place.leave()
        old, self._checkpoint = self._checkpoint, self._copy(self.place.url)
        self._kept = len(self.applied)
        if old is not None:
            self._bench.server.drop_database(old)

    def go_back(self, then: Revision | None = None) -> None:
        """Have the database as it was after the last revision that it is noted to have, with its rows.

        then: one more revision to apply, which went well before.
        """
        self._drop(self.place.url)
        self.place = self._begin()
        self.returns += 1
        again = self.applied[self._kept :]
        for revision in again:
            before = self.place.catalog()
            self._upgrade_again(revision)
            self.place.fill(revision, touched_tables(compare_catalogs(before, self.place.catalog())))
        if again:
            self.keep()
        if then is not None:
            self._upgrade_again(then)

    def _upgrade_again(self, revision: Revision) -> None:
        failure = self.place.upgrade(revision)
        if failure is not None:
            raise MigrationStepFailed(
                revision=revision.id,
                title=revision.title,
                direction="repeated upgrade",
                problem=f"{failure.problem} (on another database with the same schema it went well)",
                sqlstate=failure.sqlstate,
                site=failure.site,
            )

    def _begin(self) -> Place:
        """Return a place as it was at the last checkpoint, else as the chain begins on, with rows."""
        if self._checkpoint is not None:
            return Place(self._bench, self._chain, self._copy(self._checkpoint), self._rows)
        place = Place(self._bench, self._chain, self._bench.create_start(), self._rows)
        if self._bench.ground is not None:
            place.begin()
        return place

    def _copy(self, url: URL) -> URL:
        return self._bench.server.create_database("check", copy_of=url)

    def _drop(self, url: URL) -> None:
        self.place.leave()
        self._bench.server.drop_database(url)
