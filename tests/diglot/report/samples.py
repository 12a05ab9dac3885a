"""Halves, differences and reports to try things out with."""

from collections.abc import Sequence
from dataclasses import replace

from diglot.parity.compare import compare
from diglot.parity.difference import Difference
from diglot.parity.trace import Event, Exchange, Failure, Half, Site, Statement, Trace
from diglot.parity.verdict import verdict_of
from diglot.report.document import Contract, DialectRun, Report, RunFacts, contract_of

SITE = Site("shop/orders.py", 42, "add")
TEST = "tests/test_orders.py::test_add"
VERSIONS = {"sqlite": "3.40.1", "postgresql": "18.4"}
NO_OPERATOR = Failure(
    "ProgrammingError",
    "operator does not exist: boolean = integer\nLINE 1: ...",
    "psycopg2.errors.UndefinedFunction",
    "42883",
)


def statement(sql: str = "SELECT active FROM items", **facts: object) -> Statement:
    """A statement at the usual place; facts: as in `Statement`."""
    base = Statement(sql, sql, {"id": 1}, SITE, duration_s=0.001)
    return replace(base, **facts)  # type: ignore[arg-type]


def query(*rows: tuple[object, ...], columns: Sequence[str] = ("active",), **facts: object) -> Statement:
    """A statement that gave these rows."""
    return statement(rows=rows, n_rows=len(rows), columns=tuple(columns), **facts)


def exchange(status: int = 200, body: object = None, path: str = "/api/orders/7") -> Exchange:
    """A GET and its answer."""
    return Exchange("GET", path, status, SITE, "application/json", body)


def half(dialect: str, *events: Event, contract: str = TEST, outcome: str = "passed", **facts: object) -> Half:
    """A run of a contract, with what happened in it; facts: as in `Half`."""
    base = Half(
        contract=contract,
        dialect=dialect,
        version=VERSIONS[dialect],
        outcome=outcome,
        file=contract.partition("::")[0],
        line=12,
        duration_s=0.01,
        trace=Trace(dialect, events, 1_700_000_000.0, 0.01),
    )
    return replace(base, **facts)  # type: ignore[arg-type]


def failed(dialect: str, *events: Event, contract: str = TEST, failure: Failure | None = None) -> Half:
    """A run that failed."""
    error = failure or Failure("AssertionError", "assert 1 == 2")
    return half(dialect, *events, contract=contract, outcome="failed", failure=error, site=SITE)


def contract(sqlite: Half, postgresql: Half) -> Contract:
    """The contract of two halves, compared."""
    differences = compare(sqlite, postgresql)
    return contract_of([sqlite, postgresql], differences, verdict_of(sqlite, postgresql, differences))


def agreeing(name: str = TEST) -> Contract:
    """A contract on which the dialects agree."""
    return contract(half("sqlite", query((1,)), contract=name), half("postgresql", query((1,)), contract=name))


def differing(name: str = TEST, site: Site = SITE) -> Contract:
    """A contract that passes on both dialects and gives a bool on one of them."""
    return contract(
        half("sqlite", query((1,), site=site), contract=name),
        half("postgresql", query((True,), site=site), contract=name),
    )


def postgres_fails(name: str = TEST) -> Contract:
    """A contract whose statement Postgres refuses, which fails the test there."""
    sql = "SELECT id FROM items WHERE active = 1"
    return contract(
        half("sqlite", query((1,), columns=("id",), sql=sql, neutral=sql), contract=name),
        failed("postgresql", statement(sql, failure=NO_OPERATOR), contract=name, failure=NO_OPERATOR),
    )


def alone(dialect: str = "sqlite", name: str = TEST, **facts: object) -> Contract:
    """A contract that ran on one dialect only."""
    one = half(dialect, query((1,)), contract=name, **facts)
    return contract_of([one], [], "single")


def report(*contracts: Contract, parity: str = "strict", **facts: object) -> Report:
    """A report on SQLite and Postgres 18; facts: as in `Report.build`."""
    dialects = [DialectRun("sqlite", "3.40.1", "sqlite3"), DialectRun("postgresql", "18.4", "psycopg2")]
    run = RunFacts("shop", parity, 12.3, created="2026-11-24T09:00:00Z")
    given: dict[str, object] = {"run": run, "dialects": dialects, "divergences_file": "divergences.toml", **facts}
    return Report.build(contracts=contracts, **given)  # type: ignore[arg-type]


def difference(kind: str, **facts: object) -> Difference:
    """A difference between two statements at the usual place; facts: as in `Difference`."""
    halves = (half("sqlite"), half("postgresql"))
    return replace(Difference(kind, statement(), statement(), halves=halves), **facts)  # type: ignore[arg-type]
