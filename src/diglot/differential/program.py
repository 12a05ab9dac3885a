"""One sequence of calls, made in lockstep from the template's state, up to the first disagreement."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from diglot.differential.compare import Comparison, Mismatch, failure_words
from diglot.differential.disagreement import Disagreement
from diglot.differential.lockstep import Lockstep
from diglot.differential.operations import Call, Step
from diglot.differential.outcome import Outcome
from diglot.errors.differential import NotRepeatable

_VARYING = (str, bytes, float, Decimal, UUID, dt.datetime)
_ORDERS = 6
_Sides = tuple[Outcome, Outcome]


@dataclass
class Experience:
    """What one run learns from all its examples.

    known: the keys that are accepted, seen: how often each of them was. volatile: by subject, the places of values
    that differ between two runs of the same dialect, such as generated tokens.
    called, succeeded: by operation. failure: what it failed with last.
    confirmed: the keys of disagreements that were there again when the calls were repeated.
    unrepeatable: what was another thing the second time, in words.
    """

    known: Collection[str] = ()
    seen: Counter[str] = field(default_factory=Counter)
    volatile: dict[str, frozenset[str]] = field(default_factory=dict)
    called: Counter[str] = field(default_factory=Counter)
    succeeded: Counter[str] = field(default_factory=Counter)
    failure: dict[str, str] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    unrepeatable: str = ""

    def count(self, step: Step) -> None:
        """Count one call."""
        name = step.call.operation.name
        self.called[name] += 1
        if step.sqlite.failure is not None:
            self.failure[name] = f"{failure_words(step.sqlite.failure)}: {step.sqlite.failure.first_line}"
        if not step.fails:
            self.succeeded[name] += 1


class Program:
    """The calls made so far, all of which did the same on both sides."""

    def __init__(self, lockstep: Lockstep, experience: Experience) -> None:
        self._lockstep = lockstep
        self._experience = experience
        self._steps: list[Step] = []
        lockstep.reset()
        self._began = lockstep.began

    def do(self, call: Call) -> Disagreement | None:
        """Make one more call; return how the dialects disagree on it, unless that is known.

        A call on which they disagree in a known way is undone on both sides, so that the sequence can go on.
        """
        step = self._lockstep.run(call)
        self._experience.count(step)
        steps = (*self._steps, step)
        found = self._disagreements(call.operation.name, (step.sqlite, step.postgresql), steps, _last_of)
        new = self._first_new(found)
        if not found:
            self._steps.append(step)
        elif new is None:
            self._again()
        return new

    def finish(self) -> Disagreement | None:
        """Return how the dialects disagree on what is left in the tables, unless that is known."""
        for name, sides in self._lockstep.contents().items():
            left = _left_in(name)
            new = self._first_new(self._disagreements(f"table {name}", sides, tuple(self._steps), left))
            if new is not None:
                return new
        return None

    def _first_new(self, found: Sequence[Disagreement]) -> Disagreement | None:
        for one in found:
            if one.key not in self._experience.known:
                return one
            self._experience.seen[one.key] += 1
        return None

    def _disagreements(
        self,
        subject: str,
        sides: _Sides,
        steps: tuple[Step, ...],
        look: "Callable[[Lockstep, Sequence[Step]], _Sides]",
    ) -> list[Disagreement]:
        """Return the disagreements on a subject, without what is another thing in every run.

        look: reads the subject again once the steps have been repeated, as they are for the first case of each class:
        several times where only the order differs, since two rows are often in the same random order again.
        """
        found = [Disagreement(subject, one, steps, *sides) for one in self._mismatches(subject, sides)]
        unsure = [one.mismatch.kind for one in found if one.key not in self._experience.confirmed]
        if not unsure:
            return found
        for _ in range(_ORDERS if "order" in unsure else 1):
            again = look(self._lockstep, self._again(steps))
            for dialect, first, second in zip(("sqlite", "postgresql"), sides, again, strict=True):
                self._learn(subject, dialect, first, second)
        found = [Disagreement(subject, one, steps, *sides) for one in self._mismatches(subject, sides)]
        self._experience.confirmed.update(one.key for one in found)
        return found

    def _mismatches(self, subject: str, sides: _Sides) -> list[Mismatch]:
        volatile = self._experience.volatile.get(subject, frozenset())
        return list(Comparison(self._began, volatile).outcomes(*sides))

    def _learn(self, subject: str, dialect: str, first: Outcome, second: Outcome) -> None:
        """Note what differs between two runs of one dialect; raises NotRepeatable (DG806) for more than a value."""
        known = self._experience.volatile.get(subject, frozenset())
        for mismatch in Comparison(self._began, known, unordered=True).outcomes(first, second):
            if not _may_vary(mismatch):
                self._experience.unrepeatable = _difference(subject, dialect, mismatch, first, second)
                raise NotRepeatable(problem=self._experience.unrepeatable)
            known |= {mismatch.place}
        for mismatch in Comparison(self._began, known).outcomes(first, second):
            known |= {f"order {mismatch.place}"}
        self._experience.volatile[subject] = known

    def _again(self, steps: Sequence[Step] | None = None) -> list[Step]:
        """Start anew, and repeat steps: those that did the same on both sides, or the given ones."""
        self._lockstep.reset()
        return [self._lockstep.run(step.call) for step in (self._steps if steps is None else steps)]


def replay(lockstep: Lockstep, experience: Experience, calls: Sequence[Call]) -> Disagreement | None:
    """Make these calls from the template's state; return the first new disagreement."""
    program = Program(lockstep, experience)
    for call in calls:
        found = program.do(call)
        if found is not None:
            return found
    return program.finish()


def without_needless_calls(lockstep: Lockstep, experience: Experience, found: Disagreement) -> Disagreement:
    """Return the same disagreement with only those calls that it needs."""
    for index in reversed(range(len(found.steps))):
        calls = [*found.calls[:index], *found.calls[index + 1 :]]
        shorter = replay(lockstep, experience, calls)
        if shorter is not None and shorter.key == found.key:
            found = shorter
    return found


def _last_of(_lockstep: Lockstep, steps: Sequence[Step]) -> _Sides:
    return steps[-1].sqlite, steps[-1].postgresql


def _left_in(table: str) -> "Callable[[Lockstep, Sequence[Step]], _Sides]":
    return lambda lockstep, _steps: lockstep.contents().get(table, (Outcome(), Outcome()))


def _may_vary(mismatch: Mismatch) -> bool:
    """Whether a mismatch may come from a value that is another one in every run: a token, or an order by it.

    Whole numbers are not taken for tokens: a number that is another one in every run is a counter that was not
    put back, and nothing to be silent about.
    """
    if mismatch.kind == "order":
        return True
    pair = (mismatch.sqlite, mismatch.postgresql)
    return mismatch.kind in {"value", "type"} and all(isinstance(one, _VARYING) for one in pair)


def _difference(subject: str, dialect: str, mismatch: Mismatch, one: Outcome, other: Outcome) -> str:
    failures = [failure_words(each.failure) for each in (one, other) if each.failure is not None]
    what = " and ".join(failures) or f"{mismatch.sqlite!r:.60} and {mismatch.postgresql!r:.60}"
    return f"{subject} on {dialect}, {mismatch.kind} {mismatch.path}: {what}"
