"""Every cause is what its page says: its bad example differs by it, its good example does not differ at all."""

import importlib
from collections.abc import Callable

import pytest

from diglot.parity.causes.registry import Cause, all_causes, cause_of
from diglot.parity.difference import Difference

RunBoth = Callable[[str], list[Difference]]

CAUSES = all_causes()


def _unseen(cause: Cause) -> bool:
    module = importlib.import_module(f"diglot.parity.causes.{cause.name.replace('-', '_')}")
    return hasattr(module, "UNSEEN")


SEEN = [cause for cause in CAUSES if not _unseen(cause)]


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.name)
def test_page_is_whole(cause: Cause) -> None:
    """A page has a title, a text, both examples and a fix in one line."""
    assert 0 < len(cause.title) < 120
    assert cause.bad
    assert cause.good
    assert cause.fix
    assert "\n" not in cause.fix


@pytest.mark.parametrize("cause", SEEN, ids=lambda cause: cause.name)
def test_bad_example_differs_by_its_cause(cause: Cause, on_both: RunBoth) -> None:
    """The bad example is reported, and this cause is among what is named."""
    found = on_both(cause.bad)

    named = {one.name for one in map(cause_of, found) if one is not None}
    assert cause.name in named, found


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.name)
def test_good_example_does_not_differ(cause: Cause, on_both: RunBoth) -> None:
    """The good example does the same on both dialects."""
    found = on_both(cause.good)

    assert found == []
