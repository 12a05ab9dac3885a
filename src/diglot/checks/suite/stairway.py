"""Every revision goes up, down and up again, with rows in the tables, and loses nothing.

For each revision, in the order of the chain: after downgrade the catalogue is what it was before the upgrade, after
the second upgrade it is what the first one made, and the rows that were there before are there after each step. The
rows are made from the schema: in each table two with every column filled, near the limits of the types, and one with
as little as the table takes. Where a later constraint refuses them, others are made that fit the schema at the heads;
where it refuses those as well, that is told, and is no fault of the revision's. A NULL that the schema before allowed,
and that the upgrade does not provide for, is one: the deployment would stop there. Rows that a schema does not tell
how to make come from a function of the project's, `[tool.diglot.checks] seed = "module:function"`, called with a
Connection and the id of the revision just applied.

Bad: the type that the column brought stays behind, and the next upgrade fails.

    def downgrade():
        op.drop_column("trades", "side")

Good: what upgrade() made, downgrade() takes away.

    def downgrade():
        op.drop_column("trades", "side")
        op.execute("DROP TYPE trade_side")

Not seen: the order of columns, since Postgres puts a column that comes back behind the others, and roles, which
belong to the whole server. A loss that is meant, such as the content of a column that upgrade() drops, and a revision
that is meant to be irreversible are findings all the same: they are accepted, with the reason, in divergences.toml.
"""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Event

from diglot.checks.chain.place import State
from diglot.checks.chain.segments import Progress, Segment, at_once, cut
from diglot.checks.chain.stair import Stair
from diglot.checks.chain.walk import Walk
from diglot.checks.finding import Finding, Outcome
from diglot.checks.rows.filling import told
from diglot.checks.rows.tables import TableName, shown
from diglot.checks.workbench import Workbench
from diglot.errors.migrations import NotAlembic
from diglot.migrate.chain import Chain, Revision

POSITION = 20

_MOST_NAMED = 10


@dataclass
class _Climbed:
    """What climbing a segment showed. blocked: by revision that could not be applied, here or below, the first one."""

    state: State
    unfilled: dict[TableName, str]
    findings: list[Finding] = field(default_factory=list)
    not_done: list[str] = field(default_factory=list)
    blocked: dict[str, str] = field(default_factory=dict)
    applied: int = 0


def run(bench: Workbench) -> Outcome:
    """Climb the whole chain, a long one in several segments at once."""
    try:
        revisions = bench.chain.graph().revisions
    except NotAlembic as error:
        return Outcome(not_done=(str(error),))
    bench.server, bench.ground  # noqa: B018 - before there are threads, for each is made once
    segments = cut(len(revisions), os.cpu_count() or 1)
    progress = Progress(bench.tell, "stairway", len(revisions))
    with ExitStack() as opened:
        chains = [bench.chain, *(opened.enter_context(_chain(bench)) for _ in segments[1:])]

        def work(segment: Segment, stop: Event) -> _Climbed:
            with Walk(bench, chains[segments.index(segment)]) as walk:
                return _climb(walk, revisions, segment, progress, stop)

        def abandon() -> None:
            for chain in chains:
                chain.abandon()

        return _outcome(at_once(work, segments, abandon), len(revisions))


def _chain(bench: Workbench) -> Chain:
    """Return one more process for the project's chain."""
    settings = bench.settings
    return Chain(settings.root, settings.migration_source("postgresql"), step_timeout_s=settings.checks.step_timeout_s)


def _climb(walk: Walk, revisions: Sequence[Revision], segment: Segment, progress: Progress, stop: Event) -> _Climbed:
    """Pass what is below the segment, and climb it."""
    climbed = _Climbed(walk.place.state(), walk.unfilled)
    blocked = climbed.blocked
    for at, revision in enumerate(revisions[: segment.end]):
        if stop.is_set():
            break
        if at >= segment.start:
            progress.begin(f"{revision.id} {revision.title}")
        below = [blocked[parent] for parent in (*revision.down, *revision.depends_on) if parent in blocked]
        if below:
            blocked[revision.id] = below[0]
            continue
        stair = Stair(walk, revision, climbed.state)
        if at < segment.start:
            climbed.state = stair.pass_by()
        else:
            climbed.state = stair.climb()
            climbed.findings += stair.findings
            climbed.not_done += stair.not_done
        if not stair.applied:
            blocked[revision.id] = revision.id
    climbed.applied = len(walk.applied)
    return climbed


def _outcome(climbed: Sequence[_Climbed], length: int) -> Outcome:
    """Join the segments; the last one's database has come up the whole chain."""
    last = climbed[-1]
    tables = last.state.rows.tables
    empty = {name: why for name, why in last.unfilled.items() if name in tables}
    not_done = [one for part in climbed for one in part.not_done]
    not_done += [
        _above(failed, last.blocked)
        for failed in dict.fromkeys(last.blocked.values())
        if _is_below(failed, last.blocked)
    ]
    not_done += [
        f"the values in table {shown(name)}: it has {tables[name].count} rows, of which only the number was compared"
        for name in last.state.rows.unread
    ]
    looked_at = (("revisions", f"{last.applied} of {length}"), ("rows", str(last.state.rows.rows)))
    findings = tuple(one for part in climbed for one in part.findings)
    return Outcome(findings, looked_at, (*not_done, *told(empty)))


def _is_below(failed: str, blocked: dict[str, str]) -> bool:
    return sum(one == failed for one in blocked.values()) > 1


def _above(failed: str, blocked: dict[str, str]) -> str:
    names = [name for name, below in blocked.items() if below == failed and name != failed]
    shown_names = ", ".join(names[:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")
    noun = "revision" if len(names) == 1 else "revisions"
    return f"{len(names)} {noun} above {failed}, which cannot be applied: {shown_names}"
