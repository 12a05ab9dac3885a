"""Read the three markers, strictly: a marker with a mistake never changes what runs in silence."""

from dataclasses import dataclass
from typing import Any

import pytest

from diglot.dialects.dialect import Requirements
from diglot.errors.settings import MarkerInvalid
from diglot.settings import DIALECTS, ISOLATIONS, dialect_name

_EXAMPLES = {
    "only_on": '@pytest.mark.only_on("postgresql>=15", reason="...")',
    "diverges": '@pytest.mark.diverges("sqlite", raises=SomeError, reason="...")',
    "isolation": '@pytest.mark.isolation("clone")',
}


@dataclass(frozen=True)
class OnlyOn:
    """The one dialect that a test is for, the versions that fit, and why."""

    dialect: str
    requirements: Requirements
    reason: str


@dataclass(frozen=True)
class Diverges:
    """The dialect on which a test is known to fail, how, and why."""

    dialect: str
    raises: Any
    reason: str


def only_on(node: pytest.Item | pytest.Function, test: str) -> OnlyOn | None:
    """Return the test's `only_on`; raises MarkerInvalid (DG107), UnknownDialect (DG105)."""
    mark = node.get_closest_marker("only_on")
    if mark is None:
        return None
    text = _one_argument(mark, test, {"reason"})
    try:
        requirements = Requirements.parse(text)
    except ValueError as error:
        raise _invalid(mark, test, str(error)) from None
    name = dialect_name(requirements.name, said_in=f"only_on of {test}")
    return OnlyOn(name, requirements, _reason(mark, test))


def diverges(node: pytest.Item | pytest.Function, test: str) -> list[Diverges]:
    """Return the test's `diverges`, one for each dialect at most."""
    found = []
    for mark in node.iter_markers("diverges"):
        text = _one_argument(mark, test, {"raises", "reason"})
        if "raises" not in mark.kwargs:
            raise _invalid(mark, test, "it does not say what is raised")
        found.append(
            Diverges(dialect_name(text, said_in=f"diverges of {test}"), mark.kwargs["raises"], _reason(mark, test))
        )
    return found


def isolation(node: pytest.Item | pytest.Function, test: str) -> str | None:
    """Return the isolation that the test asks for, or None."""
    mark = node.get_closest_marker("isolation")
    if mark is None:
        return None
    text = _one_argument(mark, test, {"reason"})
    if text not in ISOLATIONS:
        raise _invalid(mark, test, f"there is no isolation {text!r}, only {', '.join(ISOLATIONS)}")
    return text


def _one_argument(mark: pytest.Mark, test: str, keywords: set[str]) -> str:
    unknown = set(mark.kwargs) - keywords
    if unknown:
        raise _invalid(mark, test, f"it has no argument {', '.join(sorted(unknown))}")
    if len(mark.args) != 1 or not isinstance(mark.args[0], str):
        valid = ISOLATIONS if mark.name == "isolation" else DIALECTS
        raise _invalid(mark, test, f"it takes one text, one of {', '.join(valid)}")
    return mark.args[0]


def _reason(mark: pytest.Mark, test: str) -> str:
    reason = mark.kwargs.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise _invalid(mark, test, "it has no reason")
    return reason


def _invalid(mark: pytest.Mark, test: str, problem: str) -> MarkerInvalid:
    return MarkerInvalid(marker=mark.name, test=test, problem=problem, example=_EXAMPLES[mark.name])
