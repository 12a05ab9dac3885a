"""Reports with every kind of thing in them, made of the harness's own pieces."""

import datetime as dt
from decimal import Decimal
from typing import Any

from diglot.parity.compare import compare
from diglot.parity.trace import Exchange, Failure, Half, Site, Statement, Trace, Transaction
from diglot.parity.verdict import verdict_of
from diglot.report.contract import Acceptance, Contract
from diglot.report.document import DialectRun, Report, RunFacts
from diglot.report.findings import contract_of

HERE = Site("shop/repositories.py", 42, "totals")
HOSTILE = "</script><img src=x onerror=alert(1)><!-- \u2028 \U0001f600 \u05e9\u05dc\u05d5\u05dd"


def half(contract: str, dialect: str, *events: Any, outcome: str = "passed", **facts: Any) -> Half:
    """One run of a contract."""
    version, duration_s = ("3.45.1", 0.012) if dialect == "sqlite" else ("18.4", 0.034)
    return Half(
        contract, dialect, version, outcome, file=contract.partition("::")[0], line=7, duration_s=duration_s,
        trace=Trace(dialect, tuple(events), 1_795_500_000.0, 0.01), **facts,
    )  # fmt: skip


def select(sql: str, columns: tuple[str, ...], *rows: tuple[Any, ...], **facts: Any) -> Statement:
    """A statement that gave rows."""
    return Statement(
        sql, sql, {"since": dt.date(2024, 1, 1)}, HERE, columns=columns, rows=rows, n_rows=len(rows), **facts
    )


def contract(name: str, sqlite: tuple[Any, ...], postgresql: tuple[Any, ...], **facts: Any) -> Contract:
    """What is known of a contract that ran on both dialects."""
    halves = half(name, "sqlite", *sqlite), half(name, "postgresql", *postgresql, **facts)
    differences = compare(*halves)
    return contract_of(halves, differences, verdict_of(*halves, differences))


def mean(value: Any, *more: Any) -> tuple[Any, ...]:
    """A statement with an average, and what came after it."""
    return (select("SELECT avg(amount) AS mean, count(*) AS n FROM charges", ("mean", "n"), (value, 3)), *more)


def rich() -> list[Contract]:
    """Contracts of every verdict that can be shown side by side."""
    sql, missing = "SELECT ifnull(name, '') AS name FROM items", "function ifnull(text, unknown) does not exist"
    failure = Failure("ProgrammingError", missing, "psycopg2.errors.UndefinedFunction", "42883")
    failed = Statement(sql, sql, None, HERE, failure=failure)
    fine = select(sql, ("name",), ("seed",))
    answer = Exchange("GET", "/charges", 200, HERE, "application/json", {"mean": "1.5"})
    other = Exchange("GET", "/charges", 200, HERE, "application/json", {"mean": "1.5000"})
    lost = Transaction("commit", HERE, failed="`INSERT INTO t` at shop.py:3 (duplicate key)")
    return [
        contract("tests/test_charges.py::test_mean", mean(1.5, answer), mean(Decimal("1.5000"), other)),
        contract("tests/test_charges.py::test_agrees", mean(1), mean(1)),
        contract(
            "tests/test_items.py::test_name", (fine,), (failed,), outcome="failed",
            failure=failure, site=Site("tests/test_items.py", 9, "test_name"),
        ),
        contract("tests/test_items.py::test_lost", (Transaction("commit", HERE),), (lost,)),
        contract(f"tests/test_hostile.py::test[{HOSTILE}]", mean(HOSTILE), mean(HOSTILE + "x" * 100_000)),
    ]  # fmt: skip


def document(contracts: list[Contract] | None = None, *, parity: str = "strict", **facts: Any) -> dict[str, Any]:
    """A report of these contracts; by default of one of each kind."""
    dialects = [DialectRun("sqlite", "3.45.1", "sqlite3"), DialectRun("postgresql", "18.4", "psycopg2")]
    run = RunFacts("shop", parity, 12.3, created="2026-11-24T09:00:00Z")
    found = rich() if contracts is None else contracts
    return Report.build(
        run=run, dialects=dialects, contracts=found, divergences_file="divergences.toml", **facts
    ).to_json()


ACCEPTED = Acceptance("rounded by the page itself", "2027-01-31")
