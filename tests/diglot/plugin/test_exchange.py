"""An answer is described whatever it holds."""

from typing import Any

import pytest

from diglot.client import Response, client_for
from diglot.parity.trace import Site
from diglot.plugin.exchange import describe

SITE = Site("test_exchange.py", 1, "test")


def _answer(content: bytes, content_type: str) -> Response:
    def echo(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", content_type)])
        return [content]

    with client_for(echo) as client:
        return client.post("/", content=content, headers={"Content-Type": content_type})


@pytest.mark.parametrize("content_type", ["application/json", "application/problem+json; charset=utf-8"])
def test_body_that_says_json_is_parsed(content_type: str) -> None:
    """JSON is compared as what it means, on the way in and on the way out."""
    found = describe(_answer(b'{"a": [1, null]}', content_type), SITE)

    assert found.body == found.request_body == {"a": [1, None]}


@pytest.mark.parametrize("depth", [101, 5_000, 200_000])
def test_body_that_is_nested_too_deep_is_text(depth: int) -> None:
    """A body that nobody could walk through is kept as the beginning of its text, and is no error."""
    content = b"[" * depth + b"]" * depth

    found = describe(_answer(content, "application/json"), SITE)

    assert found.body == content[:20_000].decode()


@pytest.mark.parametrize("content", [b"[1", b"\xff", b"plain"])
def test_body_that_is_no_json_is_text(content: bytes) -> None:
    """A body that only says that it is JSON is kept as text."""
    found = describe(_answer(content, "application/json"), SITE)

    assert found.body == content.decode("utf-8", "replace")


def test_body_of_100_levels_is_parsed() -> None:
    """What is nested as deep as is allowed is still JSON."""
    found = describe(_answer(b"[" * 100 + b"]" * 100, "application/json"), SITE)

    assert isinstance(found.body, list)
