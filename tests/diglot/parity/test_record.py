"""A trace holds what the application did and saw, and recording changes none of it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from diglot.isolation.facade import Diglot
from diglot.parity.record import Recorder
from diglot.parity.trace import MOST_ROWS, Statement, Trace, Transaction

Record = Callable[[Callable[[Diglot], object]], Trace]

TABLE = sa.Table(
    "things",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(20), unique=True),
    sa.Column("active", sa.Boolean),
)


@pytest.fixture
def record(diglot: Diglot) -> Iterator[Record]:
    """Record what a function does with the test's database, in which there is one table."""
    recorder = Recorder()
    TABLE.create(diglot.engine)
    stop = recorder.watch(diglot.engine)

    def run(body: Callable[[Diglot], object]) -> Trace:
        recorder.start(diglot.dialect.name)
        body(diglot)
        return recorder.finish()

    yield run
    stop()


def statements(trace: Trace) -> list[Statement]:
    """The statements of a trace."""
    return [event for event in trace.events if isinstance(event, Statement)]


def add(database: Diglot, *names: str) -> None:
    """Insert things that are active."""
    with database.connect() as connection:
        connection.execute(sa.insert(TABLE), [{"name": name, "active": True} for name in names])


def test_rows_are_what_the_application_sees(record: Record, diglot: Diglot) -> None:
    """A boolean column is a bool in the trace of both dialects, as SQLAlchemy makes it one."""
    add(diglot, "a")

    def body(database: Diglot) -> None:
        with database.connect() as connection:
            connection.execute(sa.select(TABLE.c.name, TABLE.c.active)).all()

    found = statements(record(body))[0]

    assert (found.columns, found.rows, found.n_rows) == (("name", "active"), (("a", True),), 1)
    assert type((found.rows or ())[0][1]) is bool


def test_only_what_is_fetched_is_kept(record: Record, diglot: Diglot) -> None:
    """Nothing is fetched on the trace's behalf: of three rows the application takes one."""
    add(diglot, "a", "b", "c")

    def body(database: Diglot) -> None:
        with database.connect() as connection:
            assert connection.execute(sa.select(TABLE.c.name).order_by(TABLE.c.name)).fetchone() == ("a",)

    assert [one.rows for one in statements(record(body))] == [(("a",),)]


@pytest.mark.parametrize("how", ["partitions", "yield_per", "fetchmany", "mappings", "scalars"])
def test_every_way_to_fetch_is_seen(record: Record, diglot: Diglot, how: str) -> None:
    """Rows are kept however the application takes them, and reach it unchanged."""
    add(diglot, "a", "b", "c")
    ways: dict[str, Callable[[Any], list[Any]]] = {
        "partitions": lambda result: [row[0] for part in result.partitions(2) for row in part],
        "yield_per": lambda result: [row[0] for row in result.yield_per(1)],
        "fetchmany": lambda result: [row[0] for row in [*result.fetchmany(2), *result.fetchmany(2)]],
        "mappings": lambda result: [row["name"] for row in result.mappings()],
        "scalars": lambda result: list(result.scalars()),
    }
    taken: list[Any] = []

    def body(database: Diglot) -> None:
        with database.connect() as connection:
            taken.extend(ways[how](connection.execute(sa.select(TABLE.c.name).order_by(TABLE.c.name))))

    trace = record(body)

    assert taken == ["a", "b", "c"]
    assert [one.rows for one in statements(trace)] == [(("a",), ("b",), ("c",))]


def test_rows_beyond_the_most_are_counted(record: Record) -> None:
    """Of a large result so many rows are kept, and all are counted."""
    many = MOST_ROWS + 5

    def body(database: Diglot) -> None:
        with database.connect() as connection:
            numbers = " UNION ALL SELECT n + 1 FROM numbers WHERE n < :many"
            sql = f"WITH RECURSIVE numbers (n) AS (SELECT 1{numbers}) SELECT n FROM numbers"
            connection.execute(sa.text(sql), {"many": many}).all()

    found = statements(record(body))[0]

    assert (len(found.rows or ()), found.n_rows) == (MOST_ROWS, many)


