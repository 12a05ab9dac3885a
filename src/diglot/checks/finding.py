"""What a check says: findings, each with the facts that disagree, and what it looked at."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from diglot.parity.divergences import CHECK

_SHOWN = 8

Fact = tuple[str, str]
"""A label and a text: `("metadata", "CHECK (amount >= 0)")`."""


@dataclass(frozen=True)
class Acceptance:
    """Why a finding is accepted; expires: an ISO date, or None."""

    reason: str
    expires: str | None = None


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold.

    kind: `check.what`, such as `drift.check-changed`; stable across releases.
    subject: the object, in the field's words: `table trades, constraint ck_trades_amount`.
    facts: what disagrees, most often two facts with their labels. fix: what to do, without "Fix: ".
    direction: the dialect that is alone in it, or `both`. site: `path:line`, or "".
    identity: what tells this finding from others of its kind and subject; without it the facts do.
    seen_with: the option without which it cannot be seen, such as `--traced`.
    """

    kind: str
    subject: str
    facts: tuple[Fact, ...]
    fix: str
    direction: str = "both"
    site: str = ""
    identity: tuple[str, ...] | None = None
    seen_with: str = ""
    accepted: Acceptance | None = None

    @property
    def key(self) -> str:
        """What `divergences.toml` names it by: its kind and 8 hexadecimal digits."""
        telling = self.identity if self.identity is not None else [text for _, text in self.facts]
        digest = hashlib.sha256("\0".join([self.subject, *telling]).encode()).hexdigest()
        return f"{self.kind}:{digest[:_SHOWN]}"

    @property
    def check(self) -> str:
        """The name of the check that found it."""
        return self.kind.partition(".")[0]

    @property
    def contract(self) -> str:
        """What an entry of `divergences.toml` names as its contract: the command that shows the finding."""
        return contract_of(self.check, self.seen_with)

    @property
    def summary(self) -> str:
        """The finding in one sentence."""
        told = ", ".join(f"{label}: {' '.join(text.split())}" for label, text in self.facts)
        return f"{self.subject}: {told}" if told else self.subject


def contract_of(check: str, option: str = "") -> str:
    """Return how an entry of `divergences.toml` names a check, and the option with which it was run."""
    return f"{CHECK}{check} {option}".rstrip()


@dataclass(frozen=True)
class Outcome:
    """What one check came to.

    looked_at: what it covered, as facts: `("revisions", "200")`. not_done: what it could not look at, each with the
    reason; it is not hidden, and it is no failure.
    """

    findings: tuple[Finding, ...] = ()
    looked_at: tuple[Fact, ...] = ()
    not_done: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckRun:
    """One check's run: its outcome, or the error that kept it from running.

    name: as on the command line. seconds: wall time.
    """

    name: str
    outcome: Outcome = Outcome()
    error: str = ""
    seconds: float = 0.0

    @property
    def status(self) -> str:
        """`holds`, `falls-short` or `not-run`."""
        if self.error:
            return "not-run"
        return "falls-short" if self.open_findings else "holds"

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """The findings that nobody has accepted."""
        return tuple(one for one in self.outcome.findings if one.accepted is None)

    def with_findings(self, findings: Sequence[Finding]) -> "CheckRun":
        """Return the same run with other findings."""
        return replace(self, outcome=replace(self.outcome, findings=tuple(findings)))
