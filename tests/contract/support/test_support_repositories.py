"""The repositories of support: what they keep, find, and leave alone."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.auth.records import User
from backend_v2.auth.repositories import UserRepository
from backend_v2.db.tables import support
from backend_v2.support.records import Mapping, Message, NewMessage, Ticket
from backend_v2.support.repositories import (
    CustomerMapRepository,
    SupportMessageRepository,
    TicketRepository,
    erase,
)
from backend_v2.support.support_customer_map_service import user_of
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH

ADA, EVE = UUID(int=1), UUID(int=2)
LATER = EPOCH + timedelta(hours=1)


def _users(connection: Connection) -> None:
    for user_id, email in ((ADA, "ada@x.example"), (EVE, "eve@x.example")):
        user = User(user_id, user_id.bytes, email, email, is_admin=False, suspended_at=None, created_at=EPOCH)
        assert UserRepository(connection).add(user)


def _ticket(number: int, user_id: UUID | None = ADA, email: str = "ada@x.example", status: str = "open") -> Ticket:
    return Ticket(
        id=UUID(int=number),
        user_id=user_id,
        requester_email=email,
        subject=f"ticket {number}",
        status=status,
        created_at=EPOCH + timedelta(minutes=number // 2),
        updated_at=EPOCH,
    )


def _message(ticket: Ticket, provider_id: str | None = None, direction: str = "inbound") -> NewMessage:
    return NewMessage(
        ticket_id=ticket.id,
        author_id=None,
        direction=direction,
        body="x",
        provider_message_id=provider_id,
        in_reply_to=None,
        created_at=EPOCH,
    )


def test_ticket_reads_back_and_changes_its_status(diglot: Diglot) -> None:
    """A ticket comes back to the microsecond; a new status says when; there is no other ticket."""
    with diglot.connect() as connection:
        _users(connection)
        TicketRepository(connection).add(_ticket(1))

    with diglot.connect() as connection:
        tickets = TicketRepository(connection)
        read = [tickets.get(UUID(int=1)), tickets.lock(UUID(int=1))]
        changed = tickets.set_status(UUID(int=1), "closed", at=LATER)
        none = [tickets.get(EVE), tickets.lock(EVE), tickets.set_status(EVE, "closed", at=LATER)]

    assert read == [_ticket(1)] * 2
    assert changed == replace(_ticket(1), status="closed", updated_at=LATER)
    assert none == [None] * 3


def test_lists_of_tickets_have_one_order(diglot: Diglot) -> None:
    """A user's tickets come newest first, the queue oldest first, of one instant by id; pages go on."""
    with diglot.connect() as connection:
        _users(connection)
        tickets = TicketRepository(connection)
        added = [tickets.add(_ticket(number)) for number in (3, 1, 2, 5)]
        tickets.add(_ticket(4, EVE))
        tickets.add(_ticket(6, status="closed"))
        first = tickets.of_user(ADA, status="open", limit=2)
        rest = tickets.of_user(ADA, status="open", limit=9, before=(first[-1].created_at, first[-1].id))
        head = tickets.queue(status=None, limit=2)
        tail = tickets.queue(status=None, limit=9, after=(head[-1].created_at, head[-1].id))
        closed = tickets.queue(status="closed", limit=9)

    assert len(added) == 4
    assert [one.id.int for one in (*first, *rest)] == [5, 3, 2, 1]
    assert [one.id.int for one in (*head, *tail)] == [1, 2, 3, 4, 5]
    assert [one.id.int for one in closed] == [6]


@pytest.mark.parametrize(
    ("mail_ids", "ticket", "sender", "sender_id", "found"),
    [
        (["m1"], None, "ada@x.example", None, 1),
        (["m1"], None, "ada@work.example", ADA, 1),
        (["m1"], None, "eve@x.example", EVE, None),
        (["m1"], None, "eve@x.example", None, None),
        (["m1", "m2", "other"], None, "ada@x.example", ADA, 2),
        ([], 1, "ada@x.example", None, 1),
        ([], 1, "eve@x.example", EVE, None),
        (["m3"], None, "stranger@x.example", None, 3),
        (["m3"], None, "ada@x.example", ADA, None),
        (["m1"], 2, "ada@x.example", None, 2),
        ([], None, "ada@x.example", ADA, None),
        ([""], 9, "ada@x.example", ADA, None),
    ],
    ids=str,
)
def test_thread_is_found_for_its_requester_alone(
    diglot: Diglot, *, mail_ids: list[str], ticket: int | None, sender: str, sender_id: UUID | None, found: int | None
) -> None:
    """A mail continues the newest ticket that it names or answers, if that is of its sender's address or user."""
    with diglot.connect() as connection:
        _users(connection)
        tickets, messages = TicketRepository(connection), SupportMessageRepository(connection)
        rows = [_ticket(1), _ticket(2), _ticket(3, None, "stranger@x.example")]
        stored = [(tickets.add(one), messages.add(_message(one, f"m{one.id.int}"))) for one in rows]

        thread = tickets.thread(
            mail_ids=mail_ids,
            ticket_id=None if ticket is None else UUID(int=ticket),
            sender=sender,
            sender_id=sender_id,
        )

    assert len(stored) == 3
    assert thread == (None if found is None else UUID(int=found))


