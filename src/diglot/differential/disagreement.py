"""One way in which the dialects disagree, with the calls that show it; and what is accepted of that."""

from dataclasses import dataclass
from functools import cached_property

from diglot.differential.compare import Mismatch, failure_words
from diglot.differential.operations import Call, Step
from diglot.differential.outcome import Outcome
from diglot.differential.source import as_test, shown
from diglot.errors.differential import KnownInvalid


@dataclass(frozen=True)
class Known:
    """A disagreement that is accepted. key: as the report writes it. reason: why it may stay."""

    key: str
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip(" ."):
            raise KnownInvalid(key=self.key, problem="it has no reason")


@dataclass(frozen=True)
class Disagreement:
    """Where a sequence of calls led to something else on each dialect.

    subject: the operation whose results disagree, or `table name` for what was left in a table.
    steps: the calls, in order; the last one is the subject's, unless that is a table.
    why: the cause and what to write instead, in lines, where that is known.
    """

    subject: str
    mismatch: Mismatch
    steps: tuple[Step, ...]
    sqlite: Outcome
    postgresql: Outcome
    why: tuple[str, ...] = ()

    @cached_property
    def key(self) -> str:
        """The class of this disagreement: the same for every case of it, so that it can be accepted."""
        return f"{self.subject}: {self._what}"

    @property
    def _what(self) -> str:
        one, other = self.sqlite.failure, self.postgresql.failure
        if one is not None and other is not None:
            return f"{failure_words(one)} on sqlite, {failure_words(other)} on postgresql"
        if one is not None:
            return f"{failure_words(one)} on sqlite only"
        if other is not None:
            return f"{failure_words(other)} on postgresql only"
        return " at ".join(filter(None, (self.mismatch.kind, self.mismatch.place)))

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls, in order."""
        return tuple(step.call for step in self.steps)

    @cached_property
    def code(self) -> str:
        """The calls as a test that can be pasted; it uses the fixture `diglot`."""
        last = len(self.steps) - 1
        calls = [(step.call, step.fails and index < last) for index, step in enumerate(self.steps)]
        return as_test(calls, self.key)

    def __str__(self) -> str:
        lines = [self.key, f"  sqlite      {_described(self.sqlite)}", f"  postgresql  {_described(self.postgresql)}"]
        if self.sqlite.failure is None and self.postgresql.failure is None:
            place = f"first {self.mismatch.kind}" + (f" at {self.mismatch.path}" if self.mismatch.path else "")
            one, other = shown(self.mismatch.sqlite), shown(self.mismatch.postgresql)
            lines.append(f"  {place}: sqlite {one}, postgresql {other}")
        lines += [f"  {line}" for line in self.why]
        return "\n".join([*lines, "", *(f"    {line}".rstrip() for line in self.code.splitlines())])


@dataclass(frozen=True)
class Agreement:
    """What a run that found nothing new has tried.

    calls: how often each operation was called. unseen: the known disagreements that did not show.
    """

    examples: int
    calls: dict[str, int]
    unseen: tuple[Known, ...] = ()

    def __str__(self) -> str:
        calls = ", ".join(f"{name} {count}" for name, count in self.calls.items())
        text = f"the dialects agree in {self.examples} examples (calls: {calls})"
        return text + "".join(f"\nknown, and not seen: {one.key} ({one.reason})" for one in self.unseen)


def _described(outcome: Outcome) -> str:
    failure = outcome.failure
    if failure is not None:
        return f"raises {failure_words(failure)}: {failure.first_line}"
    return f"gives {shown(outcome.tree)}"
