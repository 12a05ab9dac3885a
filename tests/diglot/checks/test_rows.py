"""Rows made from a schema alone, and what is said of rows that are lost."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from diglot.checks.rows.filling import Filled, Filler, told
from diglot.checks.rows.hints import hints_of, partition_hints
from diglot.checks.rows.patterns import matching
from diglot.checks.rows.snapshot import MOST_ROWS, Content, Snapshot, losses, same, take_snapshot
from diglot.checks.rows.tables import table_names
from diglot.dialects import postgresql
from diglot.provision.postgres import PostgresServer

TRADES = ("public", "trades")


@pytest.fixture
def connection(diglot_server: PostgresServer) -> Iterator[Any]:
    """A connection to an empty database of the test's own."""
    url = diglot_server.create_database("check", empty=True)
    opened = postgresql.connect_admin(url.set(drivername="postgresql"))
    yield opened
    opened.close()
    diglot_server.drop_database(url)


def run(connection: Any, sql: str) -> list[tuple[Any, ...]]:
    """Run SQL; return the rows of its last statement, if it gives any."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []


def fill(connection: Any, schema: str) -> Filled:
    """Make a schema, and fill it."""
    run(connection, schema)
    return Filler().fill(connection)


TYPES = [
    "smallint", "integer", "bigint", "numeric", "numeric(10, 2)", "numeric(3, 5)", "numeric(4, -2)", "real",
    "double precision", "money", "boolean", "text", "varchar", "varchar(3)", "char(2)", '"char"', "name", "date",
    "timestamp", "timestamptz(0)", "time", "timetz", "interval", "uuid", "json", "jsonb", "jsonpath", "bytea", "inet",
    "cidr", "macaddr", "macaddr8", "bit(5)", "varbit(9)", "int4range", "int8range", "numrange", "daterange", "tsrange",
    "tstzrange", "nummultirange", "tsvector", "tsquery", "point", "line", "lseg", "box", "path", "polygon", "circle",
    "oid", "pg_lsn", "regclass", "text[]", "integer[][]", "jsonb[]", "mood", "mood[]", "email", "positive", "pair",
    "pair[]",
]  # fmt: skip

OWN_TYPES = """
    CREATE TYPE mood AS ENUM ('it''s', 'ok');
    CREATE DOMAIN email AS text CHECK (VALUE ~ '^[^@ ]+@[a-z]+\\.[a-z]{2,}$');
    CREATE DOMAIN small AS integer CHECK (VALUE < 10);
    CREATE DOMAIN positive AS small CHECK (VALUE > 0);
    CREATE TYPE pair AS (number integer, words text);
"""


def test_filler_knows_every_type(connection: Any) -> None:
    """A column of each type of Postgres, and of the project's own types, gets a value that is no NULL."""
    columns = ", ".join(f"c{at} {kind} NOT NULL" for at, kind in enumerate(TYPES))

    filled = fill(connection, f"{OWN_TYPES} CREATE TABLE wide ({columns})")

    assert told(filled.empty) == ()
    assert filled.rows == 3


def test_filler_leaves_out_only_the_column_that_the_server_refuses(connection: Any) -> None:
    """A server without XML points at the literal: that column stays NULL, and the many others keep their values."""
    columns = ", ".join(f"c{at} int" for at in range(100))

    fill(connection, f"CREATE TABLE wide ({columns}, loose xml, last int)")

    assert run(connection, "SELECT count(c0), count(c99), count(last), count(*) FROM wide") == [(2, 2, 2, 3)]


