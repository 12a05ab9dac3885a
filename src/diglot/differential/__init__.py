"""Drive repository functions on both dialects in lockstep, with generated values, to a minimal disagreement.

    def test_items(diglot_lockstep):
        differential(
            diglot_lockstep,
            operation(ItemRepository.add, item=values(tables.items, into=Item)),
            operation(ItemRepository.named, name=values(tables.items.c.name)),
        )

What generates values needs Hypothesis (`pip install 'diglot[differential]'`), and is imported when it is first
asked for: nobody else pays for it.
"""

import importlib
from typing import TYPE_CHECKING, Any

from diglot.differential.disagreement import Agreement, Disagreement, Known
from diglot.differential.lockstep import Lockstep
from diglot.differential.operation import Operation, operation
from diglot.errors.differential import HypothesisMissing

if TYPE_CHECKING:
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

_GENERATING = {
    "differential": "diglot.differential.run",
    "explore": "diglot.differential.run",
    "register_values": "diglot.differential.strategies",
    "values": "diglot.differential.strategies",
}


def __getattr__(name: str) -> Any:
    """Import what needs Hypothesis; raises HypothesisMissing (DG802) without it."""
    if name not in _GENERATING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = importlib.import_module(_GENERATING[name])
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "hypothesis":
            raise
        raise HypothesisMissing(wanted=name) from error
    return getattr(module, name)
