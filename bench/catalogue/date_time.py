"""date/time: instants, days and durations."""

import datetime as dt
import time

import sqlalchemy as sa
from application import Application, table
from sqlalchemy import func, select

NOON = dt.datetime(2024, 1, 1, 12)
NOON_EAST = dt.datetime(2024, 1, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=5)))


def test_current_timestamp_type(x: Application) -> None:
    """The type and the zone of CURRENT_TIMESTAMP through `text()`."""
    x.val("SELECT CURRENT_TIMESTAMP AS now")
    x.val(select(func.now().label("now")))
    x.val("SELECT CURRENT_DATE AS today")


def test_current_timestamp_default_tz(x: Application) -> None:
    """DEFAULT CURRENT_TIMESTAMP of a TIMESTAMP without a zone."""
    x.sql("CREATE TABLE t (id INTEGER, ts TIMESTAMP DEFAULT CURRENT_TIMESTAMP)")
    x.sql("INSERT INTO t (id) VALUES (1)")
    x.val(select(sa.table("t", sa.column("ts", sa.DateTime)).c.ts))


def test_now_constant_in_tx(x: Application) -> None:
    """CURRENT_TIMESTAMP inside one transaction, as the key of a log."""
    x.sql("CREATE TABLE log (at TIMESTAMP PRIMARY KEY, what TEXT)")
    with x.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO log VALUES (CURRENT_TIMESTAMP, 'first')"))
        time.sleep(1.1)
        connection.execute(sa.text("INSERT INTO log VALUES (CURRENT_TIMESTAMP, 'second')"))


def test_timestamp_precision(x: Application) -> None:
    """Seconds against microseconds: two ways of writing an instant in one column."""
    t = table("t", sa.Column("ts", sa.DateTime))
    t.create(x.engine)
    instant = dt.datetime(2024, 1, 2, 3, 4, 5)
    x.sql("INSERT INTO t (id, ts) VALUES (1, '2024-01-02 03:04:05')")
    x.sql(t.insert(), {"id": 2, "ts": instant})
    x.sql(select(t.c.id).where(t.c.ts == instant).order_by(t.c.id))
    x.sql(select(t.c.id).where(t.c.ts >= instant).order_by(t.c.id))
    x.val(select(func.count(t.c.ts.distinct()).label("n")))
    x.sql("SELECT id FROM t WHERE ts = '2024-01-02T03:04:05' ORDER BY id")


def test_naive_aware(x: Application) -> None:
    """Instants with and without a zone in DateTime(timezone=True)."""
    t = table("t", sa.Column("ts", sa.DateTime(timezone=True)))
    t.create(x.engine)
    x.sql(t.insert(), {"id": 1, "ts": NOON_EAST})
    x.sql(t.insert(), {"id": 2, "ts": NOON})
    rows = x.rows(select(t.c.ts).order_by(t.c.id))
    x.sql(select(t.c.id).where(t.c.ts == dt.datetime(2024, 1, 1, 7, tzinfo=dt.UTC)))
    dt.datetime.now(dt.UTC) - rows[0][0]


def test_aware_into_naive_column(x: Application) -> None:
    """An instant with a zone into DateTime() without one."""
    t = table("t", sa.Column("ts", sa.DateTime))
    t.create(x.engine)
    x.sql(t.insert(), {"id": 1, "ts": NOON_EAST})
    x.val(select(t.c.ts))


def test_datetime_raw_param(x: Application) -> None:
    """An instant bound through `text()` and read through `text()`."""
    x.sql("CREATE TABLE t (ts TIMESTAMP, d DATE)")
    x.sql(
        "INSERT INTO t VALUES (:a, :b)",
        {"a": dt.datetime(2024, 1, 2, 3, 4, 5, 600000), "b": dt.date(2024, 1, 2)},
    )
    x.sql("SELECT ts, d FROM t")
    x.sql("SELECT 1 AS found FROM t WHERE d = :d", {"d": dt.date(2024, 1, 2)})
    x.val("SELECT ts FROM t").year


