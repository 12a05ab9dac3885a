"""Call the project's own function that makes rows: `[tool.diglot.checks] seed`."""

import traceback

from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool

from diglot.errors.rows import SeedFailed
from diglot.loading import load_object


class Seed:
    """The function that `reference` names (`module:function`), called after each revision; without one, nothing.

    Raises ImportFailed (DG108).
    """

    def __init__(self, reference: str | None) -> None:
        self._reference = reference or ""
        self._function = load_object(reference, said_in="[tool.diglot.checks] seed") if reference else None

    def plant(self, url: URL, revision: str) -> None:
        """Call the function in one transaction, and commit; raises SeedFailed (DG930)."""
        if self._function is None:
            return
        engine = create_engine(url, poolclass=NullPool)
        try:
            with engine.begin() as connection:
                self._function(connection, revision)
        except Exception as error:
            problem = "".join(traceback.format_exception_only(error)).splitlines()[0]
            site = self._site(error)
            raise SeedFailed(reference=self._reference, revision=revision, problem=problem, site=site) from error

    def _site(self, error: Exception) -> str:
        """The last line that is the function's own file, below which are the libraries that it calls."""
        frames = traceback.extract_tb(error.__traceback__)
        own = getattr(getattr(self._function, "__code__", None), "co_filename", "")
        where = next((frame for frame in reversed(frames) if frame.filename == own), frames[-1])
        return f"{where.filename}:{where.lineno}"
