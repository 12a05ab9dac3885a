"""Find the causes in this folder, and the cause of a difference."""

import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from diglot.parity import causes
from diglot.parity.difference import Difference

_NOT_CAUSES = {"registry"}
_BLOCK = re.compile(r"^## (Bad|Good)\n+```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Cause:
    """One reason for differences.

    name: as in reports and in `divergences.toml`. page: Markdown, the module's docstring.
    bad, good: test bodies that use `diglot` and `sa`.
    """

    name: str
    title: str
    page: str
    fix: str
    bad: str
    good: str
    rank: int
    matches: Callable[[Difference], bool]


@cache
def all_causes() -> tuple[Cause, ...]:
    """Return every cause, those of a higher rank first, then in the order of their names."""
    names = [one.name for one in pkgutil.iter_modules(causes.__path__) if one.name not in _NOT_CAUSES]
    found = [_read(importlib.import_module(f"{causes.__name__}.{name}")) for name in names]
    return tuple(sorted(found, key=lambda one: (-one.rank, one.name)))


def cause_of(difference: Difference) -> Cause | None:
    """Return the first cause that matches, or None when none does."""
    return next((one for one in all_causes() if one.matches(difference)), None)


def cause_named(name: str) -> Cause | None:
    """Return the cause with that name, or None."""
    return next((one for one in all_causes() if one.name == name), None)


def _read(module: ModuleType) -> Cause:
    page = (module.__doc__ or "").strip()
    blocks = dict(_BLOCK.findall(page))
    return Cause(
        name=module.__name__.rpartition(".")[2].replace("_", "-"),
        title=page.partition("\n")[0].rstrip("."),
        page=page,
        fix=module.FIX,
        bad=blocks.get("Bad", ""),
        good=blocks.get("Good", ""),
        rank=getattr(module, "RANK", 0),
        matches=module.matches,
    )