CONSTRAINTS = {
    "a list": "state text NOT NULL CHECK (state IN ('new', 'it''s paid'))",
    "a list for varchar": "state varchar(9) NOT NULL CHECK (state = ANY (ARRAY['new', 'paid']))",
    "bounds": "rating int NOT NULL CHECK (rating BETWEEN 3 AND 5)",
    "a fraction": "share numeric(5, 4) NOT NULL CHECK (share > 0 AND share < 1)",
    "a length": "code text NOT NULL CHECK (char_length(code) = 40)",
    "a shortest length": "code varchar(64) NOT NULL CHECK (length(code) >= 12)",
    "a pattern": "symbol text NOT NULL CHECK (symbol ~ '^[A-Z]{1,5}(\\.[A-Z]+)?$')",
    "a digest": "digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$')",
    "lower case": "name text NOT NULL CHECK (name = lower(name))",
    "upper case": "name text NOT NULL CHECK (name = upper(name))",
    "an address": "mail text NOT NULL CHECK (mail LIKE '%@%')",
    "a JSON object": "data jsonb NOT NULL CHECK (jsonb_typeof(data) = 'object')",
    "a JSON array": "data jsonb NOT NULL CHECK (jsonb_typeof(data) = 'array')",
    "one before the other": "opened date NOT NULL, closed date NOT NULL, CHECK (opened < closed)",
    "numbers in order": "low numeric(10, 2) NOT NULL, high numeric(10, 2) NOT NULL, CHECK (low < high)",
    "exactly one": "a int, b int, CHECK (num_nonnulls(a, b) = 1)",
    "all or none": "a int, b text, CHECK ((a IS NULL) = (b IS NULL))",
    "one that depends": "kind text CHECK (kind IN ('a', 'b')), x int, CHECK ((kind = 'a') = (x IS NOT NULL))",
    "a unique pair": "a boolean NOT NULL, b varchar(4) NOT NULL, UNIQUE (a, b)",
    "an exclusion": "during daterange NOT NULL, EXCLUDE USING gist (during WITH &&)",
    "generated and identity": "id int GENERATED ALWAYS AS IDENTITY, a int, b int GENERATED ALWAYS AS (a / 2) STORED",
    "an odd name": '"a % ""b"" :c" text NOT NULL',
    "no columns": "",
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_filler_satisfies(name: str, connection: Any) -> None:
    """What a constraint asks for is read from its text, or found by trying."""
    filled = fill(connection, f'CREATE TABLE "odd % name" ({CONSTRAINTS[name]})')

    assert told(filled.empty) == ()
    assert filled.rows >= 2


REFERENCES = {
    "a child named before its parent": """
        CREATE TABLE z (id serial PRIMARY KEY); CREATE TABLE a (z int NOT NULL REFERENCES z)""",
    "a key of two columns": """
        CREATE TABLE p (a int, b text, PRIMARY KEY (b, a));
        CREATE TABLE c (x text NOT NULL, y int NOT NULL, FOREIGN KEY (x, y) REFERENCES p (b, a))""",
    "two keys that share a column": """
        CREATE TABLE p (tenant int, id int, PRIMARY KEY (tenant, id));
        CREATE TABLE c (tenant int NOT NULL, x int NOT NULL, y int NOT NULL,
            FOREIGN KEY (tenant, x) REFERENCES p, FOREIGN KEY (tenant, y) REFERENCES p)""",
    "a key that is unique": """
        CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int PRIMARY KEY REFERENCES p)""",
    "itself": "CREATE TABLE t (id serial PRIMARY KEY, up int REFERENCES t)",
    "itself without NULL": "CREATE TABLE t (id int PRIMARY KEY, up int NOT NULL REFERENCES t)",
    "a circle with a NULL": """
        CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a);
        ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b""",
    "a circle that is checked at the end": """
        CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL);
        CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a);
        ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b DEFERRABLE INITIALLY DEFERRED""",
    "another schema": """
        CREATE SCHEMA "Other"; CREATE TABLE "Other".p (id int PRIMARY KEY);
        CREATE TABLE c (p int NOT NULL REFERENCES "Other".p)""",
    "partitions by range": """
        CREATE TABLE p (id int, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
        CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('1999-01-01') TO ('1999-02-01')""",
    "partitions by list": """
        CREATE TABLE p (k text NOT NULL) PARTITION BY LIST (k);
        CREATE TABLE p1 PARTITION OF p FOR VALUES IN ('x', 'y')""",
}  # fmt: skip


@pytest.mark.parametrize("name", REFERENCES)
def test_filler_fills_tables_that_refer_to(name: str, connection: Any) -> None:
    """Every table gets rows, parents first, also in circles and in partitions."""
    filled = fill(connection, REFERENCES[name])

    snapshot = take_snapshot(connection, table_names(connection))
    assert told(filled.empty) == ()
    assert min(content.count for content in snapshot.tables.values()) >= 1


CIRCLE = """
    CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL);
    CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL REFERENCES a);
    ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES t
"""
DEFERRED = """
    CREATE TABLE a (id int PRIMARY KEY CHECK (id > 5 AND id < 3));
    CREATE TABLE t (a int NOT NULL REFERENCES a DEFERRABLE INITIALLY DEFERRED)
"""
REFUSING = """
    CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$;
    CREATE TABLE t (a int); CREATE TRIGGER no BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION no()
"""


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ("CREATE TABLE t (a int NOT NULL CHECK (a > 5 AND a < 3))", "table t .*t_a_check"),
        (CIRCLE, "table a .*a_b_fkey"),
        (DEFERRED, "table t .*t_a_fkey"),
        (REFUSING, "table t .*not today"),
        ("CREATE TABLE t (a int) PARTITION BY LIST (a)", "table t .*no partition"),
    ],
)
def test_filler_tells_a_table_that_it_cannot_fill(schema: str, reason: str, connection: Any) -> None:
    """A table that stays empty is told, with what the server said; the others are filled all the same."""
    filled = fill(connection, f"{schema}; CREATE TABLE other (x int)")

    assert any(re.search(reason, sentence) for sentence in told(filled.empty))
    assert all("seed" in sentence for sentence in told(filled.empty))
    assert run(connection, "SELECT count(*) FROM other") == [(3,)]


