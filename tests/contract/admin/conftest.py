"""A customer whom an administrator may find, suspend and reinstate."""

from collections.abc import Iterator

import pytest
from apiflask import APIFlask

from diglot.client import client_for
from tests.contract.conftest import ManualClock, Person


@pytest.fixture
def customer(admin: Person, diglot_app: APIFlask, clock: ManualClock) -> Iterator[Person]:
    """Somebody who registered a second after the administrator, so that the order of the two is certain."""
    clock.advance(seconds=1)
    with client_for(diglot_app) as client:
        person = Person(client, "eve@example.com")
        person.register()
        yield person
