"""The SQL that `alembic upgrade --sql` writes makes the same schema as the migrations themselves.

Whoever lets a database administrator apply migrations as a script runs other code than the tests do: revisions that
ask the database get no answer, percent signs may come out twice, and what env.py sets up online is missing. Here the
whole script, from base to heads, is run on an empty database, statement by statement, with a plain driver, and the
catalogue is compared with that of the migrated database.

Bad: the result of a query decides what is done.

    def upgrade():
        if op.get_bind().execute(sa.text("SELECT count(*) FROM users")).scalar():
            op.execute("INSERT INTO settings ...")

Good: the database decides, wherever the statement is run.

    def upgrade():
        op.execute("INSERT INTO settings ... WHERE EXISTS (SELECT FROM users)")
"""

from collections.abc import Sequence

from diglot.checks.finding import Fact, Finding, Outcome
from diglot.checks.locks.unwritten import asks_database, not_broken
from diglot.checks.workbench import Workbench
from diglot.dialects import postgresql
from diglot.errors.migrations import MigrationStepFailed, NotAlembic, OfflineRefused
from diglot.migrate.chain import OfflineStatement
from diglot.schema.catalog import Catalog, Change, compare_catalogs, read_catalog

POSITION = 50

_TELL_EVERY = 50
_SHOWN_SQL = 200
_ABSENT = "not there"


def run(bench: Workbench) -> Outcome:
    """Write the script, run it, and compare what it made."""
    try:
        bench.tell("offline: writing the script")
        statements = bench.chain.offline()
    except NotAlembic as error:
        return Outcome(not_done=(str(error),))
    except OfflineRefused as error:
        return Outcome(not_done=(str(not_broken(error)),))
    except MigrationStepFailed as error:
        return Outcome((_unwritable(error),), not_done=("the script: it ends at the revision that cannot be written",))
    looked_at: tuple[Fact, ...] = (
        ("statements", str(len(statements))),
        ("revisions", str(len({one.revision for one in statements if one.revision}))),
    )
    made, failure = _made_by(bench, statements)
    if failure is not None:
        return Outcome((failure,), looked_at, ("the schemas: the script ends at the statement that fails",))
    with bench.connect(bench.migrated) as connection:
        changes = compare_catalogs(read_catalog(connection), made)
    return Outcome(tuple(_differs(one) for one in changes), looked_at)


def _made_by(bench: Workbench, statements: Sequence[OfflineStatement]) -> tuple[Catalog, Finding | None]:
    """Run the script on an empty database; return its catalogue, and what stopped it."""
    with bench.start_database() as url, bench.connect(url) as connection:
        for number, statement in enumerate(statements):
            if number % _TELL_EVERY == 0:
                bench.tell(f"offline: {number} of {len(statements)} statements")
            try:
                with connection.cursor() as cursor:
                    cursor.execute(statement.sql)
            except postgresql.Error as error:
                return Catalog({}), _refused(statement, error)
        return read_catalog(connection), None


def _unwritable(error: MigrationStepFailed) -> Finding:
    asks = asks_database(error.problem)
    online: tuple[Fact, ...] = (("online", "it can ask the database"),) if asks else ()
    decide = (
        "let the statement decide in the database (INSERT ... SELECT, ON CONFLICT, IF EXISTS), or skip the "
        "question when op.get_context().as_sql"
    )
    return Finding(
        kind="offline.unwritable",
        subject=f"revision {error.revision}",
        facts=(*online, ("offline", error.problem)),
        fix=decide if asks else f"correct {error.site}; `alembic upgrade base:heads --sql` shows the error",
        site=error.site,
        identity=(),
    )


def _refused(statement: OfflineStatement, error: Exception) -> Finding:
    sqlstate = getattr(error, "pgcode", None) or ""
    problem = (str(error).splitlines() or [type(error).__name__])[0]
    site = f"{statement.path}:{statement.line}" if statement.line else statement.path
    return Finding(
        kind="offline.statement-fails",
        subject=f"revision {statement.revision}" if statement.revision else "the script around the revisions",
        facts=(
            ("statement", " ".join(statement.sql.split())[:_SHOWN_SQL]),
            ("Postgres", f"{problem} [SQLSTATE {sqlstate}]" if sqlstate else problem),
        ),
        fix=f"correct {site or 'env.py'}; see the script with `alembic upgrade base:heads --sql`. Doubled percent "
        f'signs: env.py needs dialect_opts={{"paramstyle": "named"}} offline',
        site=site,
    )


def _differs(change: Change) -> Finding:
    about = f"{change.fact}: " if change.fact else ""
    migrated, by_script = (_ABSENT if text is None else text for text in (change.before, change.after))
    return Finding(
        kind="offline.differs",
        subject=str(change.object),
        facts=(("migrated", f"{about}{migrated}"), ("by the script", f"{about}{by_script}")),
        fix="make the revision write the same statements offline; see them with `alembic upgrade base:heads --sql`",
    )
