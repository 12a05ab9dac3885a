"""A finding says in one sentence what differs, and has a key that stays."""

from dataclasses import replace

import pytest

from diglot.parity.difference import KINDS, Difference
from diglot.parity.trace import Exchange, Failure, Half, Site, Trace, Transaction
from diglot.parity.values import MISSING
from diglot.report.document import finding_of
from tests.diglot.report.samples import (
    NO_OPERATOR,
    SITE,
    contract,
    difference,
    exchange,
    failed,
    half,
    postgres_fails,
    query,
    statement,
)

BETWEEN = ("sqlite 3", "postgresql 18")
TAKEN = Failure(
    "IntegrityError", "UNIQUE constraint failed: items.id", "sqlite3.IntegrityError", "SQLITE_CONSTRAINT_UNIQUE"
)
TOO_LONG = Failure("DataError", "value too long", "psycopg2.errors.StringDataRightTruncation", "22001")
ASSERTION = Failure("AssertionError", "assert 1 == 2\n  +where ...")


def summary(one: Difference) -> str:
    return finding_of(one, follows=False, between=BETWEEN).summary


def key(one: Difference) -> str:
    return finding_of(one, follows=False, between=BETWEEN).key


def outcome(sqlite: Half, postgresql: Half) -> Difference:
    return Difference(
        "outcome", sqlite_value=sqlite.outcome, postgresql_value=postgresql.outcome, halves=(sqlite, postgresql)
    )


def body(path: str, one: object, other: object) -> Difference:
    return difference(
        "body", sqlite=exchange(), postgresql=exchange(), path=path, sqlite_value=one, postgresql_value=other
    )


SENTENCES = [
    (
        difference("type", column="active", sqlite_value=1, postgresql_value=True),
        "column `active` is int 1 on SQLite and bool True on Postgres",
    ),
    (
        difference("type", column="active", row=2, sqlite_value=1, postgresql_value=True),
        "column `active` is int 1 on SQLite and bool True on Postgres (row 3)",
    ),
    (
        difference("value", column="name", sqlite_value="a|b\n", postgresql_value="A"),
        r"column `name` is 'a|b\n' on SQLite and 'A' on Postgres",
    ),
    (
        difference("value", column="name", sqlite_value=None, postgresql_value="A"),
        "column `name` is None on SQLite and str 'A' on Postgres",
    ),
    (
        difference("error", postgresql=statement(failure=NO_OPERATOR)),
        "fails on Postgres only: UndefinedFunction 42883: operator does not exist: boolean = integer",
    ),
    (
        difference("error", sqlite=statement(failure=TAKEN)),
        "fails on SQLite only: SQLITE_CONSTRAINT_UNIQUE: UNIQUE constraint failed: items.id",
    ),
    (
        difference("error-class", sqlite=statement(failure=TAKEN), postgresql=statement(failure=TOO_LONG)),
        (
            "fails on both, with different errors: SQLITE_CONSTRAINT_UNIQUE: UNIQUE constraint failed: items.id on "
            "SQLite, StringDataRightTruncation 22001: value too long on Postgres"
        ),
    ),
    (
        difference(
            "lost",
            sqlite=Transaction("commit", SITE),
            postgresql=Transaction("commit", SITE, "`INSERT` at shop.py:3 (duplicate key)"),
        ),
        (
            "the commit kept the work on SQLite and Postgres turned it into a rollback: lost data; "
            "first failed statement: `INSERT` at shop.py:3 (duplicate key)"
        ),
    ),
    (
        difference("rows", sqlite=query((1,)), postgresql=query((1,), (2,)), postgresql_value=(2,)),
        "returns 1 row on SQLite and 2 on Postgres; only Postgres has (2,)",
    ),
    (
        difference(
            "order",
            sqlite=query((None,), (1,)),
            postgresql=query((1,), (None,)),
            sqlite_value=(None,),
            postgresql_value=(1,),
        ),
        "the same 2 rows come in another order: row 1 is (None,) on SQLite and (1,) on Postgres",
    ),
    (
        difference("columns", sqlite_value=("id", "a b"), postgresql_value=("id",)),
        "the columns are called `id`, `a b` on SQLite and `id` on Postgres",
    ),
    (
        difference("rowcount", sqlite_value=1, postgresql_value=0),
        "changes 1 row on SQLite and 0 on Postgres",
    ),
    (
        difference("statement", postgresql=None, sqlite=statement("SELECT\n  1")),
        "runs on SQLite only: `SELECT 1`",
    ),
    (
        difference("status", sqlite=exchange(200), postgresql=exchange(500), sqlite_value=200, postgresql_value=500),
        "GET /api/orders/7 answers 200 on SQLite and 500 on Postgres",
    ),
    (
        difference("status", sqlite=None, postgresql=exchange(500)),
        "GET /api/orders/7 is asked on Postgres only",
    ),
    (
        body("$.bars[0].close", 1.5, "1.5"),
        "in the answer to GET /api/orders/7, `$.bars[0].close` is float 1.5 on SQLite and str '1.5' on Postgres",
    ),
    (
        body("$.total", MISSING, [1, {"a": None}]),
        "in the answer to GET /api/orders/7, `$.total` is missing on SQLite and [1, {'a': None}] on Postgres",
    ),
    (
        body("content-type", "text/html", "text/plain"),
        "in the answer to GET /api/orders/7, the content-type is 'text/html' on SQLite and 'text/plain' on Postgres",
    ),
    (
        difference("transaction", sqlite=Transaction("rollback_to", SITE), postgresql=None),
        "a rollback to a savepoint happens on SQLite only",
    ),
    (
        outcome(half("sqlite"), failed("postgresql", failure=ASSERTION)),
        "the test fails on Postgres only: AssertionError: assert 1 == 2",
    ),
    (
        outcome(failed("sqlite", failure=TAKEN), failed("postgresql", failure=ASSERTION)),
        (
            "the test fails on both, with different errors: SQLITE_CONSTRAINT_UNIQUE: UNIQUE constraint failed: "
            "items.id on SQLite, AssertionError: assert 1 == 2 on Postgres"
        ),
    ),
]


