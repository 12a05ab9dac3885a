"""Delete what nobody needs any more, a bounded number of rows at a time."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table

MOST = 100
"""Rows that one statement deletes. Each insert pays for one such statement, so that no table can outgrow it."""


def delete_some(connection: Connection, table: Table, condition: Any, *order: Any) -> int:
    """Delete the first rows in this order that meet a condition; return how many.

    Rows that another transaction is deleting are left to it, so that neither waits.
    """
    some = sa.select(table.c.id).where(condition).order_by(*order).limit(MOST).with_for_update(skip_locked=True)
    return connection.execute(sa.delete(table).where(table.c.id.in_(some))).rowcount
