"""Let `--lf` run both halves again of a contract on which the dialects disagreed."""

from collections.abc import Iterable
from typing import Any

import pytest

from diglot.plugin.contract_id import with_dialect, with_parity
from diglot.settings import DIALECTS


def fail_both_halves(config: pytest.Config, contracts: Iterable[str]) -> None:
    """Put a contract's two tests among the last failures, in place of the comparison, which is no test."""
    last_failed: Any = config.pluginmanager.get_plugin("lfplugin")
    failures = getattr(last_failed, "lastfailed", None)
    if not isinstance(failures, dict):
        return
    told = set(contracts)
    comparisons = {with_parity(contract) for contract in told}
    for key in [key for key in failures if str(key) in comparisons]:  # a text, or since pytest 9.2 an object
        del failures[key]
    failures.update({with_dialect(contract, name): True for contract in told for name in DIALECTS})
