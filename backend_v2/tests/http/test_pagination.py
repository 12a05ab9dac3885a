"""Page tokens are opaque, and good for the list that gave them out alone."""

import pytest

from backend_v2.errors import BadRequest
from backend_v2.http import pagination

KEY = b"a key"


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
