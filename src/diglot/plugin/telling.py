"""Tell what a run has found: red where it must be, in the terminal, in files, to GitHub and to JUnit."""

import datetime as dt
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from diglot.errors.base import DiglotError
from diglot.parity.divergences import Accepted, DivergenceProblem
from diglot.parity.writing import write_more, write_whole
from diglot.plugin.contract_id import with_parity
from diglot.plugin.databases import UNKNOWN_VERSION
from diglot.plugin.fixtures import DATABASES
from diglot.plugin.junit import add_properties
from diglot.plugin.last_failed import fail_both_halves
from diglot.plugin.outcome import TOLD
from diglot.plugin.pairing import CONTRACT, TROUBLE
from diglot.plugin.selection import is_whole
from diglot.report.acceptance import accept, problems_of, update_divergences
from diglot.report.contract import Contract, Finding
from diglot.report.document import DialectRun, Report, RunFacts
from diglot.report.github import annotations, step_summary
from diglot.report.page import render
from diglot.report.terminal import section
from diglot.settings import Settings

_MOST_TROUBLES = 5


class Telling:
    """Collects the contracts of all processes and closes the run with them."""

    def __init__(self, config: pytest.Config, settings: Settings, accepted: Accepted) -> None:
        self._config = config
        self._settings = settings
        self._accepted = accepted
        self._choice = config.stash[DATABASES].choice
        self._contracts: dict[str, Contract] = {}
        self._told: set[str] = set()
        self._began = time.monotonic()
        self._report: Report | None = None
        self._troubles: list[str] = []
        self._updated = 0

    # -- while it runs -------------------------------------------------------------------------

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in a contract; one on which the dialects disagree while both pass is reported as a failure."""
        trouble = getattr(report, TROUBLE, None)
        if trouble is not None:
            self._troubles.append(trouble)
        encoded = getattr(report, CONTRACT, None)
        if encoded is None:
            return
        contract = accept([Contract.from_json(encoded)], self._accepted)[0]
        before = self._contracts.get(contract.id)
        if before is not None and len(before.halves) > len(contract.halves):
            return
        if before is not None and len(contract.halves) == 1 and before.halves[0].dialect != contract.halves[0].dialect:
            contract = replace(contract, halves=(*before.halves, *contract.halves))  # both ran, and were not compared
        self._contracts[contract.id] = contract
        if self._is_red(contract) and contract.id not in self._told:
            self._told.add(contract.id)
            self._fail(contract)

    def _is_red(self, contract: Contract) -> bool:
        strict = self._choice.parity == "strict" and not self._config.option.update_divergences
        return strict and contract.verdict == "differ" and not contract.accepted

    def _fail(self, contract: Contract) -> None:
        """Report the comparison as one more test that failed."""
        name = with_parity(contract.id)
        lines = [_told(contract, one) for one in contract.roots if not one.accepted]
        report = pytest.TestReport(
            nodeid=name,
            location=(contract.file, contract.line - 1, name.partition("::")[2]),
            keywords={},
            outcome="failed",
            longrepr="both dialects pass, and do not do the same:\n" + "\n".join(lines),
            when="call",
        )
        session: Any = self._config.pluginmanager.get_plugin("session")
        if session is not None:
            session.testscollected += 1
        self._config.hook.pytest_runtest_logreport(report=report)

    # -- when it ends --------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Put the report together, write what was asked for, and turn the run red where it must be."""
        finished = session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
        if not self._contracts or self._config.option.collectonly:
            return
        if self._config.option.update_divergences:
            self._try(self._update)
        report = self._report = self._build()
        self._config.stash[TOLD] = True
        self._try(lambda: self._write(report))
        fail_both_halves(self._config, self._told)
        add_properties(self._config, report)
        if finished and (self._troubles or (self._choice.parity == "strict" and report.problems)):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Lead with the disagreements, end with the counts."""
        report = self._report
        if report is not None:
            width = terminalreporter._tw.fullwidth
            lines = section(report, width=width)
            if len(lines) > 1:
                terminalreporter.section("diglot", bold=True)
            for line in lines:
                terminalreporter.write_line(line.text, **dict.fromkeys(line.flags, True))
            if os.environ.get("GITHUB_ACTIONS") == "true":
                for one in annotations(report):
                    terminalreporter.write_line(one)
        if self._updated:
            name = self._accepted.path.name
            terminalreporter.write_line(
                f"diglot: {name}: entries without a reason: {self._updated}. Fix: give each its reason"
            )
        for trouble in self._troubles[:_MOST_TROUBLES]:
            terminalreporter.write_line(trouble, red=True, bold=True)

    def _build(self) -> Report:
        contracts = accept(self._contracts.values(), self._accepted)
        return Report.build(
            run=RunFacts(self._settings.root.name, self._choice.parity, time.monotonic() - self._began),
            dialects=_dialects(contracts, self._settings.driver),
            contracts=contracts,
            divergences_file=self._settings.divergences,
            problems=self._problems(contracts),
        )

    def _problems(self, contracts: list[Contract]) -> list[DivergenceProblem]:
        today = dt.datetime.now(dt.UTC).date()
        return problems_of(self._accepted, contracts, today=today, everything=is_whole(self._config))

    def _update(self) -> None:
        update_divergences(self._accepted, list(self._contracts.values()), everything=is_whole(self._config))
        self._accepted = Accepted.read(self._accepted.path)
        self._updated = sum(not one.reason for one in self._accepted.entries)

    def _write(self, report: Report) -> None:
        option = self._config.option
        if option.diglot_report:
            report.write(Path(option.diglot_report))
        if option.diglot_html:
            write_whole(Path(option.diglot_html), render(report.to_json()))
        summary = os.environ.get("GITHUB_STEP_SUMMARY")
        if summary:
            write_more(Path(summary), step_summary(report))

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except DiglotError as error:
            self._troubles.append(str(error))


def _told(contract: Contract, finding: Finding) -> str:
    site = finding.site
    place = f"{site.file}:{site.line}" if site is not None else f"{contract.file}:{contract.line}"
    fix = f"\n    Fix: {finding.fix}" if finding.fix else ""
    return f"{finding.key} at {place}\n    {finding.summary}{fix}"


def _dialects(contracts: Iterable[Contract], postgres_driver: str) -> list[DialectRun]:
    """The dialects on which anything ran, SQLite first."""
    versions = {
        (half.dialect, half.version) for one in contracts for half in one.halves if half.version != UNKNOWN_VERSION
    }
    drivers = {"sqlite": "sqlite3", "postgresql": postgres_driver}
    return [DialectRun(name, version, drivers[name]) for name, version in sorted(versions, reverse=True)]
