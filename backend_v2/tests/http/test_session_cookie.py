"""The cookie is as closed as the installation's origins allow."""

import pytest
from flask import Response

from backend_v2.config import Config
from backend_v2.http.session_cookie import clear_session, set_session

PUBLIC = Config(rp_id="example.com", origins=("https://example.com",))


@pytest.mark.parametrize(("config", "is_secure"), [(PUBLIC, True), (Config(), False)], ids=["public", "localhost"])
def test_cookie_is_for_https_alone_except_on_localhost(config: Config, *, is_secure: bool) -> None:
    """`HttpOnly` and `SameSite=Lax` always, `Secure` except for http on localhost."""
    response = Response()

    set_session(response, "token", config)

    (cookie,) = response.headers.getlist("Set-Cookie")
    assert cookie.startswith("raptor_session=token; ")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert ("Secure" in cookie.split("; ")) is is_secure


def test_cleared_cookie_ends_at_once() -> None:
    """Clearing sends an empty cookie that has expired already, for the same path."""
    response = Response()

    clear_session(response, PUBLIC)

    (cookie,) = response.headers.getlist("Set-Cookie")
    assert {"raptor_session=", "Max-Age=0", "Path=/", "Secure", "HttpOnly"} <= set(cookie.split("; "))
