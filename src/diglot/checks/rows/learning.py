"""Take values from the rows that fit the schema at the heads, for rows that are made further down.

What a later revision forbids is not known from the schema before it. A value that the last schema takes has passed
every constraint that is still there, and is the better guess all along the chain.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from diglot.checks.rows.filling import Filler
from diglot.checks.rows.tables import TableName, sql_name, table_names
from diglot.provision.databases import quote

_COLUMNS = """
    SELECT attname FROM pg_catalog.pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""


def learn(connection: Any) -> Mapping[TableName, Mapping[str, Sequence[str]]]:
    """Fill a database that is at the heads; return the values in it, by table and column, row after row."""
    Filler().fill(connection)
    return {name: _values(connection, name) for name in table_names(connection)}


def _values(connection: Any, name: TableName) -> Mapping[str, Sequence[str]]:
    table = sql_name(name)
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, (table,))
        columns = [str(column) for (column,) in cursor.fetchall()]
        if not columns:
            return {}
        cells = ", ".join(f"{quote(column)}::text" for column in columns)
        cursor.execute(f"SELECT {cells} FROM ONLY {table} ORDER BY ctid")  # noqa: S608 - quoted names
        rows = cursor.fetchall()
    return {column: [row[at] for row in rows if row[at] is not None] for at, column in enumerate(columns)}
