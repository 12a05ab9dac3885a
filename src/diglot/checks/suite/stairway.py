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

from collections.abc import Sequence

from diglot.checks.chain.stair import Stair
from diglot.checks.chain.walk import Walk
from diglot.checks.finding import Finding, Outcome
from diglot.checks.rows.filling import told
from diglot.checks.rows.tables import shown
from diglot.checks.workbench import Workbench
from diglot.errors.migrations import NotAlembic
from diglot.migrate.chain import Revision

POSITION = 20

_MOST_NAMED = 10


def run(bench: Workbench) -> Outcome:
    """Climb the whole chain."""
    try:
        revisions = bench.chain.graph().revisions
    except NotAlembic as error:
        return Outcome(not_done=(str(error),))
    with Walk(bench) as walk:
        return _climb(bench, walk, revisions)


def _climb(bench: Workbench, walk: Walk, revisions: Sequence[Revision]) -> Outcome:
    findings: list[Finding] = []
    not_done: list[str] = []
    blocked: dict[str, str] = {}
    state = walk.place.state()
    for number, revision in enumerate(revisions, start=1):
        bench.tell(f"stairway: {number} of {len(revisions)}, {revision.id} {revision.title}".rstrip())
        below = [blocked[parent] for parent in (*revision.down, *revision.depends_on) if parent in blocked]
        if below:
            blocked[revision.id] = below[0]
            continue
        stair = Stair(walk, revision, state)
        state = stair.climb()
        findings += stair.findings
        not_done += stair.not_done
        if not stair.applied:
            blocked[revision.id] = revision.id
    empty = {name: why for name, why in walk.unfilled.items() if name in state.rows.tables}
    not_done += [_above(failed, blocked) for failed in dict.fromkeys(blocked.values()) if _is_below(failed, blocked)]
    not_done += [
        f"the values in table {shown(name)}: it has {state.rows.tables[name].count} rows, of which only the number "
        f"was compared"
        for name in state.rows.unread
    ]
    looked_at = (("revisions", f"{len(walk.applied)} of {len(revisions)}"), ("rows", str(state.rows.rows)))
    return Outcome(tuple(findings), looked_at, (*not_done, *told(empty)))


def _is_below(failed: str, blocked: dict[str, str]) -> bool:
    return sum(one == failed for one in blocked.values()) > 1


def _above(failed: str, blocked: dict[str, str]) -> str:
    names = [name for name, below in blocked.items() if below == failed and name != failed]
    shown_names = ", ".join(names[:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")
    noun = "revision" if len(names) == 1 else "revisions"
    return f"{len(names)} {noun} above {failed}, which cannot be applied: {shown_names}"
