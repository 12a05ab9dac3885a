"""Let transactions about the same thing pass one after the other, where there is no row to lock yet.

An address that never failed, or an email that was never challenged, has no row; counting its rows and
adding one would let any number of transactions at once pass a limit.
"""

import hashlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def wait_for_turn(connection: Connection, thing: str) -> None:
    """Wait until no other transaction has the turn for `thing`; it is this one's until it ends.

    SQLite has one writer at a time, whose turn it is always.
    """
    number = int.from_bytes(hashlib.sha256(thing.encode()).digest()[:8], "big", signed=True)
    connection.execute(sa.select(_turn(sa.literal(number, sa.BigInteger()))))


class _turn(FunctionElement[bool]):  # noqa: N801 - a function of SQL
    """Whether it is this transaction's turn, which it is when this returns: an advisory lock on Postgres."""

    inherit_cache = True
    name = "turn"
    type = sa.Boolean()


@compiles(_turn)
def _on_sqlite(element: _turn, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"({compiler.process(element.clauses, **kwargs)}) IS NOT NULL"


@compiles(_turn, "postgresql")
def _on_postgres(element: _turn, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"pg_advisory_xact_lock({compiler.process(element.clauses, **kwargs)}) IS NOT NULL"
