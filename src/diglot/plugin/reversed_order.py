"""Let SQLite give the rows of every SELECT without ORDER BY the other way round.

A test that then does something else depends on an order that nobody asked for.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

_PRAGMA = "PRAGMA reverse_unordered_selects"


@contextmanager
def reversed_order(engine: Engine, *, on: bool) -> Generator[None]:
    """Turn it on for one test, on all connections of an engine that nobody uses yet."""
    if not on:
        yield
        return

    def turn_on(connection: Any, _record: object) -> None:
        connection.execute(f"{_PRAGMA} = ON")

    event.listen(engine, "connect", turn_on)
    _say(engine, "ON")
    try:
        yield
    finally:
        event.remove(engine, "connect", turn_on)
        _say(engine, "OFF")


def _say(engine: Engine, state: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(f"{_PRAGMA} = {state}")
