"""From the heads down to base nothing is left behind, by the catalogue.

A database at the heads is taken down, one revision after the other. Then its catalogue is compared with that of an
empty database: tables, types, sequences, functions, triggers, views, grants, extensions, schemas, comments, default
privileges, and whatever else Postgres knows of. Each object that is left is named with the revision that made it.

Bad: the function outlives its trigger.

    def downgrade():
        op.execute("DROP TRIGGER touch ON trades")

Good:

    def downgrade():
        op.execute("DROP TRIGGER touch ON trades")
        op.execute("DROP FUNCTION touch_trades()")

Below a revision that is meant to be irreversible, or whose downgrade fails, nothing can be said; `diglot check
stairway` looks at each revision by itself.
"""

from collections.abc import Collection, Sequence

from diglot.checks.chain.steps import Failure, attempt
from diglot.checks.chain.telling import Differing, differing, named, plural
from diglot.checks.finding import Finding, Outcome
from diglot.checks.workbench import Workbench
from diglot.errors.migrations import NotAlembic
from diglot.migrate.chain import Revision
from diglot.schema.catalog import Catalog, CatalogReader, ObjectId, compare_catalogs, read_catalog

POSITION = 30

_ACCEPT = "accept it, with its reason, in divergences.toml"


def run(bench: Workbench) -> Outcome:
    """Go down from the heads, and look at what is left."""
    try:
        revisions = bench.chain.graph().revisions
    except NotAlembic as error:
        return Outcome(not_done=(str(error),))
    with bench.start_database() as url, bench.connect(url) as connection:
        nothing = read_catalog(connection)
    with bench.copy(bench.migrated) as url:
        for number, revision in enumerate(reversed(revisions)):
            bench.tell(f"downgrade: {number + 1} of {len(revisions)}, {revision.id} {revision.title}".rstrip())
            failure = attempt(bench.chain.downgrade_one, url, revision)
            if failure is not None:
                return _stopped(revision, failure, number, len(revisions))
        with bench.connect(url) as connection:
            left = differing(compare_catalogs(nothing, read_catalog(connection)))
    made_by = _makers(bench, revisions, nothing, {one.object for one in left}) if left else {}
    findings = tuple(_left(one, made_by.get(one.object)) for one in left)
    return Outcome(findings, (("revisions", f"{len(revisions)} of {len(revisions)}"),))


def _makers(
    bench: Workbench, revisions: Sequence[Revision], nothing: Catalog, left: Collection[ObjectId]
) -> dict[ObjectId, Revision]:
    """Go up once more on an empty database, until each object was changed for the first time."""
    found: dict[ObjectId, Revision] = {}
    with bench.start_database() as url, bench.connect(url) as connection:
        reader = CatalogReader(connection)
        before = nothing
        for revision in revisions:
            bench.tell(f"downgrade: who made what is left, {revision.id} {revision.title}".rstrip())
            bench.chain.upgrade_one(url, revision.id)
            after = reader.read()
            for change in compare_catalogs(before, after):
                if change.object in left:
                    found.setdefault(change.object, revision)
            if len(found) == len(left):
                break
            before = after
    return found


def _left(one: Differing, maker: Revision | None) -> Finding:
    facts = (("in an empty database", one.before), ("after downgrade to base", one.after))
    where = f"downgrade() of {maker.id}, at {maker.site}" if maker else "the downgrade() of the revision that made it"
    return Finding(
        kind="downgrade.left",
        subject=str(one.object),
        facts=(*facts, ("made by", named(maker))) if maker else facts,
        fix=f"undo it in {where}, or {_ACCEPT}",
        site=maker.site if maker else "",
        identity=one.facts,
    )


def _stopped(revision: Revision, failure: Failure, done: int, total: int) -> Outcome:
    below = total - done - 1
    finding = Finding(
        kind="downgrade.irreversible" if failure.irreversible else "downgrade.fails",
        subject=named(revision),
        facts=(("upgrade", "works"), failure.fact("downgrade")),
        fix=f"write its downgrade(), or {_ACCEPT}" if failure.irreversible else f"correct {failure.site}",
        site=failure.site,
        identity=(),
    )
    reasons = (
        f"{plural(below, 'revision')} below {revision.id}, which cannot be taken back",
        "what is left at base, which was not reached",
    )
    return Outcome((finding,), (("revisions", f"{done} of {total}"),), reasons if below else reasons[1:])
