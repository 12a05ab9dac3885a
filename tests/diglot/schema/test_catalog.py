"""What a catalogue holds, what it leaves out, and how two are compared."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from catalog_sequences import BASE
from sqlalchemy import URL

from diglot.dialects import postgresql
from diglot.provision.postgres import PostgresServer
from diglot.schema.catalog import Catalog, Change, ObjectId, compare_catalogs, read_catalog


@pytest.fixture(scope="module")
def url(diglot_server: PostgresServer) -> Iterator[URL]:
    """A database with the schema."""
    made = diglot_server.create_database("check", empty=True)
    with closing(postgresql.connect_admin(made.set(drivername="postgresql"))) as connection:
        connection.cursor().execute(BASE)
    yield made
    diglot_server.drop_database(made)


@pytest.fixture
def connection(url: URL) -> Iterator[Any]:
    """A connection in a transaction that never commits."""
    with closing(postgresql.connect_admin(url.set(drivername="postgresql"))) as opened:
        opened.autocommit = False
        yield opened


def _run(connection: Any, sql: str) -> Catalog:
    with connection.cursor() as cursor:
        cursor.execute(sql)
    return read_catalog(connection)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        pytest.param(ObjectId("table", "child"), "table child", id="table"),
        pytest.param(
            ObjectId("constraint", "ck_amount", "trades"), "table trades, constraint ck_amount", id="constraint"
        ),
        pytest.param(ObjectId("index", "ix", "other.far"), "table other.far, index ix", id="another schema"),
    ],
)
def test_object_says_how_messages_name_it(named: ObjectId, expected: str) -> None:
    """An object's text is its kind and name, after its table."""
    assert str(named) == expected


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        pytest.param(
            ObjectId("column", "parent_id", "child"),
            {"type": "integer", "nullable": "yes", "position": "2"},
            id="column",
        ),
        pytest.param(
            ObjectId("constraint", "fk_parent", "child"),
            {
                "kind": "foreign key",
                "definition": "FOREIGN KEY (parent_id) REFERENCES public.parent(id)",
                "validated": "yes",
            },
            id="foreign key",
        ),
        pytest.param(
            ObjectId("index", "ix_child", "child"),
            {
                "definition": "CREATE INDEX ON public.child USING btree (public.twice(t)) "
                "WHERE (c = 'red'::public.color)",
                "valid": "yes",
            },
            id="index",
        ),
        pytest.param(ObjectId("type", "color"), {"kind": "enum", "labels": "'red', 'blue'"}, id="enum"),
        pytest.param(
            ObjectId("table", "parts_26"),
            {
                "kind": "table",
                "persistence": "permanent",
                "row security": "off",
                "access method": "heap",
                "partition of": "public.parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
            },
            id="partition",
        ),
    ],
)
def test_catalog_has_an_objects_facts(connection: Any, named: ObjectId, expected: dict[str, str]) -> None:
    """An object's facts are the texts that Postgres writes, with everything outside pg_catalog qualified."""
    assert read_catalog(connection).objects[named] == expected


def test_catalog_says_the_same_whatever_the_session_is_set_to(connection: Any) -> None:
    """Neither search path nor styles of the session enter a text, and they are as before afterwards."""
    plain = _run(connection, "ALTER TABLE child ADD at timestamptz DEFAULT '2026-01-01 00:00Z'")
    set_up = "SET search_path = other, public; SET timezone = 'Asia/Kathmandu'; SET datestyle = 'German'"

    assert compare_catalogs(plain, _run(connection, set_up)) == ()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path')")
        assert cursor.fetchone() == ("other, public",)


def test_catalog_says_the_same_to_a_role_without_rights(connection: Any) -> None:
    """A role that owns nothing and may read nothing sees the same catalogue."""
    owner = _run(connection, "CREATE ROLE diglot_nobody; GRANT SELECT ON parent TO diglot_nobody")

    assert compare_catalogs(owner, _run(connection, "SET ROLE diglot_nobody")) == ()


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)", id="Alembic's table"),
        pytest.param("CREATE TABLE other.versions (version_num varchar(32) NOT NULL)", id="Alembic's table, renamed"),
        pytest.param("CREATE TABLE alembic_version (version_num text, told text)", id="Alembic's table, with more"),
        pytest.param("CREATE TEMPORARY TABLE gone (id integer PRIMARY KEY)", id="a temporary table"),
        pytest.param("GRANT SELECT ON child TO PUBLIC; REVOKE SELECT ON child FROM PUBLIC", id="a grant taken back"),
        pytest.param("ALTER TABLE child ADD x integer; ALTER TABLE child DROP x", id="a column dropped again"),
        pytest.param("INSERT INTO parent (code) VALUES ('a'); ANALYZE parent", id="rows"),
        pytest.param(
            "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'; "
            "ALTER EXTENSION plpgsql ADD FUNCTION mine()",
            id="a member of an extension",
        ),
    ],
)
def test_catalog_leaves_out_what_is_no_schema_of_the_project(connection: Any, sql: str) -> None:
    """What belongs to Alembic, to an extension or to the session, and rows, change nothing."""
    before = read_catalog(connection)

    assert compare_catalogs(before, _run(connection, sql)) == ()


def test_catalog_counts_columns_without_the_dropped_ones(connection: Any) -> None:
    """A column's position is its rank among the columns that are there."""
    after = _run(connection, "ALTER TABLE child DROP parent_id CASCADE")

    assert after.objects[ObjectId("column", "c", "child")]["position"] == "2"


def test_catalog_has_a_not_null_as_a_column_fact_only(connection: Any) -> None:
    """NOT NULL is the column's `nullable`, not a constraint as well."""
    before = read_catalog(connection)
    changes = compare_catalogs(before, _run(connection, "ALTER TABLE child ALTER n SET NOT NULL"))

    assert changes == (Change(ObjectId("column", "n", "child"), "nullable", "yes", "no"),)


def test_compared_catalogs_give_facts_and_whole_objects_in_order() -> None:
    """A fact that is not the same is a change with both texts; an object on one side only is one change."""
    column, index = ObjectId("column", "n", "a"), ObjectId("index", "ix", "a")
    before = Catalog({column: {"type": "integer", "default": "1"}, index: {"definition": "CREATE INDEX"}})
    after = Catalog({column: {"type": "bigint", "comment": "new"}})

    assert compare_catalogs(before, after) == (
        Change(column, "comment", None, "new"),
        Change(column, "default", "1", None),
        Change(column, "type", "integer", "bigint"),
        Change(index, "", "CREATE INDEX", None),
    )
