"""Metadata and migrated schema say the same, by everything that Postgres's catalogues know.

`metadata.create_all()` makes one database, the revisions make another, and the two catalogues are compared: tables,
columns with type, default, collation and order, constraints with their text and whether they are validated, indexes
with predicate, method and validity, enum labels, sequences, views, functions, triggers, row security, grants and
comments. The same definition under another name is one `drift.renamed`.

Bad: a revision changes `CHECK (amount >= 0)` to `CHECK (amount > 0)`, and the metadata keeps the old text: tests on
tables from `create_all` pass, production refuses the row. Alembic's autogenerate does not see it.
Good: both are changed in one commit, and this check finds nothing.
"""

from diglot.checks.drift.judging import judge
from diglot.checks.finding import Outcome
from diglot.checks.workbench import Workbench
from diglot.schema.catalog import Catalog, read_catalog

POSITION = 60


def run(bench: Workbench) -> Outcome:
    """Report each object on which metadata and migrated schema disagree."""
    bench.tell("drift: the metadata's tables")
    with bench.connect(bench.declared) as connection:
        declared = read_catalog(connection)
    bench.tell("drift: the migrated schema")
    with bench.connect(bench.migrated) as connection:
        migrated = read_catalog(connection)
    looked_at = (
        ("tables", str(_count(declared, migrated, "table"))),
        ("objects", str(_count(declared, migrated, ""))),
    )
    return Outcome(judge(declared, migrated), looked_at)


def _count(declared: Catalog, migrated: Catalog, kind: str) -> int:
    objects = declared.objects.keys() | migrated.objects.keys()
    return sum(1 for one in objects if not kind or one.kind == kind)