@pytest.mark.parametrize(("seen", "sentence"), SENTENCES, ids=lambda one: getattr(one, "kind", None))
def test_summary_says_the_facts_of_both(seen: Difference, sentence: str) -> None:
    """Each kind has its sentence, which names the facts of both dialects."""
    assert summary(seen) == sentence


def test_every_kind_has_a_sentence() -> None:
    """No kind is without a sentence, and none is untested."""
    assert {seen.kind for seen, _sentence in SENTENCES} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_summary_of_bare_facts_is_a_sentence(kind: str) -> None:
    """A difference of which hardly anything is known still has a sentence."""
    assert summary(Difference(kind))


def test_aborted_transaction_is_blamed_on_its_first_failed_statement() -> None:
    """25P02 says nothing by itself; the sentence names the statement that aborted the transaction."""
    other_site = Site("shop/items.py", 7, "load")
    aborted = Failure(
        "InternalError", "current transaction is aborted", "psycopg2.errors.InFailedSqlTransaction", "25P02"
    )
    earlier = statement("SELECT nothing", failure=TOO_LONG)
    first = statement("INSERT INTO items", failure=NO_OPERATOR, site=other_site)
    second = statement("SELECT 2", failure=aborted)
    third = statement("SELECT 3", failure=aborted)
    run = half("postgresql", earlier, Transaction("rollback", SITE), first, second, third)
    seen = Difference("error", statement("SELECT 3"), third, halves=(half("sqlite"), run))

    assert summary(seen).endswith(
        "; the transaction was aborted by an earlier statement, `INSERT INTO items` at shop/items.py:7 in load "
        "(UndefinedFunction 42883: operator does not exist: boolean = integer)"
    )


def test_finding_has_cause_and_fix() -> None:
    """The cause that matches gives the name in the key, and the fix."""
    root, outcome_of_test = postgres_fails().findings

    assert (root.cause, root.fix) == ("bool-eq-int", "compare with True or False")
    assert root.key.startswith("bool-eq-int:")
    assert (root.direction, root.site, root.between) == ("postgresql", SITE, BETWEEN)
    assert (root.follows, outcome_of_test.follows) == (False, True)


