"""What the contract suite has to exercise: every repository method, and every answer that the API describes."""

import importlib
import inspect
import pkgutil
import re
from dataclasses import dataclass
from types import ModuleType

from sqlalchemy import create_engine

import backend_v2
from backend_v2.app import create_app
from backend_v2.config import Config

SHOWN_ONCE = frozenset({500, 503})
"""Every operation describes them, and they have one cause for all: shown once, in the contracts of the application."""


@dataclass(frozen=True, order=True)
class Method:
    """A public method of a repository."""

    repository: str
    name: str

    def __str__(self) -> str:
        """Return it as Python writes it."""
        return f"{self.repository}.{self.name}"


@dataclass(frozen=True, order=True)
class Answer:
    """An operation and a status that it may end with. path: as OpenAPI writes it."""

    method: str
    path: str
    status: int

    def __str__(self) -> str:
        """Return it in one line."""
        return f"{self.method} {self.path} -> {self.status}"


def repositories() -> list[type]:
    """Return the repository classes of all domains, each once, in order of their names."""
    found: set[type] = set()
    for module in _modules():
        classes = inspect.getmembers(module, inspect.isclass)
        found |= {one for name, one in classes if name.endswith("Repository") and not name.startswith("_")}
    return sorted(found, key=lambda one: one.__name__)


def methods() -> set[Method]:
    """Return every public method of every repository."""
    return {
        Method(one.__name__, name)
        for one in repositories()
        for name, member in vars(one).items()
        if callable(member) and not name.startswith("_")
    }


def answers() -> set[Answer]:
    """Return every operation with every status that the API's description gives it."""
    app = create_app(create_engine("sqlite://"), config=Config())
    paths = app.test_client().get("/api/openapi.json").get_json()["paths"]
    return {
        Answer(method.upper(), path, int(status))
        for path, operations in paths.items()
        for method, operation in operations.items()
        if method != "parameters"
        for status in operation["responses"]
    }


def openapi_path(rule: str) -> str:
    """Return a Flask rule as OpenAPI writes it."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule)


def _modules() -> list[ModuleType]:
    """Return the modules of all packages, `repositories` and what is in it."""
    names = [one.name for one in pkgutil.walk_packages(backend_v2.__path__, "backend_v2.")]
    return [importlib.import_module(name) for name in names if re.search(r"\.repositories(\.|$)", name)]
