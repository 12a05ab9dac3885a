"""Matchers of text, order and dates, asked about what their examples do not reach, and about near misses."""

import datetime as dt

import pytest
from made_up import NOW, broken, more_on, only_postgresql, only_sqlite, other_value, ran, reordered, seen

from diglot.parity.causes.registry import cause_named, cause_of
from diglot.parity.difference import Difference
from diglot.parity.ordering import sort_keys
from diglot.parity.trace import UNKNOWN, Transaction

ASC = "SELECT id, rank FROM games ORDER BY rank"
ROLLED_BACK = Transaction("rollback", UNKNOWN)
AWARE = dt.datetime(2024, 1, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=5)))
DAY_SHIFT = dt.timedelta(hours=13, minutes=45)

CASES = {
    "like with NOT": ("like-case", more_on("postgresql", "SELECT n FROM t WHERE name NOT LIKE 'ab%'")),
    "like of digits": (None, more_on("sqlite", "SELECT n FROM t WHERE code LIKE '12%'")),
    "like that Postgres finds more by": (None, more_on("postgresql", "SELECT n FROM t WHERE name LIKE 'ab%'")),
    "like in a count": ("like-case", other_value("SELECT count(*) AS n FROM t WHERE a LIKE 'x%'", "n", 2, 1)),
    "like with an escape": (
        "like-case",
        more_on("sqlite", "SELECT n FROM t WHERE a LIKE 'x\\_%' ESCAPE '\\'"),
    ),
    "pattern's end": (
        "like-escape",
        only_postgresql("SELECT 1 WHERE 'a' LIKE :p", "22025", "LIKE pattern must not end with escape character"),
    ),
    "glob as a function": (
        "glob",
        only_postgresql("SELECT glob('a*', 'ab')", "42883", "function glob(unknown, unknown) does not exist"),
    ),
    "greatest text": ("collation-sort", other_value("SELECT max(name) AS top FROM t", "top", "é", "Z")),
    "collation unknown to SQLite": (
        "collate-nocase",
        only_sqlite('SELECT a FROM t ORDER BY a COLLATE "C"', "no such collation sequence: C"),
    ),
    "range of dates": (None, more_on("sqlite", "SELECT n FROM t WHERE day BETWEEN '2x' AND '3x'")),
    "unread NUL": ("nul-byte", other_value("SELECT a FROM t", "a", "a\x00b", "a")),
    "char": ("string-functions", only_postgresql("SELECT char(65)", "42601", "syntax error at end of input")),
    "position from a parameter": (
        "string-functions",
        seen(
            "value",
            ran("SELECT substr(a, ?) AS b FROM t", [("lo",)], "b", (-2,)),
            ran("SELECT substr(a, %s) AS b FROM t", [("hello",)], "b", (-2,)),
            column="b",
            sqlite_value="lo",
            postgresql_value="hello",
        ),
    ),
    "another substring": (None, other_value("SELECT substr(a, 2) AS b FROM t", "b", "ello", "hello")),
    "quoted name in another case": (
        "identifier-case",
        only_postgresql(
            'SELECT "Name" FROM t',
            "42703",
            'column "Name" does not exist\nHINT:  Perhaps you meant to reference the column "t.name".',
        ),
    ),
    "quoted name of a table's column": (
        None,
        only_postgresql('SELECT t."nmae" FROM t', "42703", 'column "nmae" does not exist'),
    ),
    "found by folding accents": (
        "unicode-normal-len",
        more_on("postgresql", "SELECT n FROM t WHERE lower(name) = lower(:name)", {"name": "élan"}),
    ),
    "null first of all": (
        "order-by-nulls",
        seen(
            "value",
            ran(ASC + " LIMIT 1", [(2, None)], "id rank"),
            ran(ASC + " LIMIT 1", [(1, 5)], "id rank"),
            column="id",
            sqlite_value=2,
            postgresql_value=1,
        ),
    ),
    "null in a column that is not shown": (
        "order-by-nulls",
        reordered("SELECT id FROM games ORDER BY rank", "id", [(3,), (1,), (2,)], [(1,), (2,), (3,)]),
    ),
    "another order by a hidden column": (
        None,
        reordered("SELECT id FROM games ORDER BY rank", "id", [(1,), (2,), (3,)], [(3,), (2,), (1,)]),
    ),
    "null where it is said to be": (
        None,
        reordered(ASC + " NULLS LAST", "id rank", [(1, None), (2, 1), (3, 2)], [(2, 1), (3, 2), (1, None)]),
    ),
    "equals change places": ("row-order-no-order-by", reordered(ASC, "id rank", [(1, 7), (2, 7)], [(2, 7), (1, 7)])),
    "first of any": ("row-order-no-order-by", other_value("SELECT id FROM games LIMIT 1", "id", 1, 2)),
    "aggregate with a limit": (None, other_value("SELECT sum(n) AS s FROM games LIMIT 1", "s", 1, 2)),
    "union in another order": (
        "distinct-order",
        reordered("SELECT id FROM a UNION SELECT id FROM b", "id", [(1,), (2,)], [(2,), (1,)]),
    ),
    "alias in having": (
        "group-by-alias-where-alias",
        only_postgresql(
            "SELECT n, count(*) AS c FROM t GROUP BY n HAVING c > 1", "42703", 'column "c" does not exist'
        ),
    ),
    "column that nobody has": (
        None,
        only_postgresql("SELECT n FROM t WHERE c > 1", "42703", 'column "c" does not exist'),
    ),
    "limit null": (
        "limit-negative",
        only_sqlite("SELECT n FROM t LIMIT NULL", "datatype mismatch", "SQLITE_MISMATCH"),
    ),
    "datatype mismatch elsewhere": (
        None,
        only_sqlite("INSERT INTO t VALUES ('x')", "datatype mismatch", "SQLITE_MISMATCH"),
    ),
    "offset alone": ("limit-negative", only_sqlite("SELECT n FROM t OFFSET 1", 'near "OFFSET": syntax error')),
    "greatest": ("max-min-scalar", only_sqlite("SELECT greatest(1, 2)", "no such function: greatest")),
    "subquery on an older Postgres": (
        "subquery-alias",
        only_postgresql("SELECT * FROM (SELECT 1 AS a)", "42601", "subquery in FROM must have an alias"),
    ),
    "recursive type": (
        "recursive-cte-types",
        only_postgresql(
            "WITH RECURSIVE r(p) AS (SELECT 1) SELECT p FROM r",
            "42804",
            'recursive query "r" column 2 has type character varying(10) in non-recursive term',
        ),
    ),
    "string_agg": ("group-concat", only_sqlite("SELECT string_agg(a, ',') FROM t", "no such function: string_agg")),
    "now that stood still": (
        "now-constant-in-tx",
        seen(
            "type",
            ran("SELECT CURRENT_TIMESTAMP AS now", [("2026-03-01 12:00:01",)], "now"),
            ran("SELECT CURRENT_TIMESTAMP AS now", [(NOW,)], "now"),
            [ran("SELECT CURRENT_TIMESTAMP AS now", [(NOW,)], "now")],
            column="now",
            sqlite_value="2026-03-01 12:00:01",
            postgresql_value=NOW,
        ),
    ),
    "now after a rollback": (
        "current-timestamp-type",
        seen(
            "type",
            ran("SELECT CURRENT_TIMESTAMP AS now", [("2026-03-01 12:00:01",)], "now"),
            ran("SELECT CURRENT_TIMESTAMP AS now", [(NOW,)], "now"),
            [ran("SELECT CURRENT_TIMESTAMP AS now", [(NOW,)], "now"), ROLLED_BACK],
            column="now",
            sqlite_value="2026-03-01 12:00:01",
            postgresql_value=NOW,
        ),
    ),
    "zone of a default": (
        "current-timestamp-default-tz",
        other_value("SELECT at FROM t", "at", "2026-03-01 12:00:00", NOW + DAY_SHIFT),
    ),
    "another time, long ago": (
        "datetime-raw-param",
        other_value("SELECT at FROM t", "at", "2019-03-01 12:00:00", NOW + DAY_SHIFT),
    ),
    "compared with the database's now": (
        "current-timestamp-default-tz",
        more_on("sqlite", "SELECT n FROM t WHERE expires_at > CURRENT_TIMESTAMP"),
    ),
    "compared with now from Python": (
        "current-timestamp-default-tz",
        more_on("postgresql", "SELECT n FROM t WHERE at > :at", {"at": NOW}),
    ),
    "ISO text": ("timestamp-precision", more_on("postgresql", "SELECT n FROM t WHERE at = '2024-01-02T03:04:05'")),
    "aware and naive in Python": (
        "naive-aware",
        broken("sqlite", "TypeError", "can't subtract offset-naive and offset-aware datetimes"),
    ),
    "looked for by an aware time": (
        "naive-aware",
        more_on("postgresql", "SELECT n FROM t WHERE at = :at", {"at": AWARE}),
    ),
    "text without a year": (
        "datetime-raw-param",
        broken("sqlite", "AttributeError", "'str' object has no attribute 'year'"),
    ),
    "text without a method of its own": (
        None,
        broken("sqlite", "AttributeError", "'str' object has no attribute 'get'"),
    ),
    "like on a time": (
        "timestamp-eq-date-string",
        only_postgresql(
            "SELECT id FROM t WHERE at LIKE '2024%'",
            "42883",
            "operator does not exist: timestamp without time zone ~~ unknown",
        ),
    ),
    "American day": ("timestamp-eq-date-string", more_on("postgresql", "SELECT n FROM t WHERE at = '1/31/2024'")),
    "date of now": (
        "strftime-now",
        other_value("SELECT date('now') AS day", "day", "2026-03-01", dt.date(2026, 3, 2)),
    ),
    "date_trunc": ("strftime-now", only_sqlite("SELECT date_trunc('day', a) FROM t", "no such function: date_trunc")),
    "extract": (
        "strftime-now",
        only_sqlite("SELECT extract(year FROM a) FROM t", 'near "FROM": syntax error'),
    ),
    "interval": (
        "date-arithmetic",
        only_sqlite("SELECT a + INTERVAL '1 day' FROM t", "near \"'1 day'\": syntax error"),
    ),
    "duration": ("date-arithmetic", other_value("SELECT b - a AS took FROM t", "took", 0, dt.timedelta(hours=2))),
    "cast that cannot be read": (
        "cast-target-types",
        broken(
            "sqlite",
            "TypeError",
            "fromisoformat: argument must be str",
            [ran("SELECT CAST(t.at AS DATE) AS anon_1 FROM t")],
        ),
    ),
    "type check of a raw read": (None, broken("sqlite", "TypeError", "fromisoformat: argument must be str")),
}


@pytest.mark.parametrize(("cause", "difference"), CASES.values(), ids=list(CASES))
def test_difference_gets_its_cause(cause: str | None, difference: Difference) -> None:
    """Of all causes the one that fits is named, and none where none does."""
    found = cause_of(difference)

    assert (found.name if found else None) == cause


@pytest.mark.parametrize(
    ("sql", "keys"),
    [
        ("SELECT a FROM t", ()),
        ('SELECT a FROM t ORDER BY t."B" DESC, lower(c), 2 NULLS LAST LIMIT 3', ("b", "", "2")),
        ("SELECT a FROM (SELECT a FROM t ORDER BY a) AS s", ()),
        ("SELECT rank() OVER (ORDER BY a) FROM t ORDER BY t.a COLLATE NOCASE, b + 1", ("a", "")),
    ],
)
def test_sort_keys_are_the_outer_columns(sql: str, keys: tuple[str, ...]) -> None:
    """The keys of the whole statement are given by their bare names, an expression as nothing."""
    assert sort_keys(sql) == keys


def test_cause_that_nobody_wrote_is_not_found() -> None:
    """A name that no file has gives no cause."""
    assert cause_named("no-such-cause") is None
