"""Speak HTTP to the application under test, in process: the one module that knows httpx.

A WSGI application is called in the test's own thread. An ASGI application is run on an event
loop of the client's own, which turns only while a request is under way, in the test's thread
as well; its lifespan begins with the client and ends with it.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import httpx

__all__ = ["AsgiTransport", "Client", "HttpError", "Response", "client_for", "is_asgi", "observers"]

Client = httpx.Client
Response = httpx.Response
HttpError = httpx.HTTPError

BASE_URL = "http://localhost"

observers: "list[Callable[[httpx.Response], None]]" = []
"""What is told each answer that a client of `client_for` gets, with its request, once the body has been read."""

_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@contextmanager
def client_for(app: Callable[..., Any]) -> Iterator[httpx.Client]:
    """Yield a client whose requests go to `app`, which is WSGI or ASGI.

    An exception that the application does not handle reaches the test.
    """
    transport = AsgiTransport(app) if is_asgi(app) else httpx.WSGITransport(app=app)
    with httpx.Client(transport=transport, base_url=BASE_URL, event_hooks={"response": [_tell]}) as client:
        yield client


def _tell(response: httpx.Response) -> None:
    if observers:
        response.read()
        for observer in observers:
            observer(response)


def is_asgi(app: Callable[..., Any]) -> bool:
    """Say whether `app` is called with `(scope, receive, send)` and must be awaited."""
    call = app if inspect.isfunction(app) or inspect.ismethod(app) else getattr(app, "__call__", app)  # noqa: B004
    return inspect.iscoroutinefunction(call)


class AsgiTransport(httpx.BaseTransport):
    """A synchronous transport for an ASGI application, with its lifespan."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self._loop = asyncio.new_event_loop()
        self._lifespan = _Lifespan(app, self._loop)
        self._transport = httpx.ASGITransport(app=self._lifespan.app_with_state)
        self._loop.run_until_complete(self._lifespan.start())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and read the whole answer."""
        return self._loop.run_until_complete(self._send(request))

    async def _send(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        outgoing = httpx.Request(request.method, request.url, headers=request.headers, content=body)
        response = await self._transport.handle_async_request(outgoing)
        content = await response.aread()
        return httpx.Response(response.status_code, headers=response.headers, content=content)

    def close(self) -> None:
        """End the application's lifespan and the loop."""
        try:
            self._loop.run_until_complete(self._lifespan.stop())
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        finally:
            self._loop.close()


class _Lifespan:
    """The ASGI lifespan protocol; an application that does not speak it is left alone."""

    def __init__(self, app: Callable[..., Any], loop: asyncio.AbstractEventLoop) -> None:
        self._app = app
        self._loop = loop
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_app: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._state: dict[str, Any] = {}

    async def app_with_state(self, scope: MutableMapping[str, Any], receive: _Receive, send: _Send) -> None:
        """Call the application with what its lifespan left for each request."""
        await self._app({**scope, "state": dict(self._state)}, receive, send)

    async def start(self) -> None:
        """Start up; raises RuntimeError with the application's own message when it refuses."""
        self._task = self._loop.create_task(self._run())
        await self._to_app.put({"type": "lifespan.startup"})
        answer = await self._from_app.get()
        if answer is not None and answer["type"] == "lifespan.startup.failed":
            raise RuntimeError(f"the application's startup failed: {answer.get('message', '')}")

    async def stop(self) -> None:
        """Shut down and wait until the application is done."""
        if self._task is not None and not self._task.done():
            await self._to_app.put({"type": "lifespan.shutdown"})
            await self._task

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self._state}
        try:
            await self._app(scope, self._to_app.get, self._from_app.put)
        except Exception:  # noqa: BLE001 - the specification: an exception means that lifespan is not spoken
            await self._from_app.put(None)
