"""Name a contract: the id of its test without the dialect."""

import pytest

from diglot.plugin.tally import PROPERTY


def contract_of_item(item: pytest.Item) -> str:
    """Return the item's id without the dialect that it runs on; the id of an item without one as it is."""
    dialect = dict(item.user_properties).get(PROPERTY)
    return without_dialect(item.nodeid, str(dialect)) if dialect else item.nodeid


def without_dialect(nodeid: str, dialect: str) -> str:
    """Return `test[a]` for `test[a-sqlite]`, and `test` for `test[sqlite]`."""
    name, bracket, parameters = nodeid.partition("[")
    if not bracket:
        return nodeid
    given = parameters.removesuffix("]")
    if given == dialect:
        return name
    if given.endswith(f"-{dialect}"):
        return f"{name}[{given.removesuffix(f'-{dialect}')}]"
    before, _dash, after = given.partition(f"{dialect}-")
    return f"{name}[{before}{after}]"


def with_parity(contract: str) -> str:
    """Return the id under which a contract's comparison is reported: `test[parity]`, or `test[a-parity]`."""
    return with_dialect(contract, "parity")


def with_dialect(contract: str, dialect: str) -> str:
    """Return the id of a contract's test on one dialect."""
    return f"{contract[:-1]}-{dialect}]" if contract.endswith("]") else f"{contract}[{dialect}]"
