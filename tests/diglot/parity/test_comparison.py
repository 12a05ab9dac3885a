"""Traces are aligned and compared: what is paired, what is found, and what follows from what."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from diglot.parity.align import align
from diglot.parity.compare import compare, follows
from diglot.parity.difference import Difference
from diglot.parity.trace import Event, Exchange, Failure, Half, Site, Statement, Trace, Transaction

HERE = Site("app/repo.py", 10, "read")
THERE = Site("app/repo.py", 20, "write")


def statement(sql: str, *, site: Site = HERE, **facts: Any) -> Statement:
    """A statement whose SQL is the same for both dialects."""
    return Statement(
        sql=sql, neutral=facts.pop("neutral", sql), parameters=facts.pop("parameters", None), site=site, **facts
    )


def select(*rows: tuple[Any, ...], sql: str = "SELECT a, b FROM t ORDER BY a", **facts: Any) -> Statement:
    """A SELECT of two columns that gave these rows."""
    return statement(sql, columns=("a", "b"), rows=rows, n_rows=len(rows), **facts)


def half(dialect: str, events: Sequence[Event], outcome: str = "passed", **facts: Any) -> Half:
    """One run with these events."""
    version = "3.45.1" if dialect == "sqlite" else "18.4"
    return Half("test", dialect, version, outcome, trace=Trace(dialect, tuple(events)), **facts)


def found(sqlite: Sequence[Event], postgresql: Sequence[Event]) -> list[Difference]:
    """What two runs that passed disagree on."""
    return compare(half("sqlite", sqlite), half("postgresql", postgresql))


def kinds(differences: Sequence[Difference]) -> list[tuple[str, str]]:
    """Kind and column of each difference."""
    return [(one.kind, one.column) for one in differences]


def test_same_traces_give_nothing() -> None:
    """Two runs that did the same have no difference."""
    events = [Transaction("begin", HERE), select((1, "x")), Transaction("commit", HERE)]

    assert found(events, events) == []


def test_each_column_is_told_once() -> None:
    """Many rows that differ in a column are one difference, at the first of them; other columns are their own."""
    one = select((1, 0), (2, 1), (3, 1))
    other = select((1, 0), (2, True), (3, True))

    differences = found([one], [other])

    assert kinds(differences) == [("type", "b")]
    assert (differences[0].row, differences[0].types) == (1, ("int", "bool"))


def test_value_is_worse_than_type() -> None:
    """A column in which a value differs is reported for that, though a type differs in an earlier row."""
    differences = found([select((1, 1), (2, 5))], [select((1, True), (2, 6))])

    assert [(one.kind, one.row) for one in differences] == [("value", 1)]


def test_other_order_is_told_from_other_values() -> None:
    """The same rows in another order are one difference; a column that also differs is told for the right rows."""
    one = select((1, "x"), (2, "y"), (3, "z"))
    other = select((3, "z"), (1, "x"), (2, "Y"))

    differences = found([one], [other])

    assert [(one.kind, one.column, one.sqlite_value, one.postgresql_value) for one in differences] == [
        ("order", "", (1, "x"), (3, "z")),
        ("value", "b", "y", "Y"),
    ]


def test_other_number_of_rows_names_a_row_that_is_missing() -> None:
    """Of two results of different length, the first row that only one has is shown."""
    differences = found([select((1, "x"), (2, "y"))], [select((2, "y"))])

    assert [(one.kind, one.sqlite_value, one.postgresql_value) for one in differences] == [("rows", (1, "x"), None)]


def test_other_column_names() -> None:
    """Names of columns are compared, as an application may look values up by them."""
    one = statement("SELECT count(*)", columns=("count(*)",), rows=((1,),), n_rows=1)
    other = statement("SELECT count(*)", columns=("count",), rows=((1,),), n_rows=1)

    assert kinds(found([one], [other])) == [("columns", "")]


@pytest.mark.parametrize(
    ("sqlite", "postgresql", "expected"),
    [
        (("UNIQUE", "SQLITE_CONSTRAINT_UNIQUE"), ("duplicate key", "23505"), []),
        (("NOT NULL", "SQLITE_CONSTRAINT_NOTNULL"), ("duplicate key", "23505"), [("error-class", "")]),
        (None, ("operator does not exist", "42883"), [("error", "")]),
    ],
)
def test_errors_are_compared_by_what_they_mean(
    sqlite: tuple[str, str] | None, postgresql: tuple[str, str], expected: list[tuple[str, str]]
) -> None:
    """The same violation in each driver's words is the same; another one, or none, is a difference."""

    def failing(words: tuple[str, str] | None) -> Statement:
        failure = None if words is None else Failure("IntegrityError", words[0], "driver.Error", words[1])
        return statement("INSERT INTO t VALUES (1)", failure=failure)

    assert kinds(found([failing(sqlite)], [failing(postgresql)])) == expected


def test_rowcounts_of_changes_are_compared() -> None:
    """An UPDATE that changes another number of rows is a difference."""
    differences = found([statement("UPDATE t SET a = 1", rowcount=2)], [statement("UPDATE t SET a = 1", rowcount=1)])

    assert kinds(differences) == [("rowcount", "")]