def test_timestamp_eq_date_string(x: Application) -> None:
    """An instant compared with a text that is only a day."""
    t = table("t", sa.Column("ts", sa.DateTime))
    t.create(x.engine)
    midnight = dt.datetime(2024, 1, 31)
    x.sql(t.insert(), [{"id": 1, "ts": midnight}, {"id": 2, "ts": midnight.replace(hour=10)}])
    x.tries(
        "SELECT id FROM t WHERE ts = '2024-01-31' ORDER BY id",
        "SELECT id FROM t WHERE ts <= '2024-01-31' ORDER BY id",
        "SELECT id FROM t WHERE ts > '2024-01-31' ORDER BY id",
        "SELECT id FROM t WHERE ts LIKE '2024-01-31%' ORDER BY id",
        "SELECT id FROM t WHERE date(ts) = '2024-01-31' ORDER BY id",
        "SELECT id FROM t WHERE ts = '1/31/2024' ORDER BY id",
    )


def test_strftime_now(x: Application) -> None:
    """strftime(), datetime('now'), date('now'), unixepoch(), and what Postgres has instead."""
    calls = (
        "strftime('%Y','2024-01-02')", "datetime('now')", "date('now')", "date('now','-1 day')", "unixepoch()",
        "to_char(now(),'YYYY')", "date_trunc('day', now())", "now()",
    )  # fmt: skip
    x.tries(*(f"SELECT {call} AS v" for call in calls))


def test_group_by_day(x: Application) -> None:
    """GROUP BY date(ts): the day in UTC, or in the session's zone."""
    t = table("t", sa.Column("ts", sa.DateTime(timezone=True)))
    t.create(x.engine)
    early, late = (dt.datetime(2024, 1, 1, hour, tzinfo=dt.UTC) for hour in (2, 22))
    x.sql(t.insert(), [{"id": 1, "ts": early}, {"id": 2, "ts": late}])
    day = func.date(t.c.ts).label("day")
    x.sql(select(day, func.count().label("n")).group_by(day).order_by(day))


def test_interval_type(x: Application) -> None:
    """sa.Interval, typed and through `text()`."""
    t = table("t", sa.Column("d", sa.Interval))
    t.create(x.engine)
    x.sql(t.insert(), {"id": 1, "d": dt.timedelta(days=40, seconds=5)})
    x.val(select(t.c.d))
    x.val("SELECT d FROM t")


def test_date_column_datetime_value(x: Application) -> None:
    """An instant into a DATE column, a day or a text into DateTime."""
    t = table("t", sa.Column("d", sa.Date), sa.Column("ts", sa.DateTime))
    t.create(x.engine)
    x.t(x.sql, t.insert(), {"id": 1, "d": NOON})
    x.t(x.sql, t.insert(), {"id": 2, "ts": dt.date(2024, 1, 2)})
    x.t(x.sql, t.insert(), {"id": 3, "ts": "2024-01-02"})
    x.sql(select(t.c.d, t.c.ts).order_by(t.c.id))


def test_cast_target_types(x: Application) -> None:
    """CAST to DATE, BOOLEAN, NUMERIC(10,2) and TIMESTAMP, and Core's cast()."""
    t = table("t", sa.Column("ts", sa.DateTime))
    t.create(x.engine)
    x.sql(t.insert(), {"id": 1, "ts": NOON})
    x.tries(
        "SELECT CAST(ts AS DATE) AS v FROM t",
        "SELECT CAST('true' AS BOOLEAN) AS v",
        "SELECT CAST(1.005 AS NUMERIC(10,2)) AS v",
        "SELECT CAST('2024-01-02' AS TIMESTAMP) AS v",
        select(sa.cast(t.c.ts, sa.Date).label("v")),
    )
