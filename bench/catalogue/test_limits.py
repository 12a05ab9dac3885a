"""Known divergences: limits."""

import random

import sqlalchemy as sa
from contract import X, contract
from sqlalchemy import Integer, select


@contract("max-params", diverges=True)
def test_max_params(x: X) -> object:
    """Number of bind parameters."""
    t = sa.table("t", sa.column("id", Integer))
    x.sql("CREATE TABLE t(id INTEGER)")
    return {
        str(n): (lambda o: o if isinstance(o, str) else "ok")(
            x.t(x.sql, select(t.c.id).where(t.c.id.in_(list(range(n)))))
        )
        for n in (999, 32766, 32767, 65535, 65536, 250001)
    }


@contract("compound-select-limit", diverges=True)
def test_compound_select_limit(x: X) -> object:
    """UNION ALL of > 500 SELECTs / expression depth > 1000."""
    f = lambda o: o if isinstance(o, str) else "ok"
    return {
        "501 UNION ALL": f(x.t(x.sql, " UNION ALL ".join(["SELECT 1"] * 501))),
        "1001 ORs": f(x.t(x.sql, "SELECT 1 WHERE " + " OR ".join(["1=2"] * 1001))),
        "5000 VALUES": f(x.t(x.sql, "SELECT * FROM (VALUES " + ",".join(["(1)"] * 5000) + ") q")),
        "65 tables join": f(x.t(x.sql, "SELECT 1 FROM " + ", ".join(f"(SELECT 1 AS a) t{i}" for i in range(65)))),
    }


@contract("btree-row-size", diverges=True)
def test_btree_row_size(x: X) -> object:
    """Indexed long text."""
    rnd = random.Random(1)
    s = "".join(chr(rnd.randrange(33, 0x2000)) for _ in range(3000)).replace("'", "")
    x.sql("CREATE TABLE t(a TEXT UNIQUE)")
    return x.t(x.sql, "INSERT INTO t VALUES (:a)", {"a": s})


@contract("column-count", diverges=True)
def test_column_count(x: X) -> object:
    """Columns per table."""
    return (lambda o: o if isinstance(o, str) else "ok")(
        x.t(x.sql, "CREATE TABLE t(" + ",".join(f"c{i} INTEGER" for i in range(1700)) + ")")
    )
