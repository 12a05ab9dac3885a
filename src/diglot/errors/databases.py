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


class UrlInvalid(DiglotError):
    """A text that should be a Postgres URL is none."""

    code = "DG602"

    def __init__(self, *, problem: str) -> None:
        super().__init__(
            f"the Postgres URL cannot be used: {problem} (it is not shown, as it may hold a password). "
            f"Fix: write postgresql://user:password@host:port/database"
        )


class ServerUnreachable(DiglotError):
    """Nothing answers at the URL's address."""

    code = "DG603"

    def __init__(self, *, server: str, problem: str) -> None:
        super().__init__(
            f"no Postgres answers at {server}: {problem}. Fix: start it, correct the URL, "
            f"or unset DATABASE_URL to use the bundled server"
        )


class LoginRefused(DiglotError):
    """The server does not let this role in."""

    code = "DG604"

    def __init__(self, *, server: str, role: str, problem: str) -> None:
        super().__init__(
            f"{server} refuses the role {role!r}: {problem}. Fix: correct user and password in the URL, "
            f"or let the role log in"
        )


class MayNotCreateDatabases(DiglotError):
    """The role cannot create the databases that tests need."""

    code = "DG605"

    def __init__(self, *, server: str, role: str) -> None:
        super().__init__(
            f"role {role!r} on {server} may not create databases, and Diglot works only in databases that it "
            f"creates beside the one in the URL. Fix: ALTER ROLE {role} CREATEDB"
        )


class ServerTooOld(DiglotError):
    """The server is older than what is supported."""

    code = "DG606"

    def __init__(self, *, server: str, version: str, oldest: int) -> None:
        super().__init__(
            f"{server} is Postgres {version}, the oldest that is supported is {oldest}. "
            f"Fix: use a newer server, or the bundled one with --postgres embedded"
        )


class DatabaseTaken(DiglotError):
    """A name that Diglot wants for a new database is in use."""

    code = "DG607"

    def __init__(self, *, name: str, server: str) -> None:
        super().__init__(
            f"there is a database {name!r} on {server} already, and Diglot replaces none. "
            f"Fix: rename or drop it, if it is not needed"
        )


class DatabaseNameTooLong(DiglotError):
    """A database's name would be cut short by Postgres."""

    code = "DG608"

    def __init__(self, *, name: str, length: int, limit: int) -> None:
        super().__init__(
            f"the database name {name!r} has {length} bytes, Postgres keeps {limit}. "
            f"Fix: use a shorter name for the worker"
        )


class DatabaseInUse(DiglotError):
    """A database of Diglot's cannot be dropped, because somebody is connected to it."""

    code = "DG609"

    def __init__(self, *, name: str, server: str, users: str) -> None:
        super().__init__(
            f"database {name!r} on {server} cannot be dropped: {users} is connected to it, and this role may not "
            f"disconnect {users}. Fix: close that connection; the next run drops the database"
        )
