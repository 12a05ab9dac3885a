"""Say what the fuzzer did and found, for people."""

from collections import Counter
from dataclasses import dataclass

from tests.fuzz.campaign import PHASES, Finding, Outcome
from tests.fuzz.gate import Exchange


@dataclass(frozen=True)
class Campaign:
    """One caller's tries on one dialect. took_s: in seconds. digest: the same for the same exchanges."""

    dialect: str
    caller: str
    outcome: Outcome
    exchanges: list[Exchange]
    digest: str
    took_s: float

    @property
    def broken(self) -> list[Exchange]:
        """The exchanges that ended with an error of the application's own."""
        return [one for one in self.exchanges if one.status >= 500]

    @property
    def is_clean(self) -> bool:
        """Whether everything was as described."""
        return not self.outcome.findings and not self.broken


def campaign_text(campaign: Campaign) -> str:
    """Return the counts of a campaign, and what was found, each with a command line that repeats it."""
    outcome = campaign.outcome
    statuses = sorted(Counter(one.status for one in campaign.exchanges).items())
    lines = [
        _counts(campaign),
        f"  cases    {'; '.join(_phases(outcome)) or 'none'}",
        f"  answers  {', '.join(f'{status}: {count}' for status, count in statuses)}",
        *(f"  never succeeded: {name}" for name in outcome.never_succeeded()),
        *(f"  excused {count} times: {reason}" for reason, count in sorted(outcome.excused.items())),
        *(f"  skipped {count} times: {reason}" for reason, count in sorted(outcome.skipped.items())),
    ]
    lines += [line for finding in outcome.findings.values() for line in _finding(finding)]
    causes = Counter(f"{one.method} {one.path.partition('?')[0]}: {one.error!r:.300}" for one in campaign.broken)
    lines += [f"  broke {count} times: {cause}" for cause, count in causes.items()]
    return "\n".join(lines)


def _counts(campaign: Campaign) -> str:
    outcome = campaign.outcome
    return (
        f"{campaign.dialect}, {campaign.caller}: {outcome.operations} operations, "
        f"{sum(outcome.cases.values())} cases, {sum(outcome.checks.values())} checks in {campaign.took_s:.0f} s, "
        f"digest {campaign.digest}"
    )


@dataclass(frozen=True)
class Comparison:
    """How two dialects compare. alike: exchanges before they parted. difference: one request with two answers."""

    alike: int
    difference: str | None


def compare(first: Campaign, second: Campaign) -> Comparison:
    """Compare the answers of two dialects for as long as they were asked the same.

    What is asked follows from the seed and the answers before; only what takes its time can change it.
    """
    number = 0
    for number, (one, other) in enumerate(zip(first.exchanges, second.exchanges, strict=False)):
        if one.asked() != other.asked():
            return Comparison(number, None)
        if one.answered() != other.answered():
            texts = [
                f"{campaign.dialect}: {each}\n{each.answer[:600].decode(errors='replace')}"
                for campaign, each in ((first, one), (second, other))
            ]
            return Comparison(number, "\n".join(line for text in texts for line in _indented(text, 4)))
    return Comparison(number + 1, None)


def _phases(outcome: Outcome) -> list[str]:
    modes = ("positive", "negative", "probe")
    by_phase = {phase: [(outcome.cases[phase, mode], mode) for mode in modes] for phase in PHASES}
    return [
        f"{phase} {' '.join(f'{count} {mode}' for count, mode in counts if count)}"
        for phase, counts in by_phase.items()
        if any(count for count, _ in counts)
    ]


def _finding(finding: Finding) -> list[str]:
    title = f"  {finding.operation} [{finding.check}] {finding.title}"
    return ["", title, *_indented("\n".join([finding.message, finding.answer, finding.reproduction]), 6)]


def _indented(text: str, by: int) -> list[str]:
    return [" " * by + line for line in text.splitlines() if line.strip()]