def test_filler_writes_the_same_rows_each_time(connection: Any) -> None:
    """Two databases with the same schema get the same rows: nothing is drawn by lot, and no clock is read."""
    table = (
        "id uuid NOT NULL, n int, s varchar(9), t timestamptz DEFAULT now(), j jsonb, u uuid DEFAULT gen_random_uuid()"
    )
    fill(connection, f"CREATE SCHEMA one; CREATE TABLE one.t ({table})")
    fill(connection, f"CREATE SCHEMA two; CREATE TABLE two.t ({table})")
    Filler().fill(connection, [("two", "t")])

    columns = "id, n, s, j"
    rows = run(connection, f"SELECT {columns} FROM one.t EXCEPT SELECT {columns} FROM two.t")

    assert rows == []


def test_filler_fills_only_what_it_is_asked_for_and_adds_to_it(connection: Any) -> None:
    """A changed table gets new rows that differ from those it has; other tables stay as they are."""
    fill(connection, "CREATE TABLE a (x int UNIQUE); CREATE TABLE b (x int)")
    run(connection, "ALTER TABLE a ADD y text NOT NULL DEFAULT 'old'")

    Filler().fill(connection, [("public", "a")])

    assert run(connection, "SELECT count(*), count(DISTINCT x), count(DISTINCT y) FROM a") == [(5, 3, 2)]
    assert run(connection, "SELECT count(*) FROM b") == [(3,)]


@pytest.mark.parametrize(
    "pattern",
    [
        "^[A-Z]{2,5}$", r"^\d{3}-\d{4}$", "^[^@]+@[^@]+\\.[a-z]{2,}$", "^(buy|sell)$", "^a?b*c+$", "^[[:alpha:]_]+$",
        r"^https?://[a-z0-9.-]+(/.*)?$", "^(?:x|y){2}$", "^(?!no).+$", "^#[0-9a-fA-F]{6}$", r"^\w+\.\w+$", "^$|^a$",
    ],
)  # fmt: skip
@pytest.mark.parametrize("wish", [1, 3, 12])
def test_matching_makes_a_text_that_matches(pattern: str, wish: int) -> None:
    """The text that is made for a pattern is one that the pattern takes."""
    text = matching(pattern, wish=wish)

    assert text is not None
    assert re.search(pattern.replace("[:alpha:]", "a-z"), text)


@pytest.mark.parametrize("pattern", ["(", "[a", "a{99999}", "\\"])
def test_matching_gives_up_on_what_it_cannot_read(pattern: str) -> None:
    """A pattern that is not understood, or asks for too much, gives nothing, and no error."""
    assert matching(pattern) is None


