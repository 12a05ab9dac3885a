"""Everything that Postgres knows of its tables is read from its catalogs."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from diglot.provision.postgres import PostgresServer
from diglot.schema.logical import PrimaryKey, Schema, Table
from diglot.schema.read_postgresql import read_postgresql

Read = Callable[..., Schema]


@pytest.fixture(scope="module")
def database(diglot_server: PostgresServer) -> Iterator[sa.URL]:
    """One database for all tests here."""
    url = diglot_server.create_database("check", empty=True)
    yield url
    diglot_server.drop_database(url)


@pytest.fixture
def read(database: sa.URL) -> Iterator[Read]:
    """Read the schema that statements make in an empty database."""
    engine = sa.create_engine(database, poolclass=NullPool)

    def make(*statements: str) -> Schema:
        with engine.connect() as connection:
            for statement in ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public", *statements):
                connection.exec_driver_sql(statement)
            return read_postgresql(connection.connection.dbapi_connection)

    yield make
    engine.dispose()


def table(schema: Schema) -> Table:
    """Return the table `t`."""
    return schema.tables["t"]


def test_postgresql_columns_are_read(read: Read) -> None:
    """Types, NULL, defaults, numbering, collations and computed columns are read."""
    found = table(
        read(
            "CREATE TYPE mood AS ENUM ('sad', 'ok')",
            "CREATE DOMAIN score AS numeric(4, 1) CHECK (VALUE > 0)",
            """CREATE TABLE t (
                a BIGINT GENERATED ALWAYS AS IDENTITY, b SERIAL, c VARCHAR(9) COLLATE "C" DEFAULT 'x',
                d TIMESTAMP(3) WITH TIME ZONE NOT NULL, e mood, f mood[], g score, h INTEGER[] DEFAULT '{}',
                i INTEGER GENERATED ALWAYS AS (b * 2) STORED, j NUMERIC(10, 2)
            )""",
        )
    ).by_name

    assert (found["a"].generator, found["b"].generator, found["b"].default) == ("identity always", "serial", None)
    assert (found["c"].collation, str(found["c"].default)) == ("C", "'x'::character varying")
    assert (found["d"].type.precision, found["d"].type.timezone, found["d"].nullable) == (3, True, False)
    assert (found["e"].type.labels, found["e"].type.name) == (("sad", "ok"), "mood")
    assert found["f"].type.item == found["e"].type
    assert (found["g"].type.family, found["g"].type.item == found["j"].type) == ("domain", False)
    assert (found["h"].type.family, str(found["h"].type.item)) == ("array", "integer")
    assert [(str(one.generated.expression), one.generated.stored) for one in found.values() if one.generated] == [
        ("(b * 2)", True)
    ]


def test_postgresql_constraints_are_read(read: Read) -> None:
    """Keys, uniques, checks, foreign keys and exclusions are read with all that may differ."""
    found = table(
        read(
            "CREATE TABLE p (x INTEGER, y INTEGER, PRIMARY KEY (y, x))",
            """CREATE TABLE t (
                a INTEGER CONSTRAINT pk PRIMARY KEY, b INTEGER, c INTEGER,
                CONSTRAINT u UNIQUE NULLS NOT DISTINCT (b, c), CONSTRAINT v UNIQUE (c) DEFERRABLE,
                CONSTRAINT ck CHECK (b > 0), CONSTRAINT ex EXCLUDE USING hash (b WITH =),
                CONSTRAINT fk FOREIGN KEY (b, c) REFERENCES p (x, y) ON DELETE CASCADE ON UPDATE RESTRICT
                    DEFERRABLE INITIALLY DEFERRED
            )""",
            "ALTER TABLE t ADD CONSTRAINT late CHECK (c > 0) NOT VALID",
        )
    )

    assert found.primary_key == PrimaryKey(("a",), "pk")
    assert {(one.name, one.nulls_not_distinct, one.deferrable) for one in found.uniques} == {
        ("u", True, False),
        ("v", False, True),
    }
    assert {(one.name, str(one.expression), one.state) for one in found.checks} == {
        ("ck", "(b > 0)", ""),
        ("late", "(c > 0)", "NOT VALID"),
    }
    key = found.foreign_keys[0]
    assert (key.columns, key.table, key.referred) == (("b", "c"), "p", ("x", "y"))
    assert (key.on_delete, key.on_update, key.deferrable, key.initially_deferred) == (
        "CASCADE",
        "RESTRICT",
        True,
        True,
    )
    assert [name for name, _ in found.exclusions] == ["ex"]
    assert found.indexes == ()


def test_postgresql_indexes_are_read(read: Read) -> None:
    """Expressions, directions, NULLs, collations, operator classes, INCLUDE, methods and predicates are read."""
    found = table(
        read(
            "CREATE TABLE t (a TEXT, b INTEGER, c JSONB)",
            """CREATE UNIQUE INDEX i ON t (lower(a), b DESC NULLS LAST, a COLLATE "C" text_pattern_ops)
                INCLUDE (c) NULLS NOT DISTINCT WHERE (b > 0)""",
            "CREATE INDEX j ON t USING gin (c)",
            "CREATE INDEX k ON t (a DESC, b NULLS FIRST, a NULLS LAST)",
        )
    )

    index, gin, ordered = found.indexes
    assert [
        (str(key.expression), key.column, key.descending, key.nulls, key.collation, key.operators)
        for key in index.keys
    ] == [
        ("lower(a)", "", False, "", "", ""),
        ("b", "b", True, "last", "", ""),
        ("a", "a", False, "", "C", "text_pattern_ops"),
    ]
    assert (index.unique, str(index.predicate), index.included) == (True, "(b > 0)", ("c",))
    assert (index.nulls_not_distinct, gin.method) == (True, "gin")
    assert [(key.descending, key.nulls) for key in ordered.keys] == [(True, ""), (False, "first"), (False, "")]


def test_postgresql_partitions_and_other_schemas_are_told_apart(read: Read) -> None:
    """A partition is left out, and a table of another schema is named with it."""
    found = read(
        "CREATE TABLE t (a INTEGER) PARTITION BY RANGE (a)",
        "CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (1) TO (2)",
        "DROP SCHEMA IF EXISTS crm CASCADE",
        "CREATE SCHEMA crm",
        "CREATE TABLE crm.people (id INTEGER PRIMARY KEY)",
        "CREATE TABLE u (p INTEGER REFERENCES crm.people)",
    )

    assert set(found.tables) == {"t", "crm.people", "u"}
    assert found.tables["u"].foreign_keys[0].table == "crm.people"
