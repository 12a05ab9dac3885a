"""Keep one copy of the template ready, so that a test seldom waits for its clone.

The next copy is made while the test with the previous one runs. Nothing is made before the
first clone is asked for: most runs ask for none.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from sqlalchemy import URL


class ClonePool:
    """Copies of one template for one process.

    create: makes a copy and returns its URL; drop: removes one. Both run on a thread of the pool,
    one after the other, so that they may share an administration connection.
    """

    def __init__(self, create: Callable[[], URL], drop: Callable[[URL], None]) -> None:
        self._create, self._drop = create, drop
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="diglot-clones")
        self._next: Future[URL] | None = None
        self._dropping: list[Future[None]] = []

    def take(self, *, more: bool) -> URL:
        """Return a copy that nobody else has; prepare the next one when `more` will be wanted."""
        promise = self._next or self._thread.submit(self._create)
        self._next = None
        url = promise.result()
        if more:
            self._next = self._thread.submit(self._create)
        return url

    def give_back(self, url: URL) -> None:
        """Drop a copy in the background; a failure is raised by `close`."""
        self._dropping.append(self._thread.submit(self._drop, url))

    def close(self) -> None:
        """Drop the copy that nobody took; raise the first failure to drop one."""
        if self._next is not None:
            self._dropping.append(self._thread.submit(self._drop, self._next.result()))
            self._next = None
        self._thread.shutdown(wait=True)
        for dropped in self._dropping:
            dropped.result()
