"""Pair the two halves of each contract where the second one ends, and compare them there.

What a comparison finds is looked at once more before it is said: both tests are run again, so that what
varies by itself is masked; and where rows came in another order that nobody asked for, once more with
SQLite's order turned around, to see whether the code depends on it.
"""

import traceback
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from _pytest.runner import runtestprotocol  # private, and the only way to run a test twice: reruns use it too

from diglot.errors.base import DiglotError
from diglot.errors.parity import ComparisonFailed
from diglot.parity.compare import compare
from diglot.parity.difference import Difference
from diglot.parity.masking import mask
from diglot.parity.shelf import Shelf
from diglot.parity.trace import Half
from diglot.parity.verdict import verdict_of
from diglot.plugin.contract_id import contract_of_item
from diglot.plugin.fixtures import DATABASES
from diglot.plugin.halves import Recording, forget, half_of, note_phase
from diglot.plugin.tally import PROPERTY
from diglot.report.contract import Contract
from diglot.report.findings import contract_of
from diglot.sqltext import has_top_level_order_by

CONTRACT = "diglot_contract"
"""The attribute of a teardown report that holds the contract, as JSON: of one half, or of both once compared."""

TROUBLE = "diglot_trouble"
"""The attribute of a teardown report that says why a contract was not compared."""

_MAY_VARY = frozenset({"value", "rows", "order", "body", "rowcount", "type", "status"})
_TOLD_BY_ORDER = frozenset({"value", "rows", "rowcount", "body", "status", "statement", "error", "outcome"})


class Pairing:
    """Follows every item of a process; what it finds goes with the teardown report of the item."""

    def __init__(self, config: pytest.Config, recording: Recording, shelf: Shelf) -> None:
        self._databases = config.stash[DATABASES]
        self._recording = recording
        self._shelf = shelf
        self._keeps_traces = bool(config.option.diglot_report)
        self._items: dict[tuple[str, str], pytest.Item] = {}
        self._next: pytest.Item | None = None
        self._again: list[Half] | None = None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Know every item by its contract and dialect."""
        for item in session.items:
            dialect = _dialect_of(item)
            if dialect is not None:
                self._items[contract_of_item(item), dialect] = item

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, nextitem: pytest.Item | None) -> Generator[None, Any, Any]:
        """Remember what comes next, for the runs in between."""
        if self._again is None:
            self._next = nextitem
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, Any, pytest.TestReport]:
        """Take in each phase; when an item has ended, compare it with its partner."""
        report: pytest.TestReport = yield
        dialect = _dialect_of(item)
        if dialect is None:
            return report
        if call.when == "setup":
            forget(item)
        note_phase(item, call, report)
        if call.when == "teardown":
            half = self._half(item, dialect)
            if self._again is not None:
                self._again.append(half)
            else:
                self._attach(report, half)
        return report

    def _half(self, item: pytest.Item, dialect: str) -> Half:
        return half_of(item, contract_of_item(item), dialect, self._databases.version_if_known(dialect))

    def _attach(self, report: pytest.TestReport, half: Half) -> None:
        try:
            contract = self._settle(half)
        except DiglotError as error:
            contract = _alone(half)
            setattr(report, TROUBLE, str(error))
        except Exception as error:  # noqa: BLE001 - a fault of ours must not end the run, and must not be green
            contract = _alone(half)
            setattr(report, TROUBLE, str(_fault(half, error)))
        setattr(report, CONTRACT, contract.to_json())
        report.user_properties.append(("diglot_verdict", contract.verdict))
        report.user_properties += [("diglot_finding", one.key) for one in contract.roots]

    def _settle(self, half: Half) -> Contract:
        """Return what is known of the half's contract now."""
        if not self._has_partner(half):
            return _alone(half, keep_trace=self._keeps_traces)
        self._shelf.put(half)
        partner = self._shelf.partner_of(half)
        if partner is None:
            return _alone(half)
        pair = [partner, half] if partner.dialect == "sqlite" else [half, partner]
        differences = self._examined(pair[0], pair[1])
        return contract_of(pair, differences, _verdict(pair, differences))

    def _has_partner(self, half: Half) -> bool:
        other = "postgresql" if half.dialect == "sqlite" else "sqlite"
        return (half.contract, other) in self._items

    # -- looking again -------------------------------------------------------------------------

    def _examined(self, sqlite: Half, postgresql: Half) -> list[Difference]:
        """Compare, and look at what was found once more."""
        found = compare(sqlite, postgresql)
        if not any(one.kind in _MAY_VARY for one in found) or sqlite.failed or postgresql.failed:
            return found
        again = self._run_again(sqlite), self._run_again(postgresql)
        masked = _masked(sqlite, again[0]), _masked(postgresql, again[1])
        found = compare(*masked)
        unasked = [one for one in found if _is_unasked_order(one)]
        if not unasked or _led_to_more(unasked[0], found) or self._depends_on_order(masked[0]):
            return found
        return [one for one in found if one not in unasked]

    def _depends_on_order(self, sqlite: Half) -> bool:
        """Whether the test does anything else when SQLite gives unordered rows the other way round."""
        self._recording.reverse = True
        try:
            backwards = self._run_again(sqlite)
        finally:
            self._recording.reverse = False
        found = compare(sqlite, replace(backwards, dialect="postgresql"))
        return not all(map(_is_unasked_order, found))

    def _run_again(self, half: Half) -> Half:
        item = self._items[half.contract, half.dialect]
        self._again = []
        try:
            _initialize(item)
            runtestprotocol(item, log=False, nextitem=self._next)
            return self._again[-1]
        finally:
            self._again = None


def _alone(half: Half, *, keep_trace: bool = False) -> Contract:
    kept = half if keep_trace else replace(half, trace=None)
    return contract_of([kept], [], _verdict([kept], []))


def _fault(half: Half, error: Exception) -> ComparisonFailed:
    frames = traceback.extract_tb(error.__traceback__)
    at = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"
    return ComparisonFailed(contract=half.contract, problem=f"{type(error).__name__}: {error}", at=at)


def _masked(half: Half, again: Half) -> Half:
    if half.trace is None or again.trace is None:
        return half
    return replace(half, trace=mask(half.trace, again.trace))


def _initialize(item: pytest.Item) -> None:
    """Give the item new fixtures, as `runtestprotocol` does for an item that has ended before."""
    initialize: Any = getattr(item, "_initrequest", None)
    if initialize is not None:
        initialize()


def _led_to_more(order: Difference, found: Sequence[Difference]) -> bool:
    """Whether something else differs after the order did, so that code depends on it."""
    return any(one.kind in _TOLD_BY_ORDER and one.position > order.position for one in found)


def _is_unasked_order(difference: Difference) -> bool:
    return difference.kind == "order" and not has_top_level_order_by(difference.sql("sqlite"))


def _verdict(halves: Sequence[Half], differences: Sequence[Difference]) -> str:
    by_dialect = {half.dialect: half for half in halves}
    return verdict_of(by_dialect.get("sqlite"), by_dialect.get("postgresql"), differences)


def _dialect_of(item: pytest.Item) -> str | None:
    found = dict(item.user_properties).get(PROPERTY)
    return found if isinstance(found, str) else None
