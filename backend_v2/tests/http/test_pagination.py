"""Page tokens are opaque, and good for the list that gave them out alone."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from backend_v2.errors import BadRequest
from backend_v2.http import pagination
from backend_v2.http.pagination import Cursor

KEY = b"a key"
NOON = datetime(2024, 6, 3, 12, 0, 0, 1, tzinfo=UTC)


def test_token_gives_its_values_back() -> None:
    """What went into a token comes out of it, and it can travel in a URL as it is."""
    token = pagination.encode(["2024-01-02", 7], scope="bars", key=KEY)

    assert pagination.decode(token, scope="bars", key=KEY) == ["2024-01-02", 7]
    assert token.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(("scope", "key"), [("snapshots", KEY), ("bars", b"another key")])
def test_token_of_another_list_or_key_is_refused(scope: str, key: bytes) -> None:
    """A token is refused by another list, and by an installation with another key."""
    token = pagination.encode([1], scope="bars", key=KEY)

    with pytest.raises(BadRequest, match="page_token"):
        pagination.decode(token, scope=scope, key=key)


@pytest.mark.parametrize(
    "token", ["", "AAAA", "%%%", "ä", "A" * 200, "A", "A" * 22, "\udcff", "A\n", "A A", "=", "\0"]
)
def test_text_that_is_no_token_is_refused(token: str) -> None:
    """Whatever somebody makes up is refused in the same words."""
    with pytest.raises(BadRequest, match="not one that this list gave out"):
        pagination.decode(token, scope="bars", key=KEY)


def test_token_with_one_changed_letter_is_refused() -> None:
    """Nobody can go on from a row that they choose."""
    token = pagination.encode([10], scope="bars", key=KEY)
    changed = token[:-1] + ("A" if token[-1] != "A" else "Q")

    with pytest.raises(BadRequest):
        pagination.decode(changed, scope="bars", key=KEY)


@pytest.mark.parametrize(
    ("key", "read"),
    [(7, int), ("AAPL", str), (date(2024, 1, 31), date.fromisoformat), (NOON, datetime.fromisoformat)],
    ids=["number", "text", "day", "instant"],
)
def test_cursor_reads_the_key_that_it_wrote(key: object, read: Any) -> None:
    """A key goes into a token and comes back as it was, to the microsecond and the zone."""
    cursor = Cursor("bars", key=KEY)

    assert cursor.one(cursor.token(key), read) == key


def test_cursor_reads_two_keys_in_their_order() -> None:
    """The second key, which settles ties, comes back beside the first."""
    cursor = Cursor("orders", key=KEY)

    assert cursor.two(cursor.token((NOON, UUID(int=5))), datetime.fromisoformat, UUID) == (NOON, UUID(int=5))


def test_cursor_of_the_first_page_has_no_key_and_of_the_last_no_token() -> None:
    """Without a token the list begins at its beginning; after its last row there is no token."""
    cursor = Cursor("bars", key=KEY)

    assert (cursor.one(None, int), cursor.two(None, int, int), cursor.token(None)) == (None, None, None)


def test_cursor_refuses_the_token_of_another_list() -> None:
    """A token says which list it is of, with its filters."""
    token = Cursor("orders open", key=KEY).token(7)

    with pytest.raises(BadRequest, match="page_token"):
        Cursor("orders filled", key=KEY).one(token, int)