def test_hints_come_from_the_text_of_a_constraint() -> None:
    """Literals, numbers beside the bounds, and what lies between them are suggested."""
    hints = hints_of(["CHECK ((((state)::text = ANY (ARRAY['it''s'::text, 'b'::text])) AND (x > (3)::numeric)))"])

    assert hints.texts == ("it's", "b")
    assert hints.numbers[:3] == ("3", "4", "2")


def test_partition_hints_name_a_value_of_each_partition() -> None:
    """A partition's lower bound is a value that it takes, column by column."""
    hints = partition_hints("RANGE (at, kind)", ["FOR VALUES FROM ('2026-01-01', 4) TO ('2027-01-01', 5)", "DEFAULT"])

    assert hints == {"at": ("2026-01-01",), "kind": ("4",)}


# -- what is lost -------------------------------------------------------------------------------


def snapshot(*rows: str, count: int | None = None) -> Snapshot:
    """A snapshot of the table `trades` with rows as JSON."""
    return Snapshot({TRADES: Content(rows, len(rows) if count is None else count)})


ONE, TWO = '{"id": 1, "name": "a"}', '{"id": 2, "name": "b"}'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((ONE, TWO), (TWO, ONE)),
        ((ONE,), (ONE, TWO)),
        ((ONE,), ('{"id": 1, "name": "a", "new": null}',)),
        ((ONE,), ('{"id": 1}',)),
        (('{"id": 1, "name": null}',), ('{"id": 1, "name": "filled"}',)),
        (('{"id": 1, "on": "2026-01-02"}',), ('{"id": 1, "on": "2026-01-02T00:00:00+00:00"}',)),
        (('{"id": 1, "x": 1.50}',), ('{"id": 1, "x": "1.5"}',)),
        (('{"id": 1, "x": true}',), ('{"id": 1, "x": 1}',)),
        (('{"id": 1, "x": "{\\"b\\": 1, \\"a\\": 2}"}',), ('{"id": 1, "x": {"a": 2, "b": 1}}',)),
        ((), (ONE,)),
    ],
)
def test_losses_are_none_when_all_is_still_there(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Order, new rows, new and dropped columns, filled NULLs and the same value in another type lose nothing."""
    assert losses(snapshot(*before), snapshot(*after)) == []


@pytest.mark.parametrize(
    ("before", "after", "column", "lost"),
    [
        ((ONE, TWO), (ONE,), "", 1),
        ((ONE, ONE), (ONE,), "", 1),
        ((ONE, TWO), (), "", 2),
        ((ONE,), ('{"id": 9, "name": "z"}',), "", 1),
        ((ONE, TWO), ('{"id": 1, "name": "a"}', '{"id": 2, "name": "x"}'), "name", 1),
        ((ONE, TWO), ('{"id": 1, "name": null}', '{"id": 2, "name": null}'), "name", 2),
        ((ONE, TWO), ('{"id": 1, "name": "b"}', '{"id": 2, "name": "a"}'), "name", 2),
        (('{"id": 1, "x": 1.25}',), ('{"id": 1, "x": 1.3}',), "x", 1),
    ],
)
def test_losses_name_the_column_and_how_many(
    before: tuple[str, ...], after: tuple[str, ...], column: str, lost: int
) -> None:
    """Rows that are gone and values that are others are told apart, and counted."""
    found = losses(snapshot(*before), snapshot(*after))

    assert [(one.table, one.column, one.lost, one.of) for one in found] == [(TRADES, column, lost, len(before))]


def test_losses_in_a_large_table_are_counted(connection: Any) -> None:
    """Beyond a limit only the number of rows is compared, and the snapshot says so."""
    run(connection, f"CREATE TABLE trades AS SELECT generate_series(1, {MOST_ROWS + 5}) AS id")
    before = take_snapshot(connection, [TRADES])
    run(connection, "DELETE FROM trades WHERE id < 3")

    found = losses(before, take_snapshot(connection, [TRADES]))

    assert before.unread == (TRADES,)
    assert [(one.column, one.lost, one.of) for one in found] == [("", 2, MOST_ROWS + 5)]


def test_same_knows_no_value_that_is_lost() -> None:
    """A value that became NULL, or shorter, is not the same."""
    assert not same("a", None)
    assert not same("abc", "ab")
    assert not same(0, False) or same(False, 0)
