"""What can go wrong with databases on a server, and with a server reached by URL (DG6xx)."""

from collections.abc import Mapping

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
            f"the Postgres URL cannot be used: {problem} (the URL is not shown, as it may hold a password). "
            f"Fix: write postgresql://user:password@host:port/database"
        )


class ServerUnreachable(DiglotError):
    """Nothing that is Postgres answers at the URL's address."""

    code = "DG603"

    def __init__(self, *, server: str, problem: str) -> None:
        super().__init__(
            f"no Postgres answers at {server}: {problem}. Fix: start it, correct host and port in the URL, "
            f"or unset DATABASE_URL to use the bundled server"
        )


class LoginRefused(DiglotError):
    """The server does not know this role, or not this password."""

    code = "DG604"

    def __init__(self, *, server: str, role: str, problem: str) -> None:
        super().__init__(
            f"{server} refuses the role {role!r}: {problem}. Fix: correct user and password in the URL, "
            f"or create the role on the server and let it log in"
        )


class MayNotCreateDatabases(DiglotError):
    """The role cannot create the databases that tests need."""

    code = "DG605"

    def __init__(self, *, server: str, role: str) -> None:
        super().__init__(
            f"role {role!r} on {server} may not create databases, and Diglot works only in databases that it "
            f"creates beside the one in the URL. Fix: ALTER ROLE {_identifier(role)} CREATEDB, as a superuser; "
            f"where the host does not allow that, unset DATABASE_URL to use the bundled server"
        )


class ServerTooOld(DiglotError):
    """The server is older than what is supported."""

    code = "DG606"

    def __init__(self, *, server: str, version: str, oldest: int) -> None:
        super().__init__(
            f"{server} is Postgres {version}, the oldest that is supported is {oldest}. "
            f"Fix: use a newer server, or unset DATABASE_URL to use the bundled one"
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


class HostUnknown(DiglotError):
    """The URL's host has no address."""

    code = "DG610"

    def __init__(self, *, host: str, problem: str) -> None:
        super().__init__(f"the host {host!r} has no address: {problem}. Fix: correct the host in the URL")


class TlsRefused(DiglotError):
    """The server and the URL do not agree on encryption."""

    code = "DG611"

    def __init__(self, *, server: str, asked: str, problem: str) -> None:
        fix = "set sslrootcert in the URL to the authority's certificate" if "verify" in asked else "see sslmode"
        if "does not support" in problem.lower():
            fix = "take sslmode out of the URL, or switch TLS on at the server"
        elif asked in {"disable", "allow", "prefer"}:
            fix = "add ?sslmode=require to the URL"
        super().__init__(f"no TLS with {server}: the URL says sslmode={asked}, and {problem}. Fix: {fix}")


class ServerFull(DiglotError):
    """The server, or the role, has as many connections as it may have."""

    code = "DG612"

    def __init__(self, *, server: str, problem: str) -> None:
        super().__init__(
            f"{server} takes no further connection: {problem}. Fix: run fewer workers, as each needs two connections "
            f"and those that its tests open, close other clients, or raise max_connections"
        )


class HostNotAllowed(DiglotError):
    """The server's `pg_hba.conf` does not let this role in from this machine."""

    code = "DG613"

    def __init__(self, *, server: str, role: str, problem: str, plain: bool) -> None:
        tls = "; if it admits TLS alone, add ?sslmode=require to the URL" if plain else ""
        super().__init__(
            f"{server} does not let the role {role!r} in from this machine: {problem}. "
            f"Fix: add a line for it to the server's pg_hba.conf{tls}"
        )


class NoDatabaseOpen(DiglotError):
    """The server answers, but none of the databases from which others can be created is open."""

    code = "DG614"

    def __init__(self, *, server: str, role: str, tried: Mapping[str, str]) -> None:
        lines = "".join(f"\n    {database}: {problem}" for database, problem in tried.items())
        super().__init__(
            f"role {role!r} can connect to no database on {server} from which to create others:{lines}\n"
            f"Fix: GRANT CONNECT ON DATABASE postgres TO {_identifier(role)}, or name a database that is open"
        )


class ServerReadOnly(DiglotError):
    """The server is a standby."""

    code = "DG615"

    def __init__(self, *, server: str) -> None:
        super().__init__(
            f"{server} is a standby, on which no database can be created. Fix: name its primary in the URL"
        )


class TemplateWaitedFor(DiglotError):
    """Another session has been building the same template for too long."""

    code = "DG616"

    def __init__(self, *, digest: str, server: str, holder: str, waited_s: int) -> None:
        super().__init__(
            f"template {digest} on {server} is being built by {holder}, and was not ready after {waited_s} s. "
            f"Fix: see whether those migrations hang; they may wait for a lock"
        )


class DriverMissing(DiglotError):
    """The library that connects to Postgres is not installed."""

    code = "DG617"

    def __init__(self, *, driver: str, problem: str) -> None:
        package = {"psycopg2": "psycopg2-binary", "psycopg": "psycopg[binary]"}.get(driver, driver)
        super().__init__(
            f"connecting to Postgres needs {driver}, and importing it says: {problem}. "
            f"Fix: pip install '{package}', which the extra diglot[postgres] brings along for psycopg2"
        )


def _identifier(name: str) -> str:
    """Return a name as SQL writes it."""
    plain = name.isidentifier() and name.isascii() and name == name.lower()
    return name if plain else '"' + name.replace('"', '""') + '"'
