"""What a sandbox cannot emulate is found out, blamed and healed; it never reaches the next test."""

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from diglot.errors.isolation import (
    AbortedCommit,
    EscapedTransaction,
    IsolationLevelRefused,
    OverlappingTransactions,
)
from diglot.isolation.rewind import Rewind
from tests.diglot.isolation.patterns import insert

Names = Callable[[Rewind], tuple[str, ...]]


@pytest.mark.parametrize("ending", ["COMMIT", "ROLLBACK", "commit;", "END"])
def test_escape_is_blamed_on_its_statement_and_line(rewind: Rewind, ending: str) -> None:
    """A textual COMMIT or ROLLBACK is found when the test ends, with its file and line."""
    with rewind.engine.connect() as connection:
        connection.execute(insert("a"))
        connection.exec_driver_sql(ending)

    escaped = rewind.finish()

    assert isinstance(escaped, EscapedTransaction)
    assert f"'{ending}' at tests/diglot/isolation/test_escape.py:" in str(escaped)
    assert '@pytest.mark.isolation("clone")' in str(escaped)


def test_escape_is_healed_before_the_next_test(rewind: Rewind, names: Names) -> None:
    """After an escape the same engine is on a database that is as the template is."""
    with rewind.engine.connect() as connection:
        connection.execute(insert("a"))
        connection.exec_driver_sql("COMMIT")

    rewind.finish()

    assert names(rewind) == ("seed",)
    assert rewind.finish() is None


def test_overlap_in_one_thread_is_refused_with_both_places(rewind: Rewind) -> None:
    """A second transaction beside an open one is an error that names both lines and the marker."""
    with rewind.engine.begin() as first, rewind.engine.connect() as second:
        first.execute(insert("a"))

        with pytest.raises(OverlappingTransactions) as caught:
            second.execute(insert("b"))

    message = str(caught.value)
    assert message.count("test_escape.py:") == 2
    assert '@pytest.mark.isolation("clone")' in message


def test_overlap_in_another_thread_waits_for_its_turn(rewind: Rewind, names: Names) -> None:
    """A transaction of another thread begins when the open one has ended."""
    begun = threading.Event()

    def other() -> None:
        begun.set()
        with rewind.engine.begin() as connection:
            connection.execute(insert("b"))

    thread = threading.Thread(target=other)
    with rewind.engine.begin() as connection:
        connection.execute(insert("a"))
        thread.start()
        begun.wait(5)
        connection.execute(insert("c"))
    thread.join(5)

    assert names(rewind) == ("seed", "a", "c", "b")


def test_commit_of_an_aborted_transaction_names_the_first_failure(postgres_rewind: Rewind, names: Names) -> None:
    """Work that Postgres would drop in silence is an error that names the statement behind it."""
    connection = postgres_rewind.engine.connect()
    connection.execute(insert("a"))
    with pytest.raises(sa.exc.IntegrityError):
        connection.execute(insert("a"))

    with pytest.raises(AbortedCommit, match=r"INSERT INTO items .*test_escape\.py:\d+.*UniqueViolation"):
        connection.commit()

    connection.close()
    assert names(postgres_rewind) == ("seed",)


def test_isolation_level_that_cannot_be_given_is_refused(postgres_rewind: Rewind) -> None:
    """A stricter isolation level than the outer transaction's is not accepted in silence."""
    with pytest.raises(IsolationLevelRefused, match="SERIALIZABLE"):
        postgres_rewind.engine.connect().execution_options(isolation_level="SERIALIZABLE")
