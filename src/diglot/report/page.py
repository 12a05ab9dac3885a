"""The page (being written)."""

from collections.abc import Mapping
from typing import Any


def render(document: Mapping[str, Any]) -> str:
    """Return the page."""
    return repr(document)
