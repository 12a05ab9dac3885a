"""The checks that there are: the modules of `diglot.checks.suite`, each with `POSITION` and `run`."""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from diglot.checks import suite
from diglot.checks.finding import Outcome
from diglot.checks.workbench import Workbench
from diglot.errors.checks import UnknownCheck

ALL = "all"


@dataclass(frozen=True)
class Check:
    """One check. page: its module's docstring, of which the first line is the title."""

    name: str
    page: str
    position: int
    run: Callable[[Workbench], Outcome]

    @property
    def title(self) -> str:
        """What it checks, in one line."""
        return self.page.partition("\n")[0].rstrip(".")


@lru_cache
def all_checks() -> tuple[Check, ...]:
    """Return every check, in the order in which they are run."""
    names = [module.name for module in pkgutil.iter_modules(suite.__path__)]
    return tuple(sorted(map(_read, names), key=lambda one: (one.position, one.name)))


def chosen(names: Sequence[str]) -> tuple[Check, ...]:
    """Return the checks of these names, in the order in which they are run; all of them for none and for `all`.

    Raises UnknownCheck (DG901).
    """
    known = {one.name: one for one in all_checks()}
    for name in names:
        if name != ALL and name not in known:
            raise UnknownCheck(name=name, valid=known)
    if not names or ALL in names:
        return all_checks()
    return tuple(one for one in all_checks() if one.name in names)


def _read(module_name: str) -> Check:
    module = importlib.import_module(f"{suite.__name__}.{module_name}")
    return Check(module_name.replace("_", "-"), (module.__doc__ or "").strip(), module.POSITION, module.run)
