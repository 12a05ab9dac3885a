"""A rewound database behaves as a real one during the test and is untouched after it."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from diglot.isolation.rewind import Rewind
from tests.diglot.isolation.patterns import PATTERNS, Item, Pattern, insert

Names = Callable[[Rewind], tuple[str, ...]]

BY_NAME = pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)


@BY_NAME
def test_rewind_shows_what_the_application_committed(rewind: Rewind, pattern: Pattern, names: Names) -> None:
    """During the test a later connection sees what a real database would show it."""
    pattern.run(rewind.engine)

    seen = names(rewind)

    assert seen == pattern.kept


@BY_NAME
def test_rewind_leaves_nothing_behind(rewind: Rewind, pattern: Pattern, names: Names) -> None:
    """After the test the rows and the tables are the template's."""
    pattern.run(rewind.engine)

    escaped = rewind.finish()

    assert escaped is None
    assert names(rewind) == ("seed",)
    assert not sa.inspect(rewind.engine).has_table("extra")


def test_rewind_restarts_generated_ids(rewind: Rewind) -> None:
    """Each test gets the ids that the first one got, so that they agree across dialects."""
    ids = []

    for _ in range(3):
        with rewind.engine.begin() as connection:
            ids.append(connection.execute(insert("a").returning(Item.id)).scalar_one())
        rewind.finish()

    assert ids == [2, 2, 2]


def test_rewind_restarts_generated_ids_after_the_session_was_discarded(postgres_rewind: Rewind) -> None:
    """`DISCARD ALL` and its like, which drop prepared statements, do not stop sequences from restarting."""
    with postgres_rewind.engine.begin() as connection:
        connection.execute(insert("a"))
        connection.execute(sa.text("DEALLOCATE ALL"))

    escaped = postgres_rewind.finish()

    with postgres_rewind.engine.begin() as connection:
        assert connection.execute(insert("a").returning(Item.id)).scalar_one() == 2
    assert escaped is None


def test_rewind_checks_deferred_constraints_at_each_commit(rewind: Rewind) -> None:
    """A commit that violates a deferred constraint fails, and undoes its work, as a real one does."""
    with (
        pytest.raises(sa.exc.IntegrityError, match=r"(?i)foreign key"),
        rewind.engine.begin() as connection,
    ):
        connection.execute(sa.text("INSERT INTO lines (item_id) VALUES (99)"))

    with rewind.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM lines")) == 0


def test_rewind_still_defers_constraints_after_a_commit(rewind: Rewind) -> None:
    """A deferred constraint may be violated inside a transaction, also in the second one."""
    for line, item in ((1, 7), (2, 8)):
        with rewind.engine.begin() as connection:
            connection.execute(sa.text(f"INSERT INTO lines (id, item_id) VALUES ({line}, {item})"))
            connection.execute(sa.text(f"INSERT INTO items (id, name) VALUES ({item}, 'late {item}')"))

    with rewind.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM lines")) == 2


def test_rewind_defers_what_the_test_itself_creates(rewind: Rewind) -> None:
    """A deferred constraint of a table that the test makes is checked at each commit, and not before."""
    with rewind.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE parents (id INTEGER PRIMARY KEY)"))
        connection.execute(
            sa.text("CREATE TABLE children (id INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)")
        )
    with rewind.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO children VALUES (1)"))
        connection.execute(sa.text("INSERT INTO parents VALUES (1)"))

    with pytest.raises(sa.exc.IntegrityError, match=r"(?i)foreign key"), rewind.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO children VALUES (2)"))


def test_rewind_forgets_the_constraints_of_the_test_before(rewind: Rewind) -> None:
    """After the rewind only the template's deferred constraints are looked for."""
    with rewind.engine.begin() as connection:
        connection.execute(
            sa.text("CREATE TABLE twins (id INTEGER PRIMARY KEY REFERENCES twins (id) DEFERRABLE INITIALLY DEFERRED)")
        )

    rewind.finish()
    with rewind.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO items (name) VALUES ('next')"))

    with rewind.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM items")) == 2


def test_rewind_checks_foreign_keys(sqlite_rewind: Rewind) -> None:
    """SQLite enforces foreign keys at each statement, which it does not by itself."""
    connection = sqlite_rewind.engine.connect()

    with pytest.raises(sa.exc.IntegrityError):
        connection.execute(sa.text("INSERT INTO notes (item_id) VALUES (99)"))

    connection.close()


def test_rewind_keeps_a_script_inside(sqlite_rewind: Rewind, names: Names) -> None:
    """sqlite3's `executescript` commits what is open, and its own statements, inside the sandbox."""
    connection = sqlite_rewind.engine.raw_connection()
    connection.cursor().execute("INSERT INTO items (name) VALUES ('before')")
    connection.cursor().executescript("INSERT INTO items (name) VALUES ('x;'); INSERT INTO items (name) VALUES ('y');")
    connection.rollback()
    connection.close()

    seen = names(sqlite_rewind)

    assert seen == ("seed", "before", "x;", "y")
    assert sqlite_rewind.finish() is None
    assert names(sqlite_rewind) == ("seed",)


def test_rewind_streams_rows_from_the_server(postgres_rewind: Rewind) -> None:
    """A server-side cursor works, although the driver's own autocommit is on."""
    with postgres_rewind.engine.connect().execution_options(stream_results=True, max_row_buffer=2) as connection:
        rows = connection.execute(sa.text("SELECT generate_series(1, 5)")).scalars().all()

    assert rows == [1, 2, 3, 4, 5]


def test_rewind_records_statements_of_this_test_only(rewind: Rewind, names: Names) -> None:
    """`statements` holds the SQL since the test began."""
    names(rewind)
    rewind.finish()

    names(rewind)

    assert [one.sql for one in rewind.statements] == ["SELECT name FROM items ORDER BY id"]
