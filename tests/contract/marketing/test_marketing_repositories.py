"""`MarketingContactRepository` and `erase`: contacts, and what is left of those who opted out and went."""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from backend_v2.db.tables import support
from backend_v2.marketing.records import Contact
from backend_v2.marketing.repositories import MarketingContactRepository, erase
from diglot.isolation.facade import Diglot

AT = datetime(2024, 6, 1, 0, 0, 0, 1, tzinfo=UTC)
LATER = AT + timedelta(days=1)
LONGEST = "a" * 242 + "@example.com"


def _add(diglot: Diglot, *emails: str, opted_out: bool = False) -> list[Contact | None]:
    with diglot.connect() as connection:
        repository = MarketingContactRepository(connection)
        return [repository.add(one, source="landing-page", opted_out=opted_out, at=AT) for one in emails]


def _erase(diglot: Diglot, email: str) -> None:
    with diglot.connect() as connection:
        erase(connection, user_id=uuid4(), email=email)


def _stored(diglot: Diglot) -> list[str]:
    with diglot.connect() as connection:
        table = support.marketing_contacts
        return list(connection.scalars(sa.select(table.c.email).order_by(table.c.id)))


@pytest.mark.parametrize(("opted_out", "since"), [(False, None), (True, AT)], ids=["opted in", "opted out"])
def test_contact_reads_back_exactly(diglot: Diglot, since: datetime | None, *, opted_out: bool) -> None:
    """Every field comes back as it went in, and nobody else is found."""
    added = _add(diglot, LONGEST, opted_out=opted_out)

    with diglot.connect() as connection:
        repository = MarketingContactRepository(connection)
        found = [repository.find(LONGEST), repository.find("b@example.com")]

    expected = Contact(
        id=1, email=LONGEST, source="landing-page", opted_out=opted_out, created_at=AT, opted_out_at=since
    )
    assert [added, found] == [[expected], [expected, None]]


def test_add_of_a_known_address_changes_nothing_and_keeps_the_transaction(diglot: Diglot) -> None:
    """A second contact with the address is none; the first stays as it is, and the transaction is usable."""
    _add(diglot, "a@example.com", opted_out=True)

    with diglot.connect() as connection:
        repository = MarketingContactRepository(connection)
        again = repository.add("a@example.com", source="other", opted_out=False, at=LATER)
        found = repository.find("a@example.com")

    assert again is None
    assert found is not None
    assert (found.source, found.opted_out, found.created_at) == ("landing-page", True, AT)


def test_digest_is_found_under_the_address_and_shows_none(diglot: Diglot) -> None:
    """Of an address that opted out unknown a digest is kept once: it is found by the address, and not listed."""
    with diglot.connect() as connection:
        repository = MarketingContactRepository(connection)
        added = repository.add_digest("a@example.com", source="opt-out", at=AT)
        again = repository.add_digest("a@example.com", source="opt-out", at=LATER)
        found = repository.find("a@example.com")
        listed = repository.page(opted_out=None, limit=9)

    assert added == Contact(id=1, email=None, source="opt-out", opted_out=True, created_at=AT, opted_out_at=AT)
    assert (found, again, listed) == (added, None, [])
    assert _stored(diglot) == ["sha256:" + hashlib.sha256(b"a@example.com").hexdigest()]


def test_opting_out_and_in_is_noted_with_its_instant(diglot: Diglot) -> None:
    """Opting out keeps since when, opting in forgets it; who is not there cannot do either."""
    _add(diglot, "a@example.com", "b@example.com")

    with diglot.connect() as connection:
        repository = MarketingContactRepository(connection)
        out = repository.set_opted_out(1, email="a@example.com", opted_out=True, at=LATER)
        back = repository.set_opted_out(1, email="a@example.com", opted_out=False, at=LATER)
        nobody = repository.set_opted_out(9, email="c@example.com", opted_out=True, at=LATER)
        other = repository.find("b@example.com")

    facts = {"id": 1, "email": "a@example.com", "source": "landing-page", "created_at": AT}
    assert out == Contact(**facts, opted_out=True, opted_out_at=LATER)
    assert back == Contact(**facts, opted_out=False, opted_out_at=None)
    assert nobody is None
    assert other is not None
    assert other.opted_out is False


def test_opting_in_again_puts_the_address_in_the_place_of_its_digest(diglot: Diglot) -> None:
    """What was left of an address becomes a contact again, under the same id."""
    with diglot.connect() as connection:
        repository = MarketingContactRepository(connection)
        repository.add_digest("a@example.com", source="opt-out", at=AT)
        back = repository.set_opted_out(1, email="a@example.com", opted_out=False, at=LATER)
        listed = repository.page(opted_out=False, limit=9)

    assert back is not None
    assert listed == [back]
    assert _stored(diglot) == ["a@example.com"]


def test_page_of_contacts_is_ordered_by_id_and_filtered(diglot: Diglot) -> None:
    """Contacts come by id, page after page; asked for those who opted out, or did not, the list holds them alone."""
    _add(diglot, "b@example.com", "a@example.com")
    _add(diglot, "d@example.com", "c@example.com", opted_out=True)

    with diglot.connect() as connection:
        repository = MarketingContactRepository(connection)
        first = repository.page(opted_out=None, limit=3)
        rest = repository.page(opted_out=None, limit=3, after=first[-1].id)
        out = repository.page(opted_out=True, limit=9)
        in_ = repository.page(opted_out=False, limit=9)

    assert [one.email for one in (*first, *rest)] == [f"{name}@example.com" for name in "badc"]
    assert [one.email for one in out] == ["d@example.com", "c@example.com"]
    assert [one.email for one in in_] == ["b@example.com", "a@example.com"]


def test_erase_leaves_nothing_of_a_contact(diglot: Diglot) -> None:
    """A contact whose account is deleted goes, others stay."""
    _add(diglot, "a@example.com", "b@example.com")

    _erase(diglot, "a@example.com")
    _erase(diglot, "nobody@example.com")

    assert _stored(diglot) == ["b@example.com"]


def test_erase_leaves_a_digest_of_one_that_opted_out(diglot: Diglot) -> None:
    """Of an address that opted out a digest stays, by which it is found; a second time nothing changes."""
    _add(diglot, "a@example.com", "b@example.com", opted_out=True)

    _erase(diglot, "a@example.com")
    _erase(diglot, "a@example.com")

    with diglot.connect() as connection:
        found = MarketingContactRepository(connection).find("a@example.com")
    assert found == Contact(id=1, email=None, source="landing-page", opted_out=True, created_at=AT, opted_out_at=AT)
    assert _stored(diglot) == ["sha256:" + hashlib.sha256(b"a@example.com").hexdigest(), "b@example.com"]


def test_wait_for_lets_one_transaction_go_on(diglot: Diglot) -> None:
    """Whoever has an address's turn may wait for it again, and for that of another."""
    with diglot.connect() as connection:
        repository = MarketingContactRepository(connection)
        repository.wait_for("a@example.com")
        repository.wait_for("a@example.com")
        repository.wait_for("b@example.com")
        found = repository.find("a@example.com")

    assert found is None
