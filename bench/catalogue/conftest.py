"""The fixture of the catalogue's entries."""

import pytest
from application import Application

from diglot.isolation.facade import Diglot


@pytest.fixture
def x(diglot: Diglot) -> Application:
    """The application on the test's database."""
    return Application(diglot)
