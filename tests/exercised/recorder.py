"""A pytest plugin that notes what the contract suite exercises: `-p tests.exercised.recorder --exercised FILE`.

Noted are each repository method that a test calls itself, with the dialect of its connection, and each
answer of the application, with the test's dialect. A method that only a service calls is not noted:
nobody has said what it promises.
"""

import functools
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, request, request_finished

from diglot.plugin.fixtures import FIXTURE
from tests.exercised.declared import Answer, Method, openapi_path, repositories


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption("--exercised", metavar="FILE", help="note in FILE which methods and routes are exercised")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to note, in every process that runs tests."""
    path = config.getoption("--exercised")
    if path:
        config.pluginmanager.register(Recorder(Path(path)), "exercised")


class Recorder:
    """What one process has seen. path: of the notes; each process adds its number."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(f"{path.name}.{os.getpid()}")
        self._methods: set[tuple[Method, str, str]] = set()
        self._answers: set[tuple[Answer, str, str]] = set()
        for repository in repositories():
            for name, function in _public(repository).items():
                setattr(repository, name, self._noting(Method(repository.__name__, name), function))
        self._file, self._dialect = "", ""
        request_finished.connect(self._answered)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Remember whose requests follow."""
        callspec = getattr(item, "callspec", None)
        self._file = item.nodeid.partition("::")[0]
        self._dialect = "" if callspec is None else str(callspec.params.get(FIXTURE, ""))

    def pytest_sessionfinish(self) -> None:
        """Write the notes down."""
        methods = [[one.repository, one.name, dialect, file] for one, dialect, file in sorted(self._methods)]
        answers = [[one.method, one.path, one.status, dialect, file] for one, dialect, file in sorted(self._answers)]
        self._path.write_text(json.dumps({"methods": methods, "answers": answers}), encoding="utf-8")

    def _noting(self, method: Method, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def noted(repository: Any, *args: Any, **kwargs: Any) -> Any:
            caller = sys._getframe(1).f_globals["__name__"]
            if not caller.startswith("backend_v2."):
                dialect = repository._connection.dialect.name
                self._methods.add((method, dialect, self._file))
            return function(repository, *args, **kwargs)

        return noted

    def _answered(self, _sender: Flask, *, response: Response, **_extra: Any) -> None:
        if request.url_rule is not None and self._dialect:
            path = openapi_path(request.url_rule.rule)
            self._answers.add((Answer(request.method, path, response.status_code), self._dialect, self._file))


def _public(repository: type) -> dict[str, Callable[..., Any]]:
    return {name: one for name, one in vars(repository).items() if not name.startswith("_") and callable(one)}