def test_statement_written_for_each_dialect_is_paired_by_its_place() -> None:
    """An upsert that the application writes in each dialect's words is still one statement."""
    one = statement("INSERT OR IGNORE INTO t VALUES (?)", site=THERE, rowcount=1)
    other = statement("INSERT INTO t VALUES (%s) ON CONFLICT DO NOTHING", site=THERE, rowcount=0)

    differences = found([select((1, "x")), one], [select((1, "x")), other])

    assert kinds(differences) == [("rowcount", "")]


def test_row_by_row_is_paired_with_all_at_once() -> None:
    """What one dialect inserts row by row, and the other in one statement, is compared as a whole."""
    each = [statement("INSERT INTO t VALUES (:p)", site=THERE, rowcount=1) for _ in range(3)]
    whole = statement("INSERT INTO t VALUES (:p)", site=THERE, rowcount=3, many=True)

    assert found([*each, select((1, "x"))], [whole, select((1, "x"))]) == []


def test_statement_of_one_dialect_is_told() -> None:
    """A statement without a partner is a difference, and does not shift the pairs behind it."""
    extra = statement("SELECT 1", site=THERE, columns=("1",), rows=((1,),), n_rows=1)

    differences = found([extra, select((1, "x"))], [select((1, "x"))])

    assert kinds(differences) == [("statement", "")]


def test_unlike_events_are_never_paired() -> None:
    """A statement is not compared with a transaction that happens to stand in its place."""
    pairs = align([statement("SELECT 1")], [Transaction("rollback", HERE)])

    assert [(one.sqlite is None, one.postgresql is None) for one in pairs] == [(False, True), (True, False)]


def test_lost_commit_is_told_at_the_statement_that_lost_it() -> None:
    """A commit that Postgres turned into a rollback is lost data; its line is that of the statement that failed."""
    failed = statement(
        "INSERT INTO t VALUES (1)", site=THERE, failure=Failure("IntegrityError", "duplicate", "d", "23505")
    )
    begin, commit = Transaction("begin", HERE), Transaction("commit", HERE)

    differences = found([begin, failed, commit], [begin, failed, Transaction("commit", HERE, failed="INSERT")])

    assert kinds(differences) == [("lost", "")]
    assert (differences[0].site, differences[0].direction) == (THERE, "postgresql")


def test_answers_are_compared_member_by_member() -> None:
    """Three places of a body are named at most, and lists of alike members once."""
    one = Exchange("GET", "/bars", 200, HERE, body={"bars": [{"c": "1"}, {"c": "2"}], "n": 1})
    other = Exchange("GET", "/bars", 200, HERE, body={"bars": [{"c": "1.0"}, {"c": "2.0"}], "n": 2})

    differences = found([one], [other])

    assert [(one.kind, one.path) for one in differences] == [("body", "$.bars[0].c"), ("body", "$.n")]


def test_outcomes_are_compared() -> None:
    """A test that fails on one dialect only, or on each in its way, is a difference though no statement says why."""
    fails = {"failure": Failure("ValueError", "wrong")}

    one_sided = compare(half("sqlite", []), half("postgresql", [], "failed", **fails))
    both = compare(
        half("sqlite", [], "failed", failure=Failure("KeyError", "x")), half("postgresql", [], "failed", **fails)
    )
    alike = compare(half("sqlite", [], "failed", **fails), half("postgresql", [], "failed", **fails))

    assert [(one.kind, one.direction) for one in one_sided] == [("outcome", "postgresql")]
    assert [(one.kind, one.direction) for one in both] == [("outcome", "both")]
    assert alike == []


def test_what_follows_is_told_from_what_caused_it() -> None:
    """After a statement failed everything follows; a type that differs makes only the answer follow."""
    broken = [Difference("error"), Difference("value"), Difference("outcome")]
    typed = [Difference("type"), Difference("type"), Difference("body")]

    assert follows(broken) == [False, True, True]
    assert follows(typed) == [False, False, True]


def test_statement_with_other_parameters_follows() -> None:
    """What was asked with other values, because of what came before, is no root of its own."""
    sqlite = [select((1, "x"), sql="SELECT a, b FROM t"), select((1, "x"), parameters={"a": 1}, site=THERE)]
    postgresql = [select((2, "x"), sql="SELECT a, b FROM t"), select((2, "x"), parameters={"a": 2}, site=THERE)]

    differences = found(sqlite, postgresql)

    assert follows(differences) == [False, True]


def test_threads_are_compared_whatever_their_order() -> None:
    """Of concurrent tests, failures and answers of one dialect alone are told; another order is not."""
    failed = statement("INSERT", failure=Failure("IntegrityError", "duplicate", "d", "23505"))
    answers = [Exchange("GET", "/a", 200, HERE), Exchange("GET", "/b", 404, THERE)]

    def concurrent(dialect: str, events: Sequence[Event]) -> Half:
        return replace(half(dialect, []), trace=Trace(dialect, tuple(events), concurrent=True))

    shuffled = compare(
        concurrent("sqlite", [*answers, select((1, "x"))]), concurrent("postgresql", [*reversed(answers), failed])
    )

    assert [(one.kind, one.direction) for one in shuffled] == [("error", "postgresql")]