def test_parameters_are_those_of_the_application(record: Record) -> None:
    """Parameters are named, and not yet in the driver's form."""

    def body(database: Diglot) -> None:
        with database.connect() as connection:
            connection.execute(sa.insert(TABLE).values(name="a", active=False))
            connection.execute(sa.update(TABLE).where(TABLE.c.name == "a").values(active=True))

    insert, update = statements(record(body))

    assert (insert.parameters["name"], insert.parameters["active"]) == ("a", False)
    assert update.rowcount == 1


def test_line_is_that_of_the_application(record: Record) -> None:
    """Each statement has the file, line and function that asked for it."""

    def reads_things(database: Diglot) -> None:
        with database.connect() as connection:
            connection.execute(sa.select(TABLE.c.id)).all()

    site = statements(record(reads_things))[0].site

    assert site.file == "tests/diglot/parity/test_record.py"
    assert (site.line, site.function) == (reads_things.__code__.co_firstlineno + 2, "reads_things")


def test_error_has_its_code(record: Record, diglot: Diglot) -> None:
    """A violated constraint is kept with SQLAlchemy's class, the driver's, and the code."""
    add(diglot, "a")

    def body(database: Diglot) -> None:
        with pytest.raises(sa.exc.IntegrityError):
            add(database, "a")

    failure = statements(record(body))[0].failure

    assert failure is not None
    assert failure.name == "IntegrityError"
    assert failure.code in {"SQLITE_CONSTRAINT_UNIQUE", "23505"}


def test_transactions_are_kept_unless_they_are_empty(record: Record) -> None:
    """Begin, savepoint, release, rollback and commit are events; what has nothing in between is none."""

    def body(database: Diglot) -> None:
        with database.engine.begin() as connection:
            with connection.begin_nested():
                connection.execute(sa.select(TABLE.c.id)).all()
            inner = connection.begin_nested()
            connection.execute(sa.select(TABLE.c.id)).all()
            inner.rollback()
        with database.engine.begin():
            pass

    actions = [event.action for event in record(body).events if isinstance(event, Transaction)]

    assert actions == ["begin", "savepoint", "release", "savepoint", "rollback_to", "commit"]


def test_raw_cursor_is_seen(record: Record, diglot: Diglot) -> None:
    """What goes past SQLAlchemy, through a cursor of the driver, is kept as well, however it is fetched."""
    add(diglot, "a", "b")

    def body(database: Diglot) -> None:
        raw = database.engine.raw_connection()
        cursor = raw.cursor()
        cursor.execute("SELECT name FROM things ORDER BY name")
        assert [*cursor.fetchone(), *(row[0] for row in cursor)] == ["a", "b"]
        with pytest.raises(Exception, match="nothing"):
            cursor.execute("SELECT nothing FROM things")
        raw.rollback()
        raw.close()

    good, bad = statements(record(body))

    assert (good.raw, good.columns, good.rows) == (True, ("name",), (("a",), ("b",)))
    assert bad.failure is not None


def test_statement_is_kept_once(record: Record) -> None:
    """SQLAlchemy's own cursors are not seen a second time."""

    def body(database: Diglot) -> None:
        add(database, "a", "b")

    assert [one.raw for one in statements(record(body))] == [False]


def test_questions_about_the_schema_are_left_out(record: Record) -> None:
    """What SQLAlchemy asks the catalogue, in each dialect's own way, is no event."""
    assert record(lambda database: sa.inspect(database.engine).get_table_names()).events == ()


def test_failing_result_processor_fails_the_application_alone(record: Record) -> None:
    """A type of the application's that raises on a value raises there, and the trace keeps the raw value."""

    class Picky(sa.TypeDecorator[int]):
        impl = sa.Integer
        cache_ok = True

        def process_result_value(self, value: int | None, dialect: sa.Dialect) -> int:
            raise ValueError(f"{value} on {dialect.name}")

    def body(database: Diglot) -> None:
        with database.connect() as connection, pytest.raises(ValueError, match="7 on"):
            connection.execute(sa.select(sa.literal(7, Picky()).label("seven"))).all()

    assert statements(record(body))[0].rows == ((7,),)


def test_nothing_is_kept_between_tests(record: Record, diglot: Diglot) -> None:
    """What happens after `finish` belongs to no test."""
    trace = record(lambda database: add(database, "a"))
    add(diglot, "b")

    assert len(statements(trace)) == 1
    assert record(lambda _database: None).events == ()
