"""What can go wrong while both dialects are driven in lockstep (DG8xx)."""

from collections.abc import Sequence

from diglot.errors.base import DiglotError


class DialectsDisagree(DiglotError):
    """The same calls led to something else on each dialect."""

    code = "DG801"

    def __init__(self, *, cases: Sequence[str], keys: Sequence[str], examples: int) -> None:
        ways = "one way" if len(cases) == 1 else f"{len(cases)} ways"
        accepted = ", ".join(f'Known({key!r}, reason="...")' for key in keys)
        super().__init__(
            f"the dialects disagree in {ways} ({examples} examples were tried).\n\n"
            + "\n\n".join(cases)
            + f"\n\nFix: make both dialects do the same; where that cannot be, accept it: known=[{accepted}]"
        )
        self.keys = tuple(keys)


class HypothesisMissing(DiglotError):
    """The library that generates values and shrinks them is not installed."""

    code = "DG802"

    def __init__(self, *, wanted: str) -> None:
        super().__init__(
            f"diglot.differential.{wanted} needs Hypothesis, and no module named 'hypothesis' is installed. "
            f"Fix: pip install 'diglot[differential]'"
        )


class OperationInvalid(DiglotError):
    """An operation cannot be called with what it is given."""

    code = "DG803"

    def __init__(self, *, name: str, problem: str, fix: str) -> None:
        super().__init__(f"the operation {name} cannot be called: {problem}. Fix: {fix}")


class NoValuesForType(DiglotError):
    """There is no strategy for a column's type."""

    code = "DG804"

    def __init__(self, *, column: str, kind: str) -> None:
        super().__init__(
            f"no values are known for {column}, whose type is {kind}. "
            f"Fix: register_values({kind.partition('(')[0]}, strategy), or give the column's strategy by its name"
        )


class NeverSucceeded(DiglotError):
    """An operation failed alike on both dialects whenever it was called, so that it compared nothing."""

    code = "DG805"

    def __init__(self, *, name: str, calls: int, failure: str) -> None:
        super().__init__(
            f"{name} was called {calls} times and failed every time, alike on both dialects, at last with {failure}: "
            f"no result of it was compared. Fix: generate arguments that it accepts, now and then at least"
        )


class NotRepeatable(DiglotError):
    """The same calls, from the same state, did not lead to the same again."""

    code = "DG806"

    def __init__(self, *, problem: str) -> None:
        super().__init__(
            f"the same calls from the same state led to something else the second time: {problem}. "
            f"Fix: let the operations depend on their arguments and on the database alone, "
            f"not on a clock, a cache or a counter that outlives a call"
        )


class KnownInvalid(DiglotError):
    """An accepted disagreement does not say why it is accepted."""

    code = "DG807"

    def __init__(self, *, key: str, problem: str) -> None:
        super().__init__(f"the known disagreement {key!r} is not accepted: {problem}. Fix: say why it may stay")


class KnownNotSeen(DiglotError):
    """An accepted disagreement did not show, where it was said that it must."""

    code = "DG808"

    def __init__(self, *, keys: Sequence[str], examples: int) -> None:
        listed = ", ".join(repr(key) for key in keys)
        super().__init__(
            f"known, and not seen in {examples} examples: {listed}. Fix: remove it when it has gone; raise "
            f"max_examples, or drop strict_known, when it is only rare"
        )


class LockstepShared(DiglotError):
    """A test asks for one dialect's database and for both at once."""

    code = "DG809"

    def __init__(self, *, test: str) -> None:
        super().__init__(
            f"{test} uses `diglot` and `diglot_lockstep`, which lend the same databases. Fix: use one of them; "
            f"`diglot_lockstep.sqlite` and `.postgresql` are what `diglot` would be"
        )
