"""Calls to other services: the one module that knows httpx."""

import httpx

__all__ = ["BaseTransport", "HttpError", "Response", "WsgiTransport", "client"]

BaseTransport = httpx.BaseTransport
HttpError = httpx.HTTPError
Response = httpx.Response
WsgiTransport = httpx.WSGITransport


def client(
    base_url: str,
    *,
    headers: dict[str, str],
    timeout_s: float,
    transport: httpx.BaseTransport | None = None,
) -> httpx.Client:
    """Return a client for one service; `transport` replaces the network in tests."""
    return httpx.Client(base_url=base_url, headers=headers, timeout=timeout_s, transport=transport)
