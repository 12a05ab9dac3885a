"""Tell the time: the one place that asks the operating system, so that a test can be asked instead."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return this instant, aware, in UTC, with microseconds."""
    return datetime.now(UTC)
