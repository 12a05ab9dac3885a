"""Show how to look into a failure: the statements, the server's log, and a database that is kept.

With `--keep-failed` a failed test is run once more, in a clone of its own that is not dropped,
so that what it did can be seen with the dialect's own shell.
"""

from collections.abc import Generator, Sequence
from typing import Any

import pytest
from _pytest.runner import runtestprotocol  # private, and the only way to run a test twice: reruns use it too

from diglot.isolation.facade import Diglot
from diglot.plugin.fixtures import DATABASES, LAST
from diglot.plugin.tally import PROPERTY

_STATEMENTS_SHOWN = 12
_SECTION = "diglot"


class Failures:
    """Adds a section to the report of each failed test that used a database."""

    def __init__(self, config: pytest.Config) -> None:
        self._keep = config.stash[DATABASES].choice.keep_failed

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, Any, None]:
        """Add the last statements, with their times, while the database is still there."""
        outcome = yield
        report: pytest.TestReport = outcome.get_result()
        database = item.stash.get(LAST, None)
        if report.when == "call" and report.failed and database is not None:
            report.sections.append((f"{_SECTION}: last statements on {database.dialect}", _statements(database)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        """Run a test; when it fails, and that was asked for, run it again in a database that is kept."""
        if not self._keep or PROPERTY not in dict(item.user_properties):
            return None
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        failed = [report for report in reports if report.when == "call" and report.failed]
        if failed:
            failed[0].sections.append((f"{_SECTION}: kept", self._again(item, nextitem)))
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def _again(self, item: pytest.Item, nextitem: pytest.Item | None) -> str:
        databases = item.config.stash[DATABASES]
        databases.keep_next = True
        again = runtestprotocol(item, nextitem=nextitem, log=False)
        databases.keep_next = False
        how = databases.kept[-1] if databases.kept else "the second run did not reach its database"
        return f"{how}\n{_verdict(again)}"


def _verdict(reports: Sequence[pytest.TestReport]) -> str:
    failed = any(report.failed for report in reports)
    return "In its own database the test failed as well." if failed else "In its own database the test passed."


def _statements(database: Diglot) -> str:
    last = list(database.statements)[-_STATEMENTS_SHOWN:]
    lines = [f"{one.duration_s * 1e3:8.2f} ms  {' '.join(one.sql.split())[:160]}" for one in last]
    return "\n".join(lines) or "(none)"
