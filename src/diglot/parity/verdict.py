"""Say in one word how the two runs of a contract compare."""

from collections.abc import Collection, Iterable

from diglot.parity.difference import Difference
from diglot.parity.trace import Half
from diglot.parity.violations import same_failure

VERDICTS = (
    "sqlite-fails",
    "postgresql-fails",
    "errors-differ",
    "differ",
    "both-fail",
    "declared",
    "agree",
    "single",
    "skipped",
)
"""Every verdict, the worst first."""

DISAGREEING = VERDICTS[:4]
"""The verdicts that say that the dialects disagree, and nobody declared it."""


def verdict_of(sqlite: Half | None, postgresql: Half | None, differences: Collection[Difference]) -> str:
    """Return the verdict on two runs of one contract; None stands for a dialect on which it did not run."""
    if sqlite is None or postgresql is None:
        return _alone(sqlite or postgresql)
    skipped = [half.outcome == "skipped" for half in (sqlite, postgresql)]
    if any(skipped):
        return "skipped" if all(skipped) else "single"
    if sqlite.failed and postgresql.failed:
        return "both-fail" if same_failure(sqlite.failure, postgresql.failure) else "errors-differ"
    if sqlite.failed or postgresql.failed:
        return "sqlite-fails" if sqlite.failed else "postgresql-fails"
    if "xfailed" in {sqlite.outcome, postgresql.outcome}:
        return "declared"
    return "differ" if differences else "agree"


def worst(verdicts: Iterable[str]) -> str:
    """Return the worst of several verdicts: that of a contract which ran on several majors."""
    return min(verdicts, key=VERDICTS.index)


def _alone(half: Half | None) -> str:
    return "skipped" if half is None or half.outcome == "skipped" else "single"
