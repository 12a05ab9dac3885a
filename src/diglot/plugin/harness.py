"""The hooks: run every test that asks for `diglot` on each dialect, and say what ran."""

import os
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from diglot.choice import choose
from diglot.errors.base import DiglotError
from diglot.errors.settings import MarkerInvalid
from diglot.plugin import markers, parity, statements
from diglot.plugin.checking import _diglot_workbench, diglot_check
from diglot.plugin.databases import Databases
from diglot.plugin.failures import Failures
from diglot.plugin.fixtures import (  # pytest finds fixtures in the plugin module
    DATABASES,
    FIXTURE,
    _diglot_dialect,
    diglot,
    diglot_app,
    diglot_client,
    diglot_server,
)
from diglot.plugin.lockstep import diglot_lockstep
from diglot.plugin.outcome import COLLECTED, TALLY, Outcome
from diglot.plugin.tally import PROPERTY
from diglot.settings import DIALECTS, Settings

__all__ = [
    "_diglot_dialect", "_diglot_workbench", "diglot", "diglot_app", "diglot_check", "diglot_client", "diglot_lockstep",
    "diglot_server",
]  # fmt: skip

_ASKS_FOR_SERVER = frozenset({"diglot_server", "diglot_lockstep"})

ANNOUNCED = pytest.StashKey[bool]()


def install(config: pytest.Config, settings: Settings) -> None:
    """Decide what this run does, and keep it with the configuration."""
    option = config.option
    try:
        choice = choose(
            settings,
            dialects=option.dialect,
            postgres=option.postgres,
            isolation=option.isolation,
            parity=option.parity,
            fresh_template=option.fresh_template,
            keep_failed=option.keep_failed,
            environ=os.environ,
        )
    except DiglotError as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[DATABASES] = Databases(settings, choice, _worker_name(config))
    config.stash[ANNOUNCED] = False
    config.pluginmanager.register(Outcome(config), "diglot-outcome")
    config.pluginmanager.register(Failures(config), "diglot-failures")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Distributed(), "diglot-distributed")
    parity.install(config, settings)
    statements.install(config, settings)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give back everything that this process holds."""
    parity.remove(config)
    if DATABASES in config.stash:
        config.stash[DATABASES].close()


# -- collection ------------------------------------------------------------------------------------


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one item for each dialect of a test that asks, even indirectly, for `diglot`."""
    test, definition = metafunc.definition.nodeid, metafunc.definition
    asks = FIXTURE in metafunc.fixturenames
    try:
        only = markers.only_on(definition, test)
        if only is not None and not asks:
            raise MarkerInvalid(
                marker="only_on", test=test, problem="the test does not use `diglot`", example="remove the marker"
            )
        markers.isolation(definition, test)
        markers.diverges(definition, test)
    except DiglotError as error:
        pytest.fail(str(error), pytrace=False)
    if asks:
        names = metafunc.config.stash[DATABASES].settings.dialects if only is None else (only.dialect,)
        metafunc.config.stash[TALLY].collected.update(names)
        metafunc.parametrize(FIXTURE, names, ids=names, indirect=True)
        databases = metafunc.config.stash[DATABASES]
        if (
            "postgresql" in names
            and "postgresql" in databases.choice.dialects
            and not metafunc.config.option.collectonly
        ):
            databases.start_postgres()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the dialects that were not selected; expect the failures that are known."""
    selected = config.stash[DATABASES].choice.dialects
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        name = _dialect_of(item)
        (kept if name is None or name in selected else dropped).append(item)
        if name is None:
            continue
        item.user_properties.append((PROPERTY, name))
        for known in markers.diverges(item, item.nodeid):
            if known.dialect == name:
                item.add_marker(pytest.mark.xfail(raises=known.raises, reason=known.reason, strict=True))
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start the server, if the first test that needs it has not; say how many clones will be wanted."""
    config = session.config
    if _needs_postgres(config, session.items) and not config.option.collectonly:
        databases = config.stash[DATABASES]
        databases.expect_clones(sum(_wants_postgres_clone(item, databases.choice.isolation) for item in session.items))
        databases.start_postgres()


@pytest.hookimpl(trylast=True)
def pytest_report_collectionfinish(config: pytest.Config, items: Sequence[pytest.Item]) -> list[str]:
    """Show the header line, which names everything that the run will use; xdist's workers show nothing."""
    if config.option.collectonly or hasattr(config, "workerinput"):
        return []
    needed = {_dialect_of(item) for item in items} | ({"postgresql"} if _needs_postgres(config, items) else set())
    return _announce(config, [name for name in DIALECTS if name in needed])


def _announce(config: pytest.Config, names: list[str]) -> list[str]:
    """Return the header line; whatever keeps a database from being there ends the run here."""
    databases = config.stash[DATABASES]
    if not names or config.stash[ANNOUNCED]:
        return []
    config.stash[ANNOUNCED] = True
    try:
        return [f"diglot: {' | '.join(databases.describe(name) for name in names)}"]
    except DiglotError as error:
        raise pytest.UsageError(str(error)) from None


def _needs_postgres(config: pytest.Config, items: Sequence[pytest.Item]) -> bool:
    """Whether a test will ask for the server; where Postgres was not selected, those that would are skipped."""
    return "postgresql" in config.stash[DATABASES].choice.dialects and any(
        _dialect_of(item) == "postgresql" or not _ASKS_FOR_SERVER.isdisjoint(getattr(item, "fixturenames", ()))
        for item in items
    )


def _wants_postgres_clone(item: pytest.Item, default: str) -> bool:
    return _dialect_of(item) == "postgresql" and (markers.isolation(item, item.nodeid) or default) == "clone"


def _dialect_of(item: pytest.Item) -> str | None:
    callspec = getattr(item, "callspec", None)
    return None if callspec is None else callspec.params.get(FIXTURE)


def _worker_name(config: pytest.Config) -> str:
    return str(getattr(config, "workerinput", {}).get("workerid", "main"))


class Distributed:
    """What the controller of xdist's workers does: open the server while they collect."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:
        """Open what the workers' tests need, once, and show the header line."""
        config: pytest.Config = node.config
        selected = config.stash[DATABASES].choice.dialects
        names = [name for name in selected if any(name in one.partition("[")[2] for one in ids)]
        reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
        for line in _announce(config, names):
            reporter.write_line(line)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:  # noqa: ARG002 - the signature is xdist's
        """Take over what a worker collected; every worker collects the same."""
        collected = getattr(node, "workeroutput", {}).get(COLLECTED)
        if collected is not None:
            node.config.stash[TALLY].collected |= Counter(collected)
