"""What a view demands of its caller, noted on the view, so that the API's description can say it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_MARK = "raptor_demand"


@dataclass(frozen=True)
class Demand:
    """How a caller must show who they are. scheme: its name in the description. for_admins: 403 to others."""

    scheme: str
    for_admins: bool = False


def demanding(view: Callable[P, R], demand: Demand) -> Callable[P, R]:
    """Note on a view what it demands; decorators above keep the note, since `wraps` copies attributes."""
    setattr(view, _MARK, demand)
    return view


def demand_of(view: Callable[..., Any]) -> Demand | None:
    """Return what a view demands of its caller; None when it is for everybody."""
    found: Demand | None = getattr(view, _MARK, None)
    return found
