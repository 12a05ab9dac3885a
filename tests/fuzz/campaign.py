"""Let Schemathesis try an application that describes itself, as one caller, and count what it did."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import schemathesis
from schemathesis.config import (
    CacheConfig,
    GenerationConfig,
    HealthCheck,
    OutputConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SanitizationConfig,
    SchemathesisConfig,
)
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.transport.wsgi import WSGI_TRANSPORT

DESCRIPTION = "/api/openapi.json"
PHASES = ("examples", "coverage", "fuzzing", "stateful")

Operation = Any
"""An operation of the description, as Schemathesis has it."""


@dataclass(frozen=True)
class Effort:
    """How hard to try. max_examples: cases of each operation in the fuzzing phase, scenarios in the stateful one."""

    seed: int = 1
    max_examples: int = 25
    phases: tuple[str, ...] = PHASES


@dataclass(frozen=True)
class Caller:
    """Who asks, with which cookies and headers. may_ask: whether an operation is theirs to try."""

    name: str
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    may_ask: Callable[[Operation], bool] = lambda _: True


@dataclass(frozen=True)
class Excuse:
    """A failure that says nothing of the application.

    holds: given the failure, the case, and the answer's status and body as JSON, whether this is one.
    """

    name: str
    holds: Callable[[Failure, Any, int, Any], bool]


@dataclass(frozen=True)
class Finding:
    """Something that is not as described. answer: status and body. reproduction: a command line."""

    operation: str
    check: str
    title: str
    message: str
    answer: str = ""
    reproduction: str = ""


@dataclass
class Outcome:
    """What a campaign did.

    cases: by phase and mode (positive, negative, and probe for what checks ask besides).
    checks: how often each was made. answers: how often each operation gave each status.
    excused, skipped: how often, by reason.
    """

    operations: int = 0
    cases: Counter[tuple[str, str]] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    answers: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    findings: dict[tuple[str, str, str], Finding] = field(default_factory=dict)
    excused: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)

    def never_succeeded(self) -> list[str]:
        """Return the operations that were never served: nothing behind their refusals was tried.

        What is for others, 403, is refused by intention.
        """
        return sorted(name for name, seen in self.answers.items() if 403 not in seen and min(seen) >= 300)


def run(
    app: Any,
    caller: Caller,
    effort: Effort,
    *,
    excuses: Sequence[Excuse] = (),
    own: Callable[[str], str | None] = lambda _: None,
    path: str = DESCRIPTION,
) -> Outcome:
    """Try every operation that the caller may ask for.

    app: WSGI. own: given the name of an id, returns that of something which is there.
    path: where the application's description is.
    """
    schema = schemathesis.openapi.from_wsgi(path, app, config=_config(effort))
    schema = schema.include(lambda context: caller.may_ask(context.operation))
    outcome = Outcome(operations=schema.statistic.operations.selected)
    if outcome.operations == 0:
        return outcome
    _authenticate(schema, caller)
    _excuse(schema, excuses, outcome)
    with _about_what_is_there(own):
        for event in from_schema(schema).execute():
            _take(event, outcome)
    return outcome


def _config(effort: Effort) -> SchemathesisConfig:
    phases = PhasesConfig()
    phases.update(phases=list(effort.phases))
    project = ProjectConfig(
        generation=GenerationConfig(max_examples=effort.max_examples, database="none"),
        phases=phases,
        continue_on_failure=True,
    )
    # What is found in the source of whatever is imported would differ between dialects.
    project.analysis.constants.enabled = False
    return SchemathesisConfig(
        seed=effort.seed,
        suppress_health_check=[HealthCheck.too_slow],  # it tells of the machine's load, and not of a schema
        projects=ProjectsConfig(default=project),
        cache=CacheConfig(enabled=False),
        output=OutputConfig(sanitization=SanitizationConfig(enabled=False)),
    )


def _authenticate(schema: Any, caller: Caller) -> None:
    class Credentials:
        """What the caller shows, with every request."""

        def get(self, case: Any, context: Any) -> str:  # noqa: ARG002 - the protocol's
            return caller.name

        def set(self, case: Any, data: str, context: Any) -> None:  # noqa: ARG002 - the same
            case.cookies = {**case.cookies, **caller.cookies}
            case.headers.update(caller.headers)

    if caller.cookies or caller.headers:
        schema.auth(refresh_interval=None)(Credentials)


def _excuse(schema: Any, excuses: Sequence[Excuse], outcome: Outcome) -> None:
    @schema.hook
    def filter_failure(context: Any, failure: Failure, case: Any, response: Any) -> bool:
        body = _json(response.content)
        excuse = next((one for one in excuses if one.holds(failure, case, response.status_code, body)), None)
        outcome.excused.update([] if excuse is None else [excuse.name])
        return excuse is None


@contextmanager
def _about_what_is_there(own: Callable[[str], str | None]) -> Iterator[None]:
    """Put what is there into three of four requests; the stateful phase follows ids by itself."""
    numbers = count()

    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        meta = case.meta
        if next(numbers) % 4 == 0 or meta is None:
            return
        if meta.phase.name.value != "stateful" and not meta.is_negative_at(ParameterLocation.PATH):
            case.path_parameters = {
                name: given if (found := own(name)) is None else found
                for name, given in (case.path_parameters or {}).items()
            }
        if isinstance(case.body, dict) and not meta.is_negative_at(ParameterLocation.BODY):
            ids = {name: own(name) for name in case.body if name.endswith("_id")}
            case.body = {**case.body, **{name: found for name, found in ids.items() if found is not None}}

    schemathesis.hook(before_call)
    try:
        yield
    finally:
        schemathesis.hooks.unregister(before_call)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _take(event: Any, outcome: Outcome) -> None:
    match event:
        case events.ScenarioFinished():
            if event.skip_reason:
                outcome.skipped[f"{event.phase.value}: {event.skip_reason}"] += 1
            _count(event.phase.value, event.recorder, outcome)
            _judge(event.recorder, outcome)
        case events.NonFatalError():
            finding = Finding(event.label, "fuzzer", event.info.title, event.info.format())
            outcome.findings.setdefault((event.label, "fuzzer", event.info.title), finding)
        case events.FatalError():
            raise event.exception
        case events.EngineFinished():
            for failure in event.failures:
                outcome.findings[str(failure.operation), "run", failure.title] = Finding(
                    str(failure.operation), "run", failure.title, failure.message
                )
        case _:
            pass


def _count(phase: str, recorder: ScenarioRecorder, outcome: Outcome) -> None:
    for name, node in recorder.cases.items():
        case = node.value
        outcome.cases[phase, "probe" if case.meta is None else case.meta.generation.mode.value] += 1
        exchange = recorder.interactions.get(name)
        if exchange is not None and exchange.response is not None and case.method == case.operation.method.upper():
            outcome.answers[case.operation.label][exchange.response.status_code] += 1


def _judge(recorder: ScenarioRecorder, outcome: Outcome) -> None:
    for name, checks in recorder.checks.items():
        outcome.checks.update(one.name for one in checks)
        exchange = recorder.interactions.get(name)
        response = None if exchange is None else exchange.response
        answer = (
            "" if response is None else f"{response.status_code} {response.content[:600].decode(errors='replace')}"
        )
        for check in checks:
            if check.failure_info is not None:
                failure = check.failure_info.failure
                finding = Finding(
                    str(failure.operation),
                    check.name,
                    failure.title,
                    failure.message,
                    answer,
                    check.failure_info.code_sample,
                )
                outcome.findings.setdefault((finding.operation, finding.check, finding.title), finding)


_OF_SOCKETS = ("max_redirects", "verify", "cert", "proxies")


def _in_process(send: Callable[..., Any]) -> Callable[..., Any]:
    """Work around schemathesis 4.32: its checks hand settings of a socket on to an application in process."""

    def sent(case: Any, **kwargs: Any) -> Any:
        return send(case, **{name: value for name, value in kwargs.items() if name not in _OF_SOCKETS})

    return sent


WSGI_TRANSPORT.send = _in_process(WSGI_TRANSPORT.send)  # type: ignore[method-assign]
