"""Drive repository functions on both dialects in lockstep, with generated values, to a minimal disagreement.

    def test_items(diglot_lockstep):
        differential(
            diglot_lockstep,
            operation(ItemRepository.add, item=values(tables.items, into=Item)),
            operation(ItemRepository.named, name=values(tables.items.c.name)),
        )

Everything is imported when it is first asked for, so that a run without such tests does not pay for it. What
generates values needs Hypothesis (`pip install 'diglot[differential]'`).
"""

import importlib
from typing import TYPE_CHECKING, Any

from diglot.errors.differential import HypothesisMissing

if TYPE_CHECKING:
    from diglot.differential.disagreement import Agreement, Disagreement, Known
    from diglot.differential.lockstep import Lockstep
    from diglot.differential.operations import Operation, operation
    from diglot.differential.run import differential, explore
    from diglot.differential.strategies import register_values, values

__all__ = [
    "Agreement",
    "Disagreement",
    "Known",
    "Lockstep",
    "Operation",
    "differential",
    "explore",
    "operation",
    "register_values",
    "values",
]

_MODULES = {
    "Agreement": "disagreement",
    "Disagreement": "disagreement",
    "Known": "disagreement",
    "Lockstep": "lockstep",
    "Operation": "operations",
    "differential": "run",
    "explore": "run",
    "operation": "operations",
    "register_values": "strategies",
    "values": "strategies",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for; raises HypothesisMissing (DG802) when that needs Hypothesis, and there is none."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = importlib.import_module(f"{__name__}.{_MODULES[name]}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "hypothesis":
            raise
        raise HypothesisMissing(wanted=name) from error
    return getattr(module, name)
