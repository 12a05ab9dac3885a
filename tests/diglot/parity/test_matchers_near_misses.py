"""What looks like a cause and is not: the code of an error without its words, the words without the values."""

import datetime as dt

import pytest
from made_up import NOW, broken, more_on, only_postgresql, only_sqlite, other_value, ran, reordered, seen

from diglot.parity.causes.registry import cause_of
from diglot.parity.difference import Difference

ZONE = dt.timedelta(hours=13, minutes=45)
LONG_AGO = dt.datetime(2019, 3, 1, 12, tzinfo=dt.UTC).replace(tzinfo=None)
AWARE = dt.datetime(2019, 3, 1, 12, tzinfo=dt.UTC)
WROTE_NAIVE = ran("INSERT INTO t VALUES (:at)", parameters={"at": LONG_AGO})
WROTE_AWARE = ran("INSERT INTO t VALUES (:at)", parameters={"at": AWARE})
NULL_ID = 'null value in column "%s" of relation "games" violates not-null constraint'

NEAR_MISSES = {
    "glob of one's own": only_postgresql("SELECT glob('a') FROM t", "42883", "function other(unknown) does not exist"),
    "object that is no collation": only_postgresql("SELECT a FROM t", "42704", 'parameter "x" does not exist'),
    "date that is not empty": only_postgresql("INSERT INTO t VALUES ('a')", "22P02", "invalid input syntax for uuid"),
    "end of input without char": only_postgresql("SELECT a FROM t WHERE", "42601", "syntax error at end of input"),
    "lower of what differs anyway": other_value("SELECT lower(a) AS b FROM t", "b", "é", "ö"),
    "lower of plain letters": other_value("SELECT lower(a) AS b FROM t", "b", "ab", "AB"),
    "accent without folding": more_on("postgresql", "SELECT n FROM t WHERE a = 'é'"),
    "fold of plain letters": more_on("postgresql", "SELECT n FROM t WHERE lower(a) = 'e'"),
    "value with a null in both": seen(
        "value",
        ran("SELECT id, rank FROM games ORDER BY rank", [(2, None)], "id rank"),
        ran("SELECT id, rank FROM games ORDER BY rank", [(1, None)], "id rank"),
        column="id",
        sqlite_value=2,
        postgresql_value=1,
    ),
    "nulls and more out of place": reordered(
        "SELECT id, rank FROM games ORDER BY rank",
        "id rank",
        [(1, None), (2, 1), (3, 2)],
        [(3, 2), (2, 1), (1, None)],
    ),
    "tie in one key of two": reordered(
        "SELECT id, a, b FROM games ORDER BY a, b", "id a b", [(1, 7, 1), (2, 7, 2)], [(2, 7, 2), (1, 7, 1)]
    ),
    "order of what an update returns": reordered(
        "UPDATE games SET a = 1 RETURNING id", "id", [(1,), (2,)], [(2,), (1,)]
    ),
    "grouping of another kind": only_postgresql(
        "SELECT a FROM t", "42803", "aggregate functions are not allowed here"
    ),
    "bracket elsewhere": only_sqlite("SELECT a FROM t WHERE b IN ((1)", 'near "(": syntax error'),
    "argument of another function": only_sqlite("SELECT abs(1, 2)", "wrong number of arguments to function abs()"),
    "conflict without a key": only_postgresql("SELECT a FROM t", "42P10", "no unique constraint"),
    "time with another zone, long ago": other_value("SELECT at FROM t", "at", LONG_AGO, LONG_AGO + ZONE),
    "time by the minute": other_value("SELECT at FROM t", "at", NOW, NOW + dt.timedelta(minutes=7)),
    "time that was written naive": other_value("SELECT at FROM t", "at", LONG_AGO, LONG_AGO + ZONE, [WROTE_NAIVE]),
    "other time than the one written": other_value("SELECT at FROM t", "at", NOW, LONG_AGO, [WROTE_AWARE]),
    "from without extract": only_sqlite("SELECT a FROM FROM t", 'near "FROM": syntax error'),
    "syntax error beside an interval's name": only_sqlite("SELECT a b c FROM t", 'near "c": syntax error'),
    "day with a time": other_value("SELECT date(at) AS day FROM t", "day", 20190301, "2019-03-01"),
    "cast of a text in Python": broken("postgresql", "TypeError", "fromisoformat: argument must be str"),
    "missing table in a select": only_postgresql(
        "SELECT a FROM missing", "42P01", 'relation "missing" does not exist'
    ),
    "missing value that is no key": only_postgresql("INSERT INTO games (a) VALUES (1)", "23502", NULL_ID % "note"),
    "syntax error in a table": only_postgresql("CREATE TABLE t (a INTEGER,, b TEXT)", "42601", "syntax error"),
    "syntax error outside of an index": only_postgresql("SELECT a || || b", "42601", 'syntax error at or near "||"'),
    "name that exists": only_sqlite("CREATE TABLE t (a TEXT)", "table t already exists"),
    "missing column in a select": only_sqlite("SELECT q.id FROM t", "no such column: q.id"),
    "update inside nothing": only_sqlite("SELECT 1 UPDATE", 'near "UPDATE": syntax error'),
    "limit in a select": only_postgresql("SELECT a LIMIT LIMIT", "42601", 'syntax error at or near "LIMIT"'),
    "on without a conflict": only_sqlite("SELECT a FROM t JOIN ON b", 'near "ON": syntax error'),
    "syntax error in an update": only_sqlite("UPDATE t SET", "incomplete input"),
    "alter in the name of a table": only_sqlite("SELECT a FROM alter", 'near "alter": syntax error'),
    "default that is not to blame": only_postgresql(
        "CREATE TABLE t (a INTEGER DEFAULT 1, b INTEGER CHECK (mine(b)))",
        "42883",
        "function mine(integer) does not exist",
    ),
    "lock of something else": only_postgresql("SELECT a FROM t", "0A000", "cannot do that"),
    "error of SQLite alone": only_sqlite("SELECT a FROM t", "disk I/O error", "SQLITE_IOERR"),
}


@pytest.mark.parametrize("difference", NEAR_MISSES.values(), ids=list(NEAR_MISSES))
def test_near_miss_has_no_cause(difference: Difference) -> None:
    """A difference that only resembles a cause is left without one."""
    assert cause_of(difference) is None


def test_zone_is_not_confused_with_a_text() -> None:
    """A time near to now that is a text on one side and has a zone on the other was read past its type."""
    difference = other_value("SELECT at FROM t", "at", str(NOW), (NOW + ZONE).replace(tzinfo=dt.UTC))

    cause = cause_of(difference)

    assert cause is not None
    assert cause.name == "datetime-raw-param"


@pytest.mark.parametrize(
    "message",
    [
        "unsupported operand type(s) for -: 'datetime.datetime' and 'str'",
        "unsupported operand type(s) for -: 'str' and 'datetime.datetime'",
        "'<' not supported between instances of 'str' and 'datetime.datetime'",
        "'>=' not supported between instances of 'datetime.date' and 'str'",
    ],
)
def test_text_used_as_a_time_is_known(message: str) -> None:
    """Python's refusals to calculate with a text that should be a time lead to how it was read."""
    cause = cause_of(broken("sqlite", "TypeError", message))

    assert cause is not None
    assert cause.name == "datetime-raw-param"
