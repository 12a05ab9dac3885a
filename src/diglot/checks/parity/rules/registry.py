"""Find the rules in this folder, and the one that explains two claims."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from diglot.checks.parity import rules
from diglot.checks.parity.sides import Pair

_NOT_RULES = {"registry"}


@dataclass(frozen=True)
class Rule:
    """One known equivalence. page: the module's docstring."""

    name: str
    page: str
    aspects: frozenset[str]
    explains: Callable[[Pair], bool]


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule, in the order of their names."""
    names = sorted(one.name for one in pkgutil.iter_modules(rules.__path__) if one.name not in _NOT_RULES)
    return tuple(map(_read, names))


def rule_for(pair: Pair) -> Rule | None:
    """Return the first rule that explains two claims, or None."""
    return next((one for one in all_rules() if pair.aspect in one.aspects and one.explains(pair)), None)


def _read(name: str) -> Rule:
    module = importlib.import_module(f"{rules.__name__}.{name}")
    return Rule(name.replace("_", "-"), (module.__doc__ or "").strip(), frozenset(module.ASPECTS), module.explains)