def test_messages_read_back_in_order(diglot: Diglot) -> None:
    """Messages come back as they went in, the oldest first, page by page, and no other ticket's."""
    with diglot.connect() as connection:
        _users(connection)
        tickets, messages = TicketRepository(connection), SupportMessageRepository(connection)
        tickets.add(_ticket(1))
        tickets.add(_ticket(2))
        full = replace(_message(_ticket(1), "a@b", "outbound"), author_id=ADA, in_reply_to="c@d", body="é" * 20_000)
        stored = [messages.add(one) for one in (full, _message(_ticket(1)), _message(_ticket(1)))]
        messages.add(_message(_ticket(2)))
        first = messages.page(UUID(int=1), limit=1)
        rest = messages.page(UUID(int=1), limit=9, after=first[-1].id)

    assert [*first, *rest] == stored
    assert first == [Message(**full.__dict__, id=first[0].id)]


def test_message_whose_provider_id_is_taken_is_kept_without_it(diglot: Diglot) -> None:
    """Nobody's message is lost because another has its id; messages without an id do not collide."""
    with diglot.connect() as connection:
        _users(connection)
        TicketRepository(connection).add(_ticket(1))
        messages = SupportMessageRepository(connection)
        ids = [messages.add(_message(_ticket(1), one)).provider_message_id for one in ("a", "a", None, None)]

    with diglot.connect() as connection:
        read = SupportMessageRepository(connection).page(UUID(int=1), limit=9)

    assert ids == [one.provider_message_id for one in read] == ["a", None, None, None]


def test_newest_inbound_message_and_mail(diglot: Diglot) -> None:
    """The newest message of the requester's, and the newest that came by mail; neither is an answer of ours."""
    with diglot.connect() as connection:
        _users(connection)
        TicketRepository(connection).add(_ticket(1))
        messages = SupportMessageRepository(connection)
        none = (messages.newest_inbound(UUID(int=1)), messages.newest_mail(UUID(int=1)))
        rows = [("first@x", "inbound"), ("second@x", "inbound"), (None, "inbound"), ("ours", "outbound")]
        stored = [messages.add(_message(_ticket(1), *one)) for one in rows]
        newest = (messages.newest_inbound(UUID(int=1)), messages.newest_mail(UUID(int=1)))

    assert none == (None, None)
    assert newest == (stored[2].id, "second@x")


def test_map_keeps_moves_and_deletes(diglot: Diglot) -> None:
    """An address is of one user at a time; moving it keeps its instant, deleting it says what it was."""
    mapping = Mapping(email="a@x.example", user_id=ADA, created_at=EPOCH)
    with diglot.connect() as connection:
        _users(connection)
        found = CustomerMapRepository(connection)
        early = (found.find("a@x.example"), found.move("a@x.example", ADA), found.delete("a@x.example"))
        saved = found.save(mapping)
        moved = found.move("a@x.example", EVE)
        again = found.save(replace(mapping, created_at=LATER))
        read = found.find("a@x.example")
        page = found.page(limit=9), found.page(limit=9, after="a@x.example")
        deleted = found.delete("a@x.example")
        late = found.find("a@x.example")

    assert early == (None, None, None)
    assert saved == again == read == deleted == mapping
    assert moved == replace(mapping, user_id=EVE)
    assert page == ([mapping], [])
    assert late is None


@pytest.mark.parametrize(
    ("email", "user_id"),
    [("ada@x.example", EVE), ("eve@x.example", EVE), ("ada@work.example", ADA), ("nobody@x.example", None)],
)
def test_address_belongs_to_whom_the_map_says_first(diglot: Diglot, email: str, user_id: UUID | None) -> None:
    """The map says whose an address is; an address that it does not know is of the user who has it."""
    with diglot.connect() as connection:
        _users(connection)
        mappings = CustomerMapRepository(connection)
        mappings.save(Mapping(email="ada@x.example", user_id=EVE, created_at=EPOCH))
        mappings.save(Mapping(email="ada@work.example", user_id=ADA, created_at=EPOCH))

        assert user_of(connection, email) == user_id


def test_erase_takes_what_is_the_users_and_nothing_else(diglot: Diglot) -> None:
    """Gone are the user's tickets with all messages, an address's unowned ones, and the map's lines of both."""
    with diglot.connect() as connection:
        _users(connection)
        tickets, messages = TicketRepository(connection), SupportMessageRepository(connection)
        rows = [
            _ticket(1),
            _ticket(2, ADA, "ada@work.example"),
            _ticket(3, None, "ada@x.example"),
            _ticket(4, EVE, "ada@x.example"),
            _ticket(5, EVE, "eve@x.example"),
            _ticket(6, None, "stranger@x.example"),
        ]
        stored = [(tickets.add(one), messages.add(_message(one))) for one in rows]
        mappings = CustomerMapRepository(connection)
        lines = [("ada@work.example", ADA), ("ada@x.example", EVE), ("eve@work.example", EVE)]
        mapped = [mappings.save(Mapping(email=email, user_id=one, created_at=EPOCH)) for email, one in lines]

        erase(connection, user_id=ADA, email="ada@x.example")

    with diglot.connect() as connection:
        kept = connection.scalars(sa.select(support.support_tickets.c.id).order_by(support.support_tickets.c.id))
        assert [one.int for one in kept] == [4, 5, 6]
        talked = connection.scalars(sa.select(support.support_messages.c.ticket_id).order_by("ticket_id"))
        assert [one.int for one in talked] == [4, 5, 6]
        assert [one.email for one in CustomerMapRepository(connection).page(limit=9)] == ["eve@work.example"]
    assert (len(stored), len(mapped)) == (6, 3)


def test_erase_of_somebody_unknown_changes_nothing(diglot: Diglot) -> None:
    """Who never asked anything leaves nothing to delete."""
    with diglot.connect() as connection:
        _users(connection)
        TicketRepository(connection).add(_ticket(1))

        erase(connection, user_id=uuid4(), email="nobody@x.example")

        assert TicketRepository(connection).get(UUID(int=1)) == _ticket(1)
