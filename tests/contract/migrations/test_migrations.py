"""Raptor's Alembic chain: one head, up and down and up again, nothing left behind, no surprise for the operator."""

from collections.abc import Callable

import pytest


@pytest.mark.parametrize("check", ["heads", "stairway", "downgrade", "idempotent", "offline", "locks"])
def test_migrations_hold(diglot_check: Callable[[str], None], check: str) -> None:
    """`diglot check` finds nothing in the chain that nobody has accepted."""
    diglot_check(check)
