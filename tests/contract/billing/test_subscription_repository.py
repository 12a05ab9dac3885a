"""`SubscriptionRepository`: one subscription a user, which reads back exactly."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from backend_v2.auth.records import User
from backend_v2.auth.repositories import UserRepository
from backend_v2.billing.records import Subscription, Terms
from backend_v2.billing.repositories import SubscriptionRepository
from diglot.isolation.facade import Diglot

AT = datetime(2024, 6, 1, 0, 0, 0, 1, tzinfo=UTC)
ADA, EVE, ID = UUID(int=1), UUID(int=2), UUID(int=7)
TERMS = Terms(
    plan="pro", status="active", current_period_start=AT, current_period_end=AT + timedelta(days=30, microseconds=1)
)


@pytest.fixture
def users(diglot: Diglot) -> list[User]:
    """Two users who subscribe to nothing."""
    found = [
        User(
            id=user_id,
            user_handle=user_id.bytes,
            email=f"{user_id.int}@example.com",
            display_name="x",
            is_admin=False,
            suspended_at=None,
            created_at=AT,
        )
        for user_id in (ADA, EVE)
    ]
    with diglot.connect() as connection:
        for user in found:
            UserRepository(connection).add(user)
    return found


def _save(
    diglot: Diglot,
    terms: Terms = TERMS,
    *,
    user_id: UUID = ADA,
    new_id: UUID = ID,
    cancelled_at: datetime | None = None,
    at: datetime = AT,
) -> Subscription:
    with diglot.connect() as connection:
        return SubscriptionRepository(connection).save(user_id, terms, new_id=new_id, cancelled_at=cancelled_at, at=at)


@pytest.mark.usefixtures("users")
def test_subscription_reads_back_exactly(diglot: Diglot) -> None:
    """What was saved is found, to the microsecond, and nobody else has it."""
    saved = _save(diglot)

    with diglot.connect() as connection:
        repository = SubscriptionRepository(connection)
        found = [repository.find(ADA), repository.find(EVE)]

    assert saved == Subscription(**vars(TERMS), id=ID, user_id=ADA, cancelled_at=None, updated_at=AT)
    assert found == [saved, None]
    assert saved.active_until is None


@pytest.mark.usefixtures("users")
def test_second_save_replaces_all_but_the_id(diglot: Diglot) -> None:
    """A user keeps one subscription under one id; of a cancelled one it is known until when it gives access."""
    first = _save(diglot)
    later = AT + timedelta(days=1)

    second = _save(diglot, replace(TERMS, plan="basic", status="cancelled"), new_id=uuid4(), cancelled_at=AT, at=later)

    assert second == replace(first, plan="basic", status="cancelled", cancelled_at=AT, updated_at=later)
    assert second.active_until == TERMS.current_period_end


@pytest.mark.usefixtures("users")
@pytest.mark.parametrize(
    "terms", [replace(TERMS, status="unknown"), replace(TERMS, current_period_end=AT)], ids=["status", "period"]
)
def test_save_of_what_makes_no_sense_is_refused_by_the_table(diglot: Diglot, terms: Terms) -> None:
    """What the routes refuse the table refuses as well."""
    with pytest.raises(IntegrityError, match=r"(?i)check"):
        _save(diglot, terms)


def test_subscription_goes_with_its_user(diglot: Diglot, users: list[User]) -> None:
    """Who is deleted leaves no subscription; others keep theirs."""
    _save(diglot)
    _save(diglot, user_id=EVE, new_id=UUID(int=8))

    with diglot.connect() as connection:
        UserRepository(connection).delete(users[0])
        repository = SubscriptionRepository(connection)
        found = [repository.find(ADA), repository.find(EVE)]

    assert [one is None for one in found] == [True, False]
