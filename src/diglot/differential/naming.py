"""Name the cause of a disagreement: make its calls once more, recorded, and ask the catalogue."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from diglot.differential.disagreement import Disagreement
from diglot.differential.lockstep import Lockstep
from diglot.isolation.facade import Diglot
from diglot.parity.causes.registry import cause_of
from diglot.parity.compare import compare
from diglot.parity.difference import Difference
from diglot.parity.record import Recorder
from diglot.parity.trace import Half


def with_cause(lockstep: Lockstep, found: Disagreement) -> Disagreement:
    """Return the disagreement with what the catalogue of causes says of it.

    The values are as strange as they could be made. Should the catalogue stumble over one, that is said in place of
    the cause, and does not hide the disagreement.
    """
    try:
        cause = next(filter(None, map(cause_of, _recorded(lockstep, found))), None)
    except Exception as error:  # noqa: BLE001 - whatever it is, the disagreement is what matters
        return replace(found, why=(f"cause: unknown, looking for it failed: {type(error).__name__}: {error}",))
    return (
        found if cause is None else replace(found, why=(f"cause: {cause.name} ({cause.title})", f"fix: {cause.fix}"))
    )


def _recorded(lockstep: Lockstep, found: Disagreement) -> list[Difference]:
    lockstep.reset()
    with ExitStack() as recording:
        recorders = [recording.enter_context(_recorder(side)) for side in (lockstep.sqlite, lockstep.postgresql)]
        for call in found.calls:
            lockstep.run(call)
        lockstep.contents()
        traces = [recorder.finish() for recorder in recorders]
    sides = zip((lockstep.sqlite, lockstep.postgresql), traces, strict=True)
    sqlite, postgresql = (
        Half(found.subject, side.dialect.name, side.dialect.version, "passed", trace=trace) for side, trace in sides
    )
    return compare(sqlite, postgresql)


@contextmanager
def _recorder(side: Diglot) -> Iterator[Recorder]:
    recorder = Recorder()
    stop = recorder.watch(side.engine)
    recorder.start(side.dialect.name)
    try:
        yield recorder
    finally:
        stop()
