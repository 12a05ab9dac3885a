"""The idioms of SQLite that Postgres refuses are found, and nothing else is."""

from collections.abc import Iterator
from typing import Any

import pytest
from asked_postgres import judging, kind_of, migrated, text_of, traced_of
from idioms import PORTABLE, REJECTED, SILENT, Idiom

from diglot.checks.statements.judging import Judging
from diglot.checks.statements.rendering import render
from diglot.parity.causes.registry import cause_named
from diglot.provision.postgres import PostgresServer


@pytest.fixture(scope="module")
def connection(diglot_server: PostgresServer) -> Iterator[Any]:
    """A database with the idioms' schema, for the whole module."""
    with migrated(diglot_server) as opened:
        yield opened


@pytest.fixture
def judge(connection: Any) -> Judging:
    """Who judges as with psycopg2."""
    return judging(connection)


@pytest.mark.parametrize("idiom", REJECTED, ids=str)
def test_idiom_that_postgres_refuses_is_found(judge: Judging, idiom: Idiom) -> None:
    """Each idiom of SQLite that Postgres refuses is a finding of its kind."""
    rendered = render(idiom.sql, idiom.style, substitutes=idiom.style != "cursor").numbered
    as_sent = idiom.sql if idiom.style != "text" else _pyformat(idiom.sql)

    found = (
        judge.traced(traced_of(idiom.sql, idiom.types, idiom.style, as_sent))
        if idiom.types
        else judge.text(text_of(idiom.sql, idiom.style))
    )

    assert kind_of(found) == idiom.kind, rendered


@pytest.mark.parametrize("idiom", SILENT, ids=str)
def test_idiom_that_postgres_takes_is_not_found(judge: Judging, idiom: Idiom) -> None:
    """What Postgres takes with another meaning is left to the comparison of two runs."""
    assert judge.text(text_of(idiom.sql, idiom.style)) is None


@pytest.mark.parametrize("fills_in", [True, False], ids=["psycopg2", "psycopg"])
@pytest.mark.parametrize("sql", PORTABLE)
def test_statement_that_both_take_is_not_found(connection: Any, sql: str, fills_in: bool) -> None:
    """A portable statement is no finding, with either driver, although nobody knows its parameters' types."""
    judge = judging(connection, fills_in=fills_in)

    found = judge.text(text_of(sql))

    assert (found, judge.counts.unjudged) == (None, [])


@pytest.mark.parametrize(("fills_in", "kind"), [(True, ""), (False, "syntax")], ids=["psycopg2", "psycopg"])
def test_literal_in_a_parameters_place_is_judged_as_the_driver_sends_it(
    connection: Any, fills_in: bool, kind: str
) -> None:
    """INTERVAL :age works where the driver writes the value into the text, and is found where it sends it apart."""
    found = judging(connection, fills_in=fills_in).text(text_of("SELECT id FROM t WHERE ts > now() - INTERVAL :age"))

    assert kind_of(found) == kind


@pytest.mark.parametrize("kind", ["bool", "int4", "numeric", "timestamptz", "uuid", "bytea", "unknown", "null"])
def test_parameter_of_a_columns_own_type_is_taken(judge: Judging, kind: str) -> None:
    """A typed parameter is compared with a column of its type without a finding."""
    columns = {
        "bool": "flag", "int4": "num", "numeric": "price", "timestamptz": "ts", "uuid": "u", "bytea": "raw",
        "unknown": "day", "null": "flag",
    }  # fmt: skip
    sql = f"SELECT id FROM t WHERE {columns[kind]} = %(p)s"

    found = judge.traced(traced_of(sql, (("p", kind),), "compiled"))

    assert found is None


@pytest.mark.parametrize(("fills_in", "kind"), [(True, ""), (False, "grouping")], ids=["psycopg2", "psycopg"])
def test_same_value_in_two_places_is_judged_as_the_driver_sends_it(connection: Any, fills_in: bool, kind: str) -> None:
    """Two parameters that group by the same value are one text for psycopg2, and two parameters for psycopg."""
    sql = "SELECT date_trunc(%(a)s, ts) FROM t WHERE day = %(d)s AND flag = %(f)s GROUP BY date_trunc(%(b)s, ts)"
    types = (("a", "unknown"), ("d", "unknown"), ("f", "bool"), ("b", "unknown"))

    found = judging(connection, fills_in=fills_in).traced(traced_of(sql, types, "compiled"))

    assert kind_of(found) == kind


