"""The pytest plugin: options and markers for everybody, the harness for projects that ask for it.

A project without `[tool.diglot]` gets the options and nothing else: SQLAlchemy is not imported
and no fixture is defined.
"""

from collections.abc import Sequence
from typing import Any

import pytest

from diglot.errors.base import DiglotError
from diglot.settings import load
from diglot.version import VERSION

_HARNESS = "diglot.plugin.harness"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the command line, once."""
    group = parser.getgroup("diglot", "run tests on SQLite and on Postgres")
    group.addoption(
        "--dialect",
        action="append",
        default=[],
        metavar="NAME",
        help="run on this dialect only: sqlite or postgresql (may be repeated; default: both)",
    )
    group.addoption(
        "--postgres",
        metavar="WHICH",
        help="auto, embedded (the bundled server), system (installed binaries), a major such as 16, or a URL",
    )
    group.addoption("--isolation", metavar="HOW", help="rewind (default) or clone; a marker on the test wins")
    group.addoption(
        "--parity",
        metavar="MODE",
        help="compare the two runs of each test: strict (a difference is a failure), report (default) or off",
    )
    group.addoption("--diglot-report", metavar="FILE", help="write what was compared as JSON")
    group.addoption("--diglot-html", metavar="FILE", help="write the same as a page that needs nothing else")
    group.addoption(
        "--diglot-statements",
        metavar="FILE",
        help="write each statement that runs on SQLite, with the types of its parameters, for diglot check statements",
    )
    group.addoption(
        "--update-divergences",
        action="store_true",
        help="write what differs into the file of accepted divergences, each with a reason that is still to be given",
    )
    group.addoption("--fresh-template", action="store_true", help="build the migrated templates anew")
    group.addoption(
        "--keep-failed",
        action="store_true",
        help="run a failed test again in a database that is kept, and say how to look into it",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers; load the harness when the project has settings."""
    for line in _MARKERS:
        config.addinivalue_line("markers", line)
    try:
        settings = load(config.rootpath)
    except DiglotError as error:
        raise pytest.UsageError(str(error)) from None
    if settings is not None:
        config.pluginmanager.import_plugin(_HARNESS)
        harness: Any = config.pluginmanager.get_plugin(_HARNESS)
        harness.install(config, settings)


def pytest_report_header(config: pytest.Config) -> Sequence[str]:
    """Say that the plugin is there, when it has nothing else to say."""
    return () if config.pluginmanager.has_plugin(_HARNESS) else (f"diglot: {VERSION}, no [tool.diglot] here",)


_MARKERS = (
    'only_on("postgresql>=15", reason="..."): run on this dialect only, and on these versions of it',
    'diverges("sqlite", raises=..., reason="..."): fails on this dialect, as is known; passing is a failure',
    'isolation("clone"): give the test a database of its own, with real transactions',
)
