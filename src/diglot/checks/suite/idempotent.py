"""A second `upgrade heads` changes nothing.

A database at the heads gets rows in all its tables, and is upgraded once more. No revision is left to be run, so the
catalogue, the rows and the revisions that the database is noted to have must stay as they are. What changes them is
code outside the revisions: env.py, an event, a script that runs after each upgrade.

Bad: env.py runs it at every deployment.

    with context.begin_transaction():
        context.run_migrations()
    connection.execute(text("INSERT INTO settings (name) VALUES ('theme')"))

Good: it is a revision, which runs once.

    def upgrade():
        op.execute("INSERT INTO settings (name) VALUES ('theme')")
"""

from sqlalchemy import URL

from diglot.checks.chain.telling import differing, plural
from diglot.checks.finding import Finding, Outcome
from diglot.checks.rows.filling import Filler, told
from diglot.checks.rows.snapshot import Snapshot, losses, take_snapshot
from diglot.checks.rows.tables import TableName, shown, table_names
from diglot.checks.workbench import Workbench
from diglot.errors.migrations import NotAlembic
from diglot.schema.catalog import Catalog, compare_catalogs, read_catalog

POSITION = 40

_FIX = "move what env.py does beside running revisions into a revision, or let it look first at what is there"


def run(bench: Workbench) -> Outcome:
    """Upgrade twice, and compare."""
    try:
        revisions = bench.chain.graph().revisions
    except NotAlembic as error:
        return Outcome(not_done=(str(error),))
    with bench.copy(bench.migrated) as url:
        with bench.connect(url) as connection:
            empty = Filler().fill(connection).empty
        catalog, rows = _read(bench, url)
        bench.tell("idempotent: the second upgrade")
        bench.chain.upgrade(url)
        catalog_after, rows_after = _read(bench, url)
    looked_at = (("revisions", str(len(revisions))), ("rows", str(rows.rows)))
    findings = (*_of_catalog(catalog, catalog_after), *_of_rows(rows, rows_after))
    return Outcome(findings, looked_at, told(empty))


def _read(bench: Workbench, url: URL) -> tuple[Catalog, Snapshot]:
    with bench.connect(url) as connection:
        return read_catalog(connection), take_snapshot(connection, table_names(connection))


def _of_catalog(before: Catalog, after: Catalog) -> list[Finding]:
    return [
        _changed(str(one.object), one.before, one.after, one.facts)
        for one in differing(compare_catalogs(before, after))
    ]


def _of_rows(before: Snapshot, after: Snapshot) -> list[Finding]:
    found = [
        _changed(loss.subject, plural(loss.of, "row"), f"{plural(loss.lost, 'row')} not the same any more", ("rows",))
        for loss in losses(before, after)
    ]
    for name in sorted(set(before.tables) & set(after.tables)):
        found += _more(name, before.tables[name].count, after.tables[name].count)
    return found


def _more(name: TableName, before: int, after: int) -> list[Finding]:
    if after <= before:
        return []
    return [_changed(f"table {shown(name)}", plural(before, "row"), plural(after, "row"), ("more rows",))]


def _changed(subject: str, before: str, after: str, identity: tuple[str, ...]) -> Finding:
    return Finding(
        kind="idempotent.changes",
        subject=subject,
        facts=(("after the first upgrade", before), ("after the second", after)),
        fix=_FIX,
        identity=identity,
    )
