"""Known divergences: date/time."""

import datetime as dt
import time
from datetime import UTC

import sqlalchemy as sa
from contract import X, contract
from sqlalchemy import Column, Integer, MetaData, Table, func, select, text


@contract("current-timestamp-type", diverges=True)
def test_current_timestamp_type(x: X) -> object:
    """Type and timezone of CURRENT_TIMESTAMP via text()."""
    v = x.val("SELECT CURRENT_TIMESTAMP")
    c = x.val(select(func.now()))
    d = x.val("SELECT CURRENT_DATE")
    f = lambda v: (
        f"{type(v).__name__}"
        + (
            f" len={len(v)}"
            if isinstance(v, str)
            else f" tz={getattr(v, 'tzinfo', None)}"
            if isinstance(v, dt.datetime)
            else ""
        )
    )
    return {"text": f(v), "func.now()": f(c), "CURRENT_DATE": f(d), "micros": "." in str(v)}


@contract("current-timestamp-default-tz", diverges=True)
def test_current_timestamp_default_tz(x: X) -> object:
    """DEFAULT CURRENT_TIMESTAMP on TIMESTAMP without time zone."""
    x.sql("CREATE TABLE t(id INTEGER, ts TIMESTAMP DEFAULT CURRENT_TIMESTAMP)")
    x.sql("INSERT INTO t(id) VALUES (1)")
    return x.val("SELECT ts FROM t")


@contract("now-constant-in-tx", diverges=True, isolation="clone")
def test_now_constant_in_tx(x: X) -> object:
    """CURRENT_TIMESTAMP inside one transaction."""
    with x.e.begin() as c:
        c.execute(text("CREATE TABLE t(a TEXT)"))
        a = str(c.execute(text("SELECT CURRENT_TIMESTAMP")).scalar())
        time.sleep(1.1)
        b = str(c.execute(text("SELECT CURRENT_TIMESTAMP")).scalar())
    return {"advances within tx": a != b}


@contract("timestamp-precision", diverges=True)
def test_timestamp_precision(x: X) -> object:
    """Precision: seconds vs microseconds, mixed string formats in one column."""
    m = MetaData()
    t = Table("t", m, Column("id", Integer, primary_key=True), Column("ts", sa.DateTime))
    m.create_all(x.e)
    x.sql("INSERT INTO t(id, ts) VALUES (1, '2024-01-02 03:04:05')")
    x.sql(t.insert(), {"id": 2, "ts": dt.datetime(2024, 1, 2, 3, 4, 5)})
    return {
        "= datetime": x.sql(select(t.c.id).where(t.c.ts == dt.datetime(2024, 1, 2, 3, 4, 5))),
        ">= datetime": x.sql(select(t.c.id).where(t.c.ts >= dt.datetime(2024, 1, 2, 3, 4, 5))),
        "distinct": x.val(select(func.count(t.c.ts.distinct()))),
        "= '2024-01-02T03:04:05'": x.sql("SELECT id FROM t WHERE ts = '2024-01-02T03:04:05'"),
    }


@contract("naive-aware", diverges=True)
def test_naive_aware(x: X) -> object:
    """Naive vs aware datetimes in DateTime(timezone=True)."""
    m = MetaData()
    t = Table("t", m, Column("id", Integer, primary_key=True), Column("ts", sa.DateTime(timezone=True)))
    m.create_all(x.e)
    x.sql(t.insert(), {"id": 1, "ts": dt.datetime(2024, 1, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=5)))})
    x.sql(t.insert(), {"id": 2, "ts": dt.datetime(2024, 1, 1, 12)})
    r = x.sql(select(t.c.ts).order_by(t.c.id))
    return {
        "aware +05 in": r[0][0],
        "naive in": r[1][0],
        "minus aware now": x.t(lambda: type(dt.datetime.now(UTC) - r[0][0]).__name__),
        "= same instant UTC": x.sql(select(t.c.id).where(t.c.ts == dt.datetime(2024, 1, 1, 7, tzinfo=UTC))),
    }


@contract("aware-into-naive-column", diverges=True)
def test_aware_into_naive_column(x: X) -> object:
    """Aware datetime into DateTime() (no timezone)."""
    m = MetaData()
    t = Table("t", m, Column("id", Integer, primary_key=True), Column("ts", sa.DateTime))
    m.create_all(x.e)
    x.sql(t.insert(), {"id": 1, "ts": dt.datetime(2024, 1, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=5)))})
    return x.val(select(t.c.ts))


@contract("datetime-raw-param", diverges=True)
def test_datetime_raw_param(x: X) -> object:
    """Datetime bound through text(), read back through text()."""
    x.sql("CREATE TABLE t(ts TIMESTAMP, d DATE)")
    x.sql("INSERT INTO t VALUES (:a, :b)", {"a": dt.datetime(2024, 1, 2, 3, 4, 5, 600000), "b": dt.date(2024, 1, 2)})
    return {
        "read": x.sql("SELECT ts, d FROM t"),
        "ts.year": x.t(lambda: x.val("SELECT ts FROM t").year),
        "WHERE d = date": x.sql("SELECT 1 FROM t WHERE d = :d", {"d": dt.date(2024, 1, 2)}),
    }


