"""Say what is being done now: one line that is written over on a terminal, a line now and then elsewhere."""

import time
from typing import TextIO

from diglot.cli.colour import writable

_WIDTH = 96
_EVERY_S = 5.0


class Progress:
    """Tells of long work on a stream that is not the answer's."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._shown = False
        self._last = time.monotonic()

    def tell(self, text: str) -> None:
        """Show a short line about what is being done."""
        if self._live:
            self._stream.write(f"\r\033[K{writable(text)[:_WIDTH]}")
            self._stream.flush()
            self._shown = True
        elif time.monotonic() - self._last >= _EVERY_S:
            self._last = time.monotonic()
            print(writable(text), file=self._stream, flush=True)

    def clear(self) -> None:
        """Take the line away, before something else is written."""
        if self._shown:
            self._stream.write("\r\033[K")
            self._stream.flush()
            self._shown = False
