"""`--diglot-statements FILE`: keep every statement that the tests run on SQLite, for `diglot check statements`."""

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest
from sqlalchemy import Engine

from diglot.errors.base import DiglotError
from diglot.isolation.facade import Diglot
from diglot.parity.traced import encode, write_traced
from diglot.parity.tracing import Tracer
from diglot.plugin import markers
from diglot.plugin.fixtures import DATABASES
from diglot.settings import Settings

_OUTPUT = "diglot_statements"
_FIXTURE = "diglot"


def install(config: pytest.Config, settings: Settings) -> None:
    """Record what this process runs, and write it at the end; nothing at all without the option."""
    if not config.option.diglot_statements:
        return
    if "sqlite" not in config.stash[DATABASES].choice.dialects:
        raise pytest.UsageError(
            "--diglot-statements keeps what runs on SQLite, and this run has only Postgres. Fix: --dialect sqlite"
        )
    config.pluginmanager.register(_Statements(config, settings), "diglot-statements")


class _Statements:
    """Each process keeps its own statements; the first one joins them and writes the file."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self._config = config
        self._tracer = Tracer(settings.driver)
        self._watched: WeakSet[Engine] = WeakSet()
        self._lines: list[str] = []
        self._told = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, object, object]:
        """Look at a test's database from the moment it is there."""
        result = yield
        if fixturedef.argname == _FIXTURE and isinstance(result, Diglot) and result.dialect.name == "sqlite":
            item: Any = request.node
            if markers.only_on(item, item.nodeid) is None:  # what runs on SQLite only is nothing to Postgres
                self._watch(result.engine)
                self._tracer.test = item.nodeid
        return result

    @pytest.hookimpl
    def pytest_fixture_post_finalizer(self, fixturedef: pytest.FixtureDef[Any]) -> None:
        """Look away when the database is gone."""
        if fixturedef.argname == _FIXTURE:
            self._tracer.test = ""

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:  # noqa: ARG002 - the signature is xdist's
        """Take over what a worker kept."""
        self._lines += json.loads(getattr(node, "workeroutput", {}).get(_OUTPUT, "[]"))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand the lines to the first process, or write the file as that one."""
        lines = [*encode(self._tracer.found), *self._lines]
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_OUTPUT] = json.dumps(lines)
            return
        path = Path(session.config.option.diglot_statements)
        try:
            count = write_traced(path, lines)
        except DiglotError as error:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
            self._told = str(error)
            return
        self._told = f"diglot: {count} statements of this run are in {path}: diglot check statements --traced {path}"

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say where the file is."""
        if self._told:
            terminalreporter.write_line(self._told)

    def _watch(self, engine: Engine) -> None:
        if engine not in self._watched:
            self._watched.add(engine)
            self._tracer.watch(engine)
