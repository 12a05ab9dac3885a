"""What can go wrong with databases on a server, and with a server reached by URL (DG6xx)."""

from diglot.errors.base import DiglotError


class DatabaseNotOurs(DiglotError):
    """A database that Diglot was to drop does not carry Diglot's mark."""

    code = "DG601"

    def __init__(self, *, name: str, server: str) -> None:
        super().__init__(
            f"database {name!r} on {server} has no mark of Diglot's, so it is not dropped: somebody else made it. "
            f"Fix: drop it yourself if it is not needed, or give Diglot another server"
        )
