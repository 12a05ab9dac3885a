"""JSON: documents in columns, typed and in raw SQL."""

import json

import sqlalchemy as sa
from application import Application, table
from sqlalchemy import select
from sqlalchemy.dialects import postgresql


def documents(x: Application, *rows: object) -> sa.Table:
    """Create the table t with a JSON column d; insert `rows`, numbered from 1."""
    t = table("t", sa.Column("d", sa.JSON))
    t.create(x.engine)
    x.sql(t.insert(), [{"id": number, "d": row} for number, row in enumerate(rows, start=1)])
    return t


def test_json_raw_read(x: Application) -> None:
    """A JSON column that is read through `text()`."""
    t = documents(x, {"b": 1, "a": [1.0, None]})
    x.val(select(t.c.d))
    x.t(x.sql, "UPDATE t SET d = :d", {"d": {"z": 1}})
    raw = x.val("SELECT d FROM t")
    x.t(x.sql, "UPDATE t SET d = :d", {"d": '{"z": 1}'})
    json.loads(raw)


def test_json_path_operators(x: Application) -> None:
    """->, ->> and json_extract()."""
    t = documents(x, {"a": 5, "f": True, "s": "x", "n": None})
    for expression in ("d ->> 'a'", "d ->> '$.a'", "d -> 's'", "json_extract(d,'$.a')", "d ->> 'f'", "d ->> 'n'"):
        x.t(x.val, f"SELECT {expression} AS v FROM t")
    x.tries(
        "SELECT id FROM t WHERE d ->> 'a' = 5",
        select(t.c.id).where(t.c.d["a"].as_integer() == 5),
        select(t.c.d["f"].as_boolean().label("v")),
        select(t.c.id).where(t.c.d["a"] == 5),
    )


def test_json_null(x: Application) -> None:
    """JSON's null and SQL's NULL."""
    t = documents(x, None)
    x.sql("INSERT INTO t (id) VALUES (2)")
    x.tries(
        "SELECT id FROM t WHERE d IS NULL",
        "SELECT d FROM t ORDER BY id",
        select(t.c.id).where(t.c.d.is_(None)),
        select(t.c.id).where(t.c.d == sa.JSON.NULL),
    )


def test_json_equality_distinct(x: Application) -> None:
    """= and DISTINCT on JSON."""
    t = documents(x, {"a": 1, "b": 2}, {"b": 2, "a": 1})
    x.tries(select(t.c.d).distinct(), select(t.c.id).where(t.c.d == {"a": 1, "b": 2}))


def test_jsonb_normalisation(x: Application) -> None:
    """The order of keys, keys that come twice, and the way numbers are written."""
    t = table("t", sa.Column("d", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")))
    t.create(x.engine)
    x.sql(r"""INSERT INTO t VALUES (1, '{"bb"\: 1, "a"\: 1e2, "a"\: 1.10}')""")
    x.val("SELECT :signed AS signed", {"signed": json.dumps(x.val(select(t.c.d)))})
    x.val("SELECT CAST(d AS TEXT) AS d FROM t")
