"""Let Hypothesis generate sequences of calls, compare the dialects on each, and shrink what they disagree on."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, given, strategies as st
from hypothesis.configuration import set_hypothesis_home_dir, storage_directory
from hypothesis.errors import Flaky, FlakyStrategyDefinition

from diglot.differential.disagreement import Agreement, Disagreement, Known
from diglot.differential.lockstep import Lockstep
from diglot.differential.naming import with_cause
from diglot.differential.operations import Call, Operation
from diglot.differential.program import Experience, Program, without_needless_calls
from diglot.errors.differential import DialectsDisagree, KnownNotSeen, NeverSucceeded, NotRepeatable
from diglot.provision.cachedir import CacheDirectory

_ENOUGH_CALLS = 20
_EXAMPLES_A_ROUND = 60
_TOLERATED = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)


def differential(
    lockstep: Lockstep,
    operation: Operation,
    /,
    *more: Operation,
    max_examples: int | None = None,
    max_steps: int = 8,
    known: Sequence[Known] = (),
    strict_known: bool = False,
    settings: hypothesis.settings | None = None,
) -> Agreement:
    """Run sequences of operations on both databases in lockstep; compare after each step, and the tables at the end.

    Every sequence starts from the template's state. max_examples: how many sequences, by default as `settings` says.
    max_steps: how many calls a sequence has at most. known: disagreements that are accepted; one that did not show is
    in what is returned, and an error with strict_known. settings: by default those of Hypothesis's current profile;
    its example database is used when these settings, or a profile of the project's own, say so.
    Raises DialectsDisagree (DG801) with the minimal case of each class that was found, NeverSucceeded (DG805) when an
    operation failed alike in all its calls, NotRepeatable (DG806), KnownNotSeen (DG808).
    """
    experience = Experience(known={one.key for one in known})
    run = _Run(lockstep, (operation, *more), max_steps, experience)
    run.go(_settings(settings, max_examples))
    found = run.minimal()
    if found:
        raise DialectsDisagree(
            cases=[str(one) for one in found], keys=[one.key for one in found], examples=run.examples
        )
    for name, calls in experience.called.items():
        if calls >= _ENOUGH_CALLS and not experience.succeeded[name]:
            raise NeverSucceeded(name=name, calls=calls, failure=experience.failure[name])
    unseen = tuple(one for one in known if not experience.seen[one.key])
    if unseen and strict_known:
        raise KnownNotSeen(keys=[one.key for one in unseen], examples=run.examples)
    agreement = Agreement(run.examples, dict(experience.called), unseen)
    lockstep.say(str(agreement))
    return agreement


def explore(
    lockstep: Lockstep,
    operation: Operation,
    /,
    *more: Operation,
    budget_s: float = 60.0,
    rounds: int | None = None,
    seed: int = 0,
    max_steps: int = 8,
    known: Sequence[Known] = (),
) -> Iterator[Disagreement]:
    """Yield each class of disagreement once, with its minimal case, until the time is used up.

    The search begins anew after every round, with another seed, and passes over what was found before. The rounds
    of one seed are always the same; how many there are depends on the time, unless `rounds` says it.
    """
    until = time.monotonic() + budget_s
    keys = {one.key for one in known}
    number = 0
    while time.monotonic() < until and (rounds is None or number < rounds):
        experience = Experience(known=frozenset(keys))
        run = _Run(lockstep, (operation, *more), max_steps, experience, one_class=True, until=until)
        plain = hypothesis.settings(
            _settings(None, _EXAMPLES_A_ROUND), database=None, derandomize=False, report_multiple_bugs=False
        )
        run.go(plain, seed=f"{seed} {number}")
        number += 1
        for one in run.minimal():
            keys.add(one.key)
            yield one


class _Seen(Exception):
    """Tells Hypothesis that an example is of interest; one subclass for each class, so that it keeps them apart."""


class _Run:
    """One call of Hypothesis, and everything of interest that it came across.

    one_class: look for the class that was found first, and pass over others: shrinking many takes long.
    until: when to stop looking, on the monotonic clock.
    """

    def __init__(
        self,
        lockstep: Lockstep,
        operations: Sequence[Operation],
        max_steps: int,
        experience: Experience,
        *,
        one_class: bool = False,
        until: float | None = None,
    ) -> None:
        self.examples = 0
        self._lockstep = lockstep
        self._operations = operations
        self._experience = experience
        self._max_steps = max_steps
        self._one_class = one_class
        self._until = until
        self._found: dict[str, Disagreement] = {}
        self._signals: dict[str, type[_Seen]] = {}
        # None, no call at all, comes first: what a sequence does not need shrinks to it.
        self._step = st.one_of(st.none(), *(_calls(one) for one in operations))

    def go(self, settings: hypothesis.settings, seed: str | None = None) -> None:
        """Generate and shrink; what was found is kept."""

        @settings
        @given(st.data())
        def example(data: st.DataObject) -> None:
            self._example(data)

        names = " ".join(one.name for one in self._operations)
        # The seed of a derandomized run, and the place in an example database, come from this function's
        # source, which is the same for every test: the names of the operations tell them apart.
        example.hypothesis.inner_test._hypothesis_internal_add_digest = names.encode()  # type: ignore[attr-defined]
        seeded = example if seed is None else hypothesis.seed(seed)(example)
        with self._lockstep.current(), _storage():
            try:
                seeded()
            except (FlakyStrategyDefinition, Flaky) as error:
                self._unless_late(error)
            except _Seen:
                pass
            except BaseExceptionGroup as group:
                _only_seen(group)

    def minimal(self) -> list[Disagreement]:
        """Return what was found, by its key, each with only those calls that it needs, and with its cause."""
        found = [without_needless_calls(self._lockstep, self._experience, one) for one in self._found.values()]
        return sorted((with_cause(self._lockstep, one) for one in found), key=lambda one: one.key)

    def _example(self, data: st.DataObject) -> None:
        if self._is_late():
            return
        self.examples += 1
        program = Program(self._lockstep, self._experience)
        found = None
        for _ in range(self._max_steps):
            call = data.draw(self._step)
            found = None if call is None else program.do(call)
            if found is not None:
                break
        found = found or program.finish()
        if found is not None and not self._is_passed_over(found):
            self._report(found)

    def _is_passed_over(self, found: Disagreement) -> bool:
        return self._one_class and bool(self._found) and found.key not in self._found

    def _report(self, found: Disagreement) -> None:
        self._found[found.key] = found  # Hypothesis runs the minimal example of each class last
        signal = self._signals.setdefault(found.key, type("_SeenClass", (_Seen,), {}))
        raise signal(found.key)

    def _is_late(self) -> bool:
        return self._until is not None and time.monotonic() > self._until

    def _unless_late(self, error: BaseException) -> None:
        """Raise NotRepeatable, unless what could not be repeated was cut short by the time."""
        if not self._is_late():
            words = str(error).partition("\n")[0].rstrip(".!")
            raise NotRepeatable(problem=self._experience.unrepeatable or words) from error


def _calls(operation: Operation) -> "st.SearchStrategy[Call]":
    arguments = {
        name: value if isinstance(value, st.SearchStrategy) else st.just(value)
        for name, value in operation.arguments.items()
    }
    drawn = st.fixed_dictionaries(arguments)  # in an order of its own
    return drawn.map(lambda values: Call(operation, {name: values[name] for name in arguments}))


def _settings(given_settings: hypothesis.settings | None, max_examples: int | None) -> hypothesis.settings:
    """Return the settings of the run: the given or the current ones, without what would only be noise here."""
    base = given_settings or hypothesis.settings()
    own_profile = hypothesis.settings.get_current_profile_name() not in {"default", "ci"}
    changes: dict[str, Any] = {
        "deadline": None,
        "phases": tuple(phase for phase in base.phases if phase is not Phase.explain),
        "suppress_health_check": {*base.suppress_health_check, *_TOLERATED},
    }
    if given_settings is None and not own_profile:
        changes["database"] = None
    if max_examples is not None:
        changes["max_examples"] = max_examples
    return hypothesis.settings(base, **changes)


@contextmanager
def _storage() -> Iterator[None]:
    """Let Hypothesis keep its tables in Diglot's cache, unless the project has a folder for them already."""
    found: Any = storage_directory(intent_to_write=False)
    home: Path = getattr(found, "home_directory", found)  # 6.140 returned the path itself
    if home.exists():
        yield
        return
    set_hypothesis_home_dir(CacheDirectory.default().folder("hypothesis"))
    try:
        yield
    finally:
        set_hypothesis_home_dir(home)


def _only_seen(group: BaseExceptionGroup[BaseException]) -> None:
    """Raise what is in the group and is no disagreement."""
    _, rest = group.split(_Seen)
    if rest is not None:
        raise rest.exceptions[0] if len(rest.exceptions) == 1 else rest