def test_positional_parameters_each_have_their_own_type(judge: Judging) -> None:
    """Each `%s` is a parameter of its own."""
    sql = "SELECT id FROM t WHERE num = %s AND flag = %s"

    right = judge.traced(traced_of(sql, (("", "int4"), ("", "bool")), "cursor"))
    wrong = judge.traced(traced_of(sql, (("", "bool"), ("", "int4")), "cursor"))

    assert (right, kind_of(wrong)) == (None, "types")


def test_refusal_of_an_untyped_statement_counts_only_when_no_types_help(judge: Judging) -> None:
    """An operator between unknown types is counted and not told; one that no type would help is told."""
    helped = judge.text(text_of("SELECT id FROM t WHERE ts > :a - interval '1 day' AND id = :b"))
    told = judge.text(text_of("SELECT id FROM t WHERE flag = 1 AND id = :b"))

    assert (helped, kind_of(told), judge.counts.untyped) == (None, "types", 1)


def test_judging_leaves_the_database_as_it_was(connection: Any, judge: Judging) -> None:
    """Statements that change the schema or the rows are undone."""
    cursor = connection.cursor()

    found = [
        judge.text(
            text_of("CREATE TABLE made (id INTEGER); INSERT INTO made VALUES (1); INSERT INTO t (id) VALUES (1)")
        ),
        judge.text(text_of("ALTER TABLE b DROP COLUMN a_id")),
        judge.text(text_of("DROP TABLE b")),
        judge.text(text_of("TRUNCATE t CASCADE")),
    ]
    cursor.execute("SELECT (SELECT count(*) FROM t), to_regclass('made'), (SELECT count(a_id) FROM b)")

    assert (found, cursor.fetchone()) == ([None] * 4, (0, None, 0))


def test_finding_says_what_where_why_and_what_to_do(judge: Judging) -> None:
    """A finding has the text with a caret, the server's words with the SQLSTATE, the cause and a rewrite."""
    found = judge.text(text_of("SELECT id,\n       ifnull(n, :fallback)\nFROM t"))

    assert found is not None
    assert (found.subject, found.site) == ("text() in app/orders.py", "app/orders.py:7")
    assert found.facts == (
        ("sql", "ifnull(n, :fallback)\n^"),
        ("postgresql", "function ifnull(text, unknown) does not exist (42883)"),
    )
    assert "diglot causes string-functions" in found.fix
    assert "for Postgres, write: SELECT id, COALESCE(n, :fallback) FROM t" in found.fix


def test_finding_keeps_its_key_when_the_line_moves(judge: Judging) -> None:
    """The key of a finding does not depend on the line or on white space."""
    one = judge.text(text_of("SELECT ifnull(n, 1) FROM t"))
    same = judge.text(text_of("SELECT ifnull(n, 1)\n    FROM t"))

    assert one is not None
    assert same is not None
    assert one.key == same.key


def test_traced_statement_is_judged_with_its_types(judge: Judging) -> None:
    """What passes without types is found with those of a run: an integer into a boolean."""
    sql = "UPDATE t SET flag = :done WHERE id = :id"
    rendered = "UPDATE t SET flag = %(done)s WHERE id = %(id)s"

    static = judge.text(text_of(sql))
    found = judge.traced(traced_of(sql, (("done", "int4"), ("id", "int4")), "text", rendered))

    assert static is None
    assert found is not None
    assert found.facts[1][1] == 'column "flag" is of type boolean but expression is of type integer (42804)'


def test_idioms_are_as_many_as_are_known(judge: Judging) -> None:
    """There are at least 60 refused idioms, 14 silent ones and 60 portable statements, each idiom with its cause."""
    unknown = {one.name for one in (*REJECTED, *SILENT) if cause_named(one.name) is None}

    assert len(REJECTED) >= 60
    assert len(SILENT) >= 14
    assert len(PORTABLE) >= 60
    assert unknown == set()


def _pyformat(sql: str) -> str:
    """Return `:p` as SQLAlchemy writes it for a driver of Postgres."""
    return sql.replace(":p", "%(p)s")
