"""One word for how the two runs of a contract compare."""

import pytest

from diglot.parity.difference import Difference
from diglot.parity.trace import Failure, Half
from diglot.parity.verdict import VERDICTS, verdict_of, worst

UNIQUE_SQLITE = Failure(
    "IntegrityError", "UNIQUE constraint failed: a.b", "sqlite3.IntegrityError", "SQLITE_CONSTRAINT_UNIQUE"
)
UNIQUE_POSTGRES = Failure("IntegrityError", "duplicate key value", "psycopg2.errors.UniqueViolation", "23505")
CHECK_POSTGRES = Failure("IntegrityError", "violates check", "psycopg2.errors.CheckViolation", "23514")
ASSERTION = Failure("AssertionError", "assert 1 == 2")
OTHER_ASSERTION = Failure("AssertionError", "assert 1 == 3")
AT_ONE = Failure("ValueError", "bad <Order at 0x7f0001>")
AT_OTHER = Failure("ValueError", "bad <Order at 0x7fffff>")


def run(outcome: str, failure: Failure | None = None) -> Half:
    return Half("t::a", "sqlite", "3.40.1", outcome, failure=failure)


@pytest.mark.parametrize(
    ("sqlite", "postgresql", "verdict"),
    [
        (run("passed"), run("passed"), "agree"),
        (run("failed", ASSERTION), run("passed"), "sqlite-fails"),
        (run("passed"), run("error", ASSERTION), "postgresql-fails"),
        (run("failed", ASSERTION), run("failed", ASSERTION), "both-fail"),
        (run("failed", ASSERTION), run("failed", OTHER_ASSERTION), "errors-differ"),
        (run("failed", AT_ONE), run("error", AT_OTHER), "both-fail"),
        (run("failed", UNIQUE_SQLITE), run("failed", UNIQUE_POSTGRES), "both-fail"),
        (run("failed", UNIQUE_SQLITE), run("failed", CHECK_POSTGRES), "errors-differ"),
        (run("xfailed"), run("passed"), "declared"),
        (run("xfailed"), run("xfailed"), "declared"),
        (run("xfailed"), run("failed", ASSERTION), "postgresql-fails"),
        (run("skipped"), run("passed"), "single"),
        (run("failed", ASSERTION), run("skipped"), "single"),
        (run("skipped"), run("skipped"), "skipped"),
        (run("passed"), None, "single"),
        (None, run("skipped"), "skipped"),
        (None, None, "skipped"),
    ],
)
def test_verdict_follows_from_the_outcomes(sqlite: Half | None, postgresql: Half | None, verdict: str) -> None:
    """Outcomes and errors decide; what is not known to differ for an application is the same."""
    assert verdict_of(sqlite, postgresql, []) == verdict


def test_verdict_is_differ_only_when_both_pass() -> None:
    """A difference in the traces counts where both runs passed; a declared one stays declared."""
    seen = [Difference("type")]

    assert verdict_of(run("passed"), run("passed"), seen) == "differ"
    assert verdict_of(run("xfailed"), run("passed"), seen) == "declared"
    assert verdict_of(run("failed", ASSERTION), run("failed", ASSERTION), seen) == "both-fail"


def test_worst_verdict_is_a_failure() -> None:
    """Of several majors the worst speaks for the contract."""
    assert worst(["agree", "differ", "postgresql-fails", "single"]) == "postgresql-fails"
    assert worst(reversed(VERDICTS)) == "sqlite-fails"
