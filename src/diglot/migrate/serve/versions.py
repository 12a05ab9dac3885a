"""Where Alembic's version table is known to be, so that it is not looked for before each of many steps."""

from alembic.runtime.migration import MigrationContext
from sqlalchemy import URL, Connection


class VersionTable:
    """The table to which the last step on the kept database wrote its revision, after all else that it did."""

    def __init__(self) -> None:
        self._kept: URL | None = None
        self._configured: tuple[str | None, str] | None = None
        self._seen: tuple[str | None, str] | None = None

    def keep(self, url: URL | None) -> None:
        """Remember the table of this database only."""
        if url != self._kept:
            self._kept, self._seen = url, None

    def expect(self, url: URL, context: MigrationContext, handed: Connection) -> None:
        """Let Alembic take the table for granted when the last step left it there.

        Whether an env.py commits on a connection of its own is not known: only the one that was handed over counts.
        Alembic has no setting for this. A release that asks in another way than 1.20 is not hindered, and asks.
        """
        is_handed = context.connection is handed
        self._configured = (context.version_table_schema, context.version_table) if is_handed else None
        if url == self._kept and self._seen is not None and self._configured == self._seen:
            context._has_version_table = lambda: True  # type: ignore[method-assign]
        self._seen = None

    def seen(self, url: URL) -> None:
        """Note that a step went well, with its revision written down."""
        self._seen = self._configured if url == self._kept else None
