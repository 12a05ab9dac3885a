"""What can go wrong while a test is isolated (DG4xx)."""

from collections.abc import Sequence

from diglot.errors.base import DiglotError

_CLONE = '@pytest.mark.isolation("clone")'


class EscapedTransaction(DiglotError):
    """The test ended the transaction that was to be rolled back after it."""

    code = "DG401"

    def __init__(self, *, dialect: str, culprit: str | None) -> None:
        blame = f"by {culprit}" if culprit else "by a statement that could not be traced"
        super().__init__(
            f"the test left its sandbox on {dialect}: the transaction that Diglot rolls back after the test "
            f"was ended {blame}. The database has been made anew for the next test. "
            f"Fix: let SQLAlchemy or the driver commit (`connection.commit()` stays inside), or mark the test {_CLONE}"
        )


class OverlappingTransactions(DiglotError):
    """Two connections of the application were in a transaction at the same time."""

    code = "DG402"

    def __init__(self, *, dialect: str, first: str, second: str) -> None:
        super().__init__(
            f"two transactions overlap on {dialect}: one was begun at {first} and is still open, another begins "
            f"at {second}. Under isolation 'rewind' all connections share one, so that the second would see and "
            f"undo the first's work. Fix: end the first transaction before the second begins, "
            f"or mark the test {_CLONE}"
        )


class AbortedCommit(DiglotError):
    """A transaction was committed after one of its statements had failed."""

    code = "DG403"

    def __init__(self, *, failed: str | None, committed_at: str) -> None:
        cause = f"its first failed statement is {failed}" if failed else "one of its statements failed"
        super().__init__(
            f"a commit at {committed_at} would lose its work: the Postgres transaction is aborted, {cause}, and "
            f"Postgres answers such a COMMIT with a silent ROLLBACK (SQLite would keep the rest). "
            f"Fix: let the error reach the end of the transaction, or guard the statement with "
            f"`with connection.begin_nested():`"
        )


class IsolationLevelRefused(DiglotError):
    """The application asked for an isolation level that its connection cannot give."""

    code = "DG404"

    def __init__(self, *, level: str, at: str, given: Sequence[str]) -> None:
        super().__init__(
            f"isolation level {level!r}, asked for at {at}, cannot be given: this connection gives "
            f"{' and '.join(given)}. On Postgres, under isolation 'rewind', the test's outer transaction has begun at "
            f"the default level; SQLite has no others. Fix: ask for one of these, or mark the test {_CLONE} to have "
            f"every level of Postgres"
        )


class SecondConnectionRefused(DiglotError):
    """A test asked for a true second connection where there is only one."""

    code = "DG405"

    def __init__(self, *, at: str) -> None:
        super().__init__(
            f"`second_connection()` at {at} needs a database with real transactions, but this test runs under "
            f"isolation 'rewind', where all connections share one. Fix: mark the test {_CLONE}"
        )
