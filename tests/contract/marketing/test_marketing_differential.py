"""Marketing contacts: whatever the API lets through, both dialects do the same with it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from backend_v2.marketing.repositories import MarketingContactRepository, erase
from diglot.differential import Lockstep, differential, operation

EMAILS = st.sampled_from(("a@b", "a_@b", "a%@b", "sha256@b", "z" * 252 + "@b"))
"""`Email`: lower case, at most 254 characters; without a colon."""
SOURCES = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,39}", fullmatch=True)
"""`Source`."""
NOW = st.integers(0, 365).map(lambda day: datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(days=day))
"""The service's clock."""


def test_contacts_are_kept_alike(diglot_lockstep: Lockstep) -> None:
    """Any addresses, signed up, opted out, erased and listed in any order, are the same on both dialects."""
    repository = MarketingContactRepository

    agreement = differential(
        diglot_lockstep,
        operation(repository.add, email=EMAILS, source=SOURCES, opted_out=st.booleans(), at=NOW),
        operation(repository.add_digest, email=EMAILS, source=SOURCES, at=NOW),
        operation(
            repository.set_opted_out, contact_id=st.integers(1, 3), email=EMAILS, opted_out=st.booleans(), at=NOW
        ),
        operation(repository.find, email=EMAILS),
        operation(
            repository.page,
            opted_out=st.none() | st.booleans(),
            limit=st.integers(1, 3) | st.just(501),
            after=st.integers(0, 3) | st.just(2**63 - 1),
        ),
        operation(erase, user_id=UUID(int=1), email=EMAILS),
    )

    assert agreement.examples >= 100