def test_finding_of_an_unknown_cause_is_named_after_its_kind() -> None:
    """Without a cause the key starts with the kind, and there is no fix."""
    found = finding_of(difference("type", column="a"), follows=True, between=BETWEEN)

    assert found.key.startswith("type:")
    assert (found.cause, found.fix, found.follows) == ("", "", True)


BASE_SQL = "SELECT active FROM items"
BASE = difference("type", column="active", sqlite_value=1, postgresql_value=True)


@pytest.mark.parametrize(
    "other",
    [
        replace(BASE, sqlite_value=0, postgresql_value=False, row=3, position=9),
        replace(BASE, postgresql=statement(site=Site(SITE.file, 99, SITE.function))),
        replace(BASE, postgresql=statement("SELECT other", neutral=BASE_SQL, parameters=(1,), duration_s=9.0)),
        replace(BASE, postgresql=statement(neutral="SELECT  active\n FROM items ")),
        replace(BASE, halves=(half("sqlite", contract="t::b"), half("postgresql", contract="t::b"))),
    ],
    ids=["values", "line", "sql and parameters", "white space", "contract"],
)
def test_key_stays(other: Difference) -> None:
    """Lines that move, values that change and other contracts leave the key as it is."""
    assert key(other) == key(BASE)


@pytest.mark.parametrize(
    "other",
    [
        replace(BASE, kind="value"),
        replace(BASE, column="name"),
        replace(BASE, postgresql=statement(neutral="SELECT x")),
        replace(BASE, postgresql=statement(site=Site("shop/other.py", 42, "add"))),
        replace(BASE, postgresql=statement(site=Site(SITE.file, 42, "remove"))),
    ],
    ids=["kind", "column", "statement", "file", "function"],
)
def test_key_tells_apart(other: Difference) -> None:
    """Another kind, column, statement, file or function has another key."""
    assert key(other).partition(":")[2] != key(BASE).partition(":")[2]


def test_key_of_a_body_has_no_index_and_no_identifier() -> None:
    """Which member of a list, and which resource, does not matter; which member of an object does."""
    one = body("$.bars[0].close", 1, 2)
    other_path = Exchange("GET", "/api/orders/550e8400-e29b-41d4-a716-446655440000?page=2", 200, SITE)

    assert key(one) == key(body("$.bars[31].close", 3, 4))
    assert key(one) == key(replace(one, postgresql=other_path))
    assert key(one) != key(body("$.bars[0].open", 1, 2))
    assert key(one) != key(replace(one, postgresql=exchange(path="/api/items/7")))


def test_key_of_an_outcome_is_of_the_contract_and_its_errors() -> None:
    """How a whole test ends is told apart by test and by the errors' names, not by their messages."""
    one = outcome(half("sqlite"), failed("postgresql", failure=ASSERTION))

    assert key(one) == key(outcome(half("sqlite"), failed("postgresql", failure=Failure("AssertionError", "else"))))
    assert key(one) != key(outcome(half("sqlite"), failed("postgresql", failure=Failure("KeyError", "'a'"))))
    assert key(one) != key(outcome(failed("sqlite", failure=ASSERTION), half("postgresql")))
    other = (half("sqlite", contract="t::b"), failed("postgresql", contract="t::b", failure=ASSERTION))
    assert key(one) != key(outcome(*other))


def test_key_is_the_same_in_every_version() -> None:
    """The digest is part of users' files: changing how it is made breaks them."""
    assert key(BASE) == "type:199c7232"


def test_contract_without_traces_is_judged_by_its_outcomes() -> None:
    """Halves of which nothing was recorded are told apart by how they ended."""
    one = contract(half("sqlite", trace=None), replace(failed("postgresql"), trace=None))

    assert one.verdict == "postgresql-fails"
    assert [finding.kind for finding in one.findings] == ["outcome"]
    assert one.halves[0].statements == 0


def test_trace_of_the_aborted_transaction_may_be_missing() -> None:
    """Without a trace the sentence says what the server said."""
    aborted = Failure("InternalError", "aborted", "psycopg2.errors.InFailedSqlTransaction", "25P02")
    halves = (half("sqlite"), half("postgresql", trace=Trace("postgresql")))
    seen = Difference("error", statement(), statement(failure=aborted), halves=halves)

    assert summary(seen) == "fails on Postgres only: InFailedSqlTransaction 25P02: aborted"
