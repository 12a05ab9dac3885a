"""Both schemas are what the metadata says, and every SQL text in the source is one that Postgres takes."""

from collections.abc import Callable

import pytest


@pytest.mark.parametrize("check", ["drift", "schema-parity", "statements", "environment"])
def test_schema_holds(diglot_check: Callable[[str], None], check: str) -> None:
    """`diglot check` finds nothing in the schemas and statements that nobody has accepted."""
    diglot_check(check)
