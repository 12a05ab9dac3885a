"""The incremental reader says what a whole reading says, whatever has happened in between."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from catalog_sequences import BASE, OF_OTHERS, OF_ROLES, STATEMENTS, differences, unchanging
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import URL

from diglot.dialects import postgresql
from diglot.provision.postgres import PostgresServer
from diglot.schema.catalog import CatalogReader, compare_catalogs, read_catalog

EXAMPLES = 12


@pytest.fixture
def url(diglot_server: PostgresServer) -> Iterator[URL]:
    """A database of the test's own, with the schema."""
    made = diglot_server.create_database("check", empty=True)
    with closing(postgresql.connect_admin(made.set(drivername="postgresql"))) as connection:
        connection.cursor().execute(BASE)
    yield made
    diglot_server.drop_database(made)


@pytest.fixture
def connection(url: URL) -> Iterator[Any]:
    """A connection in autocommit."""
    with closing(postgresql.connect_admin(url.set(drivername="postgresql"))) as opened:
        yield opened


def test_reader_says_what_a_whole_reading_says_after_each_statement(connection: Any) -> None:
    """After each of a long sequence of statements the reader's catalogue is the whole reading's."""
    reader = CatalogReader(connection)

    assert reader.read() == read_catalog(connection)
    assert differences(connection, reader, STATEMENTS) == []


def test_reader_says_what_a_whole_reading_says_of_what_belongs_to_no_table(connection: Any) -> None:
    """The same holds for what belongs to no table, and for what names a table's columns from outside."""
    reader = CatalogReader(connection)

    assert reader.read() == read_catalog(connection)
    assert differences(connection, reader, OF_OTHERS) == []


@pytest.mark.parametrize(
    "outside",
    [
        "CREATE POLICY mine ON parent USING (EXISTS (SELECT FROM child c WHERE c.n = id))",
        "CREATE FUNCTION total() RETURNS bigint BEGIN ATOMIC SELECT sum(n) FROM child; END",
        "CREATE RULE keep AS ON DELETE TO root DO INSTEAD UPDATE child SET n = 0",
        "CREATE VIEW numbers_seen AS SELECT n FROM child",
        "CREATE PUBLICATION news FOR TABLE child (id, n)",
    ],
    ids=["policy", "function", "rule", "view", "publication"],
)
def test_reader_follows_a_column_that_is_named_from_outside(connection: Any, outside: str) -> None:
    """A column's other name is noticed in the only text outside its table that names it."""
    connection.cursor().execute(f"DROP VIEW seen; DROP MATERIALIZED VIEW kept; {outside}")
    reader = CatalogReader(connection)
    before = reader.read()

    wrong = differences(connection, reader, ["ALTER TABLE child RENAME n TO amount"])

    assert wrong == []
    assert {change.object.kind for change in compare_catalogs(before, reader.read())} > {"column"}


def test_statements_about_what_belongs_to_no_table_change_the_catalogue(connection: Any) -> None:
    """Each of them is one that the catalogue tells of: one that failed would prove nothing."""
    assert unchanging(connection, OF_OTHERS) == []


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(steps=st.lists(st.sampled_from((*STATEMENTS, *OF_OTHERS, *OF_ROLES)), min_size=1, max_size=8))
def test_reader_says_what_a_whole_reading_says_in_any_order(connection: Any, steps: list[str]) -> None:
    """The same holds for any order of them, within one transaction, and after it was rolled back."""
    reader = CatalogReader(connection)
    before = reader.read()

    connection.cursor().execute("BEGIN")
    wrong = differences(connection, reader, steps)
    connection.cursor().execute("ROLLBACK")

    assert wrong == []
    assert compare_catalogs(before, reader.read()) == ()


def test_reader_follows_roles(connection: Any) -> None:
    """A role's other name is noticed in what it owns and in what it may do."""
    reader = CatalogReader(connection)
    reader.read()

    connection.cursor().execute("BEGIN")
    wrong = differences(connection, reader, OF_ROLES)
    names = {str(one) for one in reader.read().objects}
    connection.cursor().execute("ROLLBACK")

    assert wrong == []
    assert "table child, grant to diglot_reader_b" in names


def test_reader_sees_two_changes_of_one_transaction(connection: Any) -> None:
    """A row that one transaction writes twice is read twice."""
    reader = CatalogReader(connection)
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("COMMENT ON INDEX ix_child IS 'one'")
        first = reader.read()
        cursor.execute("COMMENT ON INDEX ix_child IS 'two'")
        second = reader.read()
        cursor.execute("ROLLBACK")

    changes = compare_catalogs(first, second)

    assert [(str(one.object), one.before, one.after) for one in changes] == [
        ("table child, index ix_child", "one", "two")
    ]


def test_reader_shares_what_has_not_changed(connection: Any) -> None:
    """What belongs to an unchanged table is not read again: it is the very same mapping."""
    reader = CatalogReader(connection)
    before = reader.read()
    connection.cursor().execute("ALTER TABLE child ADD extra integer")

    after = reader.read()

    shared = {str(one) for one in before.objects if before.objects[one] is after.objects.get(one)}
    assert "table parent, column code" in shared
    assert "table child, column n" not in shared
