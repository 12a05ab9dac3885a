"""One stair: a revision up, down and up again, and what that showed."""

import re
from collections.abc import Iterable, Iterator

from diglot.checks.chain.place import State, touched_tables
from diglot.checks.chain.steps import Failure
from diglot.checks.chain.telling import NOT_THERE, Differing, differing, named, plural
from diglot.checks.chain.walk import Walk
from diglot.checks.finding import Fact, Finding
from diglot.checks.rows.snapshot import Loss, Snapshot, losses
from diglot.checks.rows.tables import TableName, shown
from diglot.migrate.chain import Revision
from diglot.schema.catalog import Catalog, compare_catalogs

_NO_ROWS = Snapshot({})
_NULL_REFUSED = "23502"
_ACCEPT = "accept it, with its reason, in divergences.toml"


class Stair:
    """A revision, and the state of the database before it; `findings` and `not_done` grow as it is climbed.

    applied: whether the database has it in the end.
    """

    def __init__(self, walk: Walk, revision: Revision, before: State) -> None:
        self.findings: list[Finding] = []
        self.not_done: list[str] = []
        self.applied = False
        self._walk, self._revision, self._before = walk, revision, before
        self._catalog: Catalog | None = None
        self._lost_on_the_way_up: set[tuple[TableName, str]] = set()

    def climb(self) -> State:
        """Go up, down and up, and make rows for what is new; return the state then.

        It is the state before the revision when that cannot be applied.
        """
        failure = self._first_upgrade()
        if failure is not None:
            self._find("up-fails", (), (failure.fact("upgrade"),), f"correct {failure.site}", site=failure.site)
            return self._before
        first = self._walk.place.state()
        self._tell_lost(self._before.rows, first.rows, on_the_way_up=True)
        kept = self._down_and_up(first)
        catalog = self._catalog or self._walk.place.catalog()
        self._walk.place.fill(self._revision, touched_tables(compare_catalogs(self._before.catalog, first.catalog)))
        last = State(catalog, self._walk.place.rows())
        self._tell_lost(kept, last.rows, on_the_way_up=True)
        self._walk.advance(self._revision)
        self.applied = True
        return last

    def pass_by(self) -> State:
        """Go up alone, with all that `climb` does to get there; return the state then."""
        if self._first_upgrade() is not None:
            return self._before
        place = self._walk.place
        catalog = place.catalog()
        place.fill(self._revision, touched_tables(compare_catalogs(self._before.catalog, catalog)))
        self._walk.advance(self._revision, passing=True)
        self.applied = True
        return State(catalog, place.rows())

    # -- up ------------------------------------------------------------------------------------

    def _first_upgrade(self) -> Failure | None:
        """Upgrade; when made-up rows are in the way, with others or without. A failure leaves the state before."""
        place = self._walk.place
        failure = place.upgrade(self._revision)
        if failure is None:
            return None
        self._restore(self._before, failure)
        for names, refill in self._other_rows(failure):
            if self._upgrade_without(names, refill=refill):
                if not refill:
                    self._tell_in_the_way(failure, names)
                return None
        if self._filled() and not failure.unfinished and place.empty(self._filled(), refill=True):
            self._before = State(self._before.catalog, place.rows())
            self._walk.keep()
        return failure

    def _other_rows(self, failure: Failure) -> Iterator[tuple[list[TableName], bool]]:
        """Yield what may help: tables with other rows (true), or without any (false).

        An error that is not about rows may come of them all the same, from Python that reads what is in a column.
        """
        if failure.unfinished:
            return
        if failure.about_rows:
            learned = failure.sqlstate != _NULL_REFUSED and self._walk.learn()
            for refill in (True, False) if learned else (False,):
                yield from ((names, refill) for names in self._suspects(failure))
        elif self._filled():
            yield self._filled(), False

    def _upgrade_without(self, names: list[TableName], *, refill: bool) -> bool:
        """Upgrade with other rows in these tables, or none; say whether that went well."""
        if not self._walk.place.empty(names, refill=refill):
            return False
        self._before = State(self._before.catalog, self._walk.place.rows())
        self._walk.keep()
        again = self._walk.place.upgrade(self._revision)
        if again is not None:
            self._restore(self._before, again)
        return again is None

    def _suspects(self, failure: Failure) -> list[list[TableName]]:
        """Return the tables that the database names, and then all that have rows."""
        filled = self._filled()
        words = set(re.findall(r'"([^"]+)"', failure.problem))
        blamed = [name for name in filled if name[1] in words]
        return [names for names in (blamed, filled if filled != blamed else []) if names]

    def _filled(self) -> list[TableName]:
        return sorted(name for name, content in self._before.rows.tables.items() if content.count)

    def _tell_in_the_way(self, failure: Failure, names: list[TableName]) -> None:
        """A NULL that the schema allowed is a fault; a made-up value that a new constraint refuses may be none."""
        tables = ", ".join(map(shown, names))
        if failure.sqlstate == _NULL_REFUSED:
            facts = (("on empty tables", "the upgrade works"), failure.fact(f"with rows in {tables}"))
            fix = f"give the rows that are there a value first (UPDATE, or a server_default), at {failure.site}"
            self._find("up-fails-on-rows", (), facts, fix, site=failure.site)
            return
        self.not_done.append(
            f"what {named(self._revision)} does to rows in {tables}: it works without rows, and fails with those that "
            f"were made to fit the schema before it: {failure.shown}, at {failure.site} (rows of your own: "
            f"[tool.diglot.checks] seed)"
        )

    # -- down, and up again --------------------------------------------------------------------

    def _down_and_up(self, first: State) -> Snapshot:
        """Return the rows that the second upgrade found; none when the way down and up was not whole."""
        place = self._walk.place
        failure = place.downgrade(self._revision)
        if failure is not None:
            self._tell_no_way_down(failure)
            self._restore(first, failure, applied=True)
            return _NO_ROWS
        down = place.state()
        self._tell_lost(self._before.rows, down.rows, on_the_way_up=False)
        left = differing(compare_catalogs(self._before.catalog, down.catalog))
        failure = place.upgrade(self._revision)
        self._tell_left(left, failure)
        if failure is not None:
            if not left:
                fix = f"let downgrade() undo all that upgrade() does, at {self._revision.site}"
                facts = (("upgrade", "works"), failure.fact("upgrade after downgrade"))
                self._find("up-again-fails", (), facts, fix, site=failure.site)
            self._walk.go_back(then=self._revision)
            return _NO_ROWS
        self._catalog = place.catalog()
        again = differing(compare_catalogs(first.catalog, self._catalog))
        known = {one.object for one in left}
        self._tell_differs([one for one in again if one.object not in known])
        if again:
            self._walk.go_back(then=self._revision)
            self._catalog = None
            return _NO_ROWS
        return down.rows

    def _restore(self, wanted: State, failure: Failure, *, applied: bool = False) -> None:
        """See to it that a failed step has left nothing behind; a step that just ended may go on in the server."""
        place = self._walk.place
        if not failure.unfinished:
            unlike = differing(compare_catalogs(wanted.catalog, place.catalog()))
            if not unlike and not losses(wanted.rows, place.rows()):
                return
        self._walk.go_back(then=self._revision if applied else None)

    # -- telling -------------------------------------------------------------------------------

    def _tell_no_way_down(self, failure: Failure) -> None:
        if failure.irreversible:
            facts = (("upgrade", "works"), ("downgrade", failure.problem))
            self._find("irreversible", (), facts, f"write its downgrade(), or {_ACCEPT}", site=failure.site)
        else:
            facts = (("upgrade", "works"), failure.fact("downgrade"))
            self._find("down-fails", (), facts, f"correct {failure.site}, or {_ACCEPT}", site=failure.site)

    def _tell_left(self, left: Iterable[Differing], next_upgrade: Failure | None) -> None:
        for one in left:
            facts: tuple[Fact, ...] = (("before the upgrade", one.before), ("after the downgrade", one.after))
            if next_upgrade is not None:
                facts = (*facts, next_upgrade.fact("the next upgrade"))
            self._find("down-leaves", (one.object, *one.facts), facts, _way_back(one), about=str(one.object))

    def _tell_differs(self, again: Iterable[Differing]) -> None:
        for one in again:
            facts = (("the first upgrade", one.before), ("upgrade after downgrade", one.after))
            fix = "let upgrade() and downgrade() undo each other, without IF EXISTS that hides what is left"
            self._find("up-again-differs", (one.object, *one.facts), facts, fix, about=str(one.object))

    def _tell_lost(self, before: Snapshot, after: Snapshot, *, on_the_way_up: bool) -> None:
        for loss in losses(before, after):
            if (loss.table, loss.column) in self._lost_on_the_way_up:
                continue
            if on_the_way_up:
                self._lost_on_the_way_up.add((loss.table, loss.column))
                kind, step, fix = "rows-lost", "after the upgrade", "keep them in upgrade()"
            else:
                kind, step, fix = "rows-lost-down", "after upgrade and downgrade", "bring them back in downgrade()"
            facts = (("before the upgrade", _had(loss)), (step, _has(loss)))
            fix = f"{fix}; a loss that is meant: {_ACCEPT}"
            self._find(kind, (loss.subject,), facts, fix, about=loss.subject)

    def _find(
        self,
        what: str,
        identity: Iterable[object],
        facts: tuple[Fact, ...],
        fix: str,
        *,
        about: str = "",
        site: str = "",
    ) -> None:
        subject = named(self._revision) + (f", {about}" if about else "")
        finding = Finding(
            kind=f"stairway.{what}",
            subject=subject,
            facts=facts,
            fix=fix,
            site=site or self._revision.site,
            identity=tuple(map(str, identity)),
        )
        if finding.key not in {one.key for one in self.findings}:
            self.findings.append(finding)


def _way_back(one: Differing) -> str:
    if one.before == NOT_THERE:
        return f"drop the {one.object.kind} in downgrade(), or {_ACCEPT}"
    if one.after == NOT_THERE:
        return f"leave the {one.object.kind} in downgrade(), or make it again there, or {_ACCEPT}"
    return f"set it back in downgrade(), or {_ACCEPT}"


def _had(loss: Loss) -> str:
    return plural(loss.of, "row") + (f", one with {loss.before}" if loss.before else "")


def _has(loss: Loss) -> str:
    if not loss.column:
        return f"{plural(loss.lost, 'row')} gone"
    return f"another value in {plural(loss.lost, 'row')}" + (f", one with {loss.after}" if loss.after else "")
