"""Order text alike on both dialects: by its bytes, whatever the database's language is."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class bytewise(FunctionElement[str]):  # noqa: N801 - a function of SQL
    """A text column for ORDER BY and for comparing keys: `COLLATE "C"` on Postgres, SQLite's own order.

    Postgres sorts by the database's locale, in which "BRK.B" may come after "BRKA"; SQLite by bytes.
    """

    inherit_cache = True
    name = "bytewise"
    type = String()


@compiles(bytewise)
def _on_sqlite(element: bytewise, compiler: SQLCompiler, **kwargs: Any) -> str:
    return compiler.process(element.clauses, **kwargs)


@compiles(bytewise, "postgresql")
def _on_postgres(element: bytewise, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f'({compiler.process(element.clauses, **kwargs)}) COLLATE "C"'
