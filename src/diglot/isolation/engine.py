"""Build the SQLAlchemy engine whose every connection is the one sandboxed connection.

The seam is the dialect: `do_begin`, `do_commit`, `do_rollback` and the isolation-level option.
`Engine.connect` is left alone, since code that patches it breaks with SQLAlchemy's releases.
"""

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import QueuePool

from diglot.dialects.guard import forget_autocommit, is_autocommit, use_transaction_mode
from diglot.isolation.sandbox import Sandbox


def sandboxed_engine(url: URL, sandbox: Sandbox, *levels: str) -> Engine:
    """Return an engine on `url`'s dialect that hands out the sandbox's connection again and again.

    levels: the isolation levels that the sandbox's transaction has anyway, the default first.
    The pool holds one record per checkout, so that two connections of the application are told apart.
    """
    engine = create_engine(
        url,
        creator=lambda: sandbox.connection,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=-1,
        pool_use_lifo=True,
    )
    _emulate_transactions(engine, sandbox)
    _commit_each_statement_in_autocommit(engine, sandbox)
    use_transaction_mode(engine, *levels)
    event.listen(engine.pool, "checkin", forget_autocommit)

    def remember_checkout(_connection: object, record: Any, _proxy: object) -> None:
        sandbox.last_checkout = record.record_info

    event.listen(engine.pool, "checkout", remember_checkout)
    return engine


def _emulate_transactions(engine: Engine, sandbox: Sandbox) -> None:
    dialect: Any = engine.dialect

    def do_begin(connection: Any) -> None:
        if not is_autocommit(connection.record_info):
            sandbox.begin(connection.record_info)

    def do_commit(connection: Any) -> None:
        sandbox.commit(connection.record_info)

    def do_rollback(connection: Any) -> None:
        sandbox.rollback(connection.record_info)

    dialect.do_begin, dialect.do_commit, dialect.do_rollback = do_begin, do_commit, do_rollback


def _commit_each_statement_in_autocommit(engine: Engine, sandbox: Sandbox) -> None:
    """Make every statement of an autocommit connection a small transaction of its own."""

    def begin(conn: Connection, *_: object) -> None:
        if is_autocommit(conn.connection.record_info):
            sandbox.begin(conn.connection.record_info)

    def commit(conn: Connection, *_: object) -> None:
        if is_autocommit(conn.connection.record_info):
            sandbox.commit(conn.connection.record_info)

    def rollback(context: ExceptionContext) -> None:
        conn = context.connection
        if conn is not None and not conn.closed and is_autocommit(conn.connection.record_info):
            sandbox.rollback(conn.connection.record_info)

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", commit)
    event.listen(engine, "handle_error", rollback)