@contract("timestamp-eq-date-string", diverges=True)
def test_timestamp_eq_date_string(x: X) -> object:
    """Timestamp compared with a date-only string."""
    m = MetaData()
    t = Table("t", m, Column("id", Integer, primary_key=True), Column("ts", sa.DateTime))
    m.create_all(x.e)
    x.sql(t.insert(), [{"id": 1, "ts": dt.datetime(2024, 1, 31)}, {"id": 2, "ts": dt.datetime(2024, 1, 31, 10)}])
    return {
        "=": x.sql("SELECT id FROM t WHERE ts = '2024-01-31'"),
        "<=": x.sql("SELECT id FROM t WHERE ts <= '2024-01-31'"),
        ">": x.sql("SELECT id FROM t WHERE ts > '2024-01-31' ORDER BY id"),
        "LIKE": x.t(x.sql, "SELECT id FROM t WHERE ts LIKE '2024-01-31%' ORDER BY id"),
        "date(ts)=": x.sql("SELECT id FROM t WHERE date(ts) = '2024-01-31' ORDER BY id"),
        "'1/31/2024'": x.t(x.sql, "SELECT id FROM t WHERE ts = '1/31/2024'"),
    }


@contract("strftime-now", diverges=True)
def test_strftime_now(x: X) -> object:
    """Strftime / datetime('now') / date('now') / unixepoch."""
    f = lambda o: o if isinstance(o, str) and o.startswith("!") else type(o).__name__
    return {
        s: f(x.t(x.val, "SELECT " + s))
        for s in (
            "strftime('%Y','2024-01-02')",
            "datetime('now')",
            "date('now')",
            "date('now','-1 day')",
            "unixepoch()",
            "to_char(now(),'YYYY')",
            "date_trunc('day', now())",
            "now()",
        )
    }


@contract("group-by-day", diverges=True)
def test_group_by_day(x: X) -> object:
    """GROUP BY date(ts) / func.date()."""
    m = MetaData()
    t = Table("t", m, Column("id", Integer, primary_key=True), Column("ts", sa.DateTime(timezone=True)))
    m.create_all(x.e)
    x.sql(t.insert(), {"id": 1, "ts": dt.datetime(2024, 1, 1, 22, tzinfo=UTC)})
    day = func.date(t.c.ts).label("day")
    return x.sql(select(day, func.count().label("n")).group_by(day))


@contract("interval-type", diverges=True)
def test_interval_type(x: X) -> object:
    """Sa.Interval."""
    m = MetaData()
    t = Table("t", m, Column("id", Integer, primary_key=True), Column("d", sa.Interval))
    m.create_all(x.e)
    x.sql(t.insert(), {"id": 1, "d": dt.timedelta(days=40, seconds=5)})
    return {"typed": str(x.val(select(t.c.d))), "raw": str(x.val("SELECT d FROM t"))}


@contract("date-column-datetime-value", diverges=True)
def test_date_column_datetime_value(x: X) -> object:
    """Datetime bound to a DATE column / date to DateTime."""
    m = MetaData()
    t = Table("t", m, Column("id", Integer, primary_key=True), Column("d", sa.Date), Column("ts", sa.DateTime))
    m.create_all(x.e)
    return {
        "datetime->Date": x.t(x.sql, t.insert(), {"id": 1, "d": dt.datetime(2024, 1, 2, 3)}),
        "date->DateTime": x.t(x.sql, t.insert(), {"id": 2, "ts": dt.date(2024, 1, 2)}),
        "str->DateTime": x.t(x.sql, t.insert(), {"id": 3, "ts": "2024-01-02"}),
        "read": x.sql(select(t.c.d, t.c.ts).order_by(t.c.id)),
    }


@contract("cast-target-types", diverges=True)
def test_cast_target_types(x: X) -> object:
    """CAST(x AS DATE / BOOLEAN / NUMERIC(10,2) / TIMESTAMP) and Core cast()."""
    m = MetaData()
    t = Table("t", m, Column("id", Integer, primary_key=True), Column("ts", sa.DateTime))
    m.create_all(x.e)
    x.sql(t.insert(), {"id": 1, "ts": dt.datetime(2024, 1, 2, 3)})
    return {
        "CAST(ts AS DATE)": x.t(x.val, "SELECT CAST(ts AS DATE) FROM t"),
        "Core cast(ts, Date)": x.t(x.val, select(sa.cast(t.c.ts, sa.Date))),
        "'true' AS BOOLEAN": x.t(x.val, "SELECT CAST('true' AS BOOLEAN)"),
        "1.005 AS NUMERIC(10,2)": x.t(x.val, "SELECT CAST(1.005 AS NUMERIC(10,2))"),
        "'2024-01-02' AS TIMESTAMP": x.t(x.val, "SELECT CAST('2024-01-02' AS TIMESTAMP)"),
    }
