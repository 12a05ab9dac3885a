"""What can go wrong while a server is started from binaries on this machine (DG5xx)."""

from diglot.errors.base import DiglotError


class BinariesNotFound(DiglotError):
    """There is no Postgres server to start."""

    code = "DG501"

    def __init__(self, *, request: str, looked_in: str, found: str) -> None:
        super().__init__(
            f"no Postgres for --postgres {request}: looked in {looked_in}; found {found}. "
            f"Fix: pip install 'diglot[postgres]', or name a server with --postgres URL"
        )


class BinariesBroken(DiglotError):
    """A Postgres program is there and does not run."""

    code = "DG502"

    def __init__(self, *, program: str, user: str, problem: str) -> None:
        super().__init__(
            f"{program} does not run as {user}: {problem}. "
            f"Fix: make it readable and executable for that user, or choose other binaries with --postgres"
        )


class UserSwitchRefused(DiglotError):
    """Root may not become the unprivileged user that Postgres insists on."""

    code = "DG503"

    def __init__(self, *, user: str, problem: str) -> None:
        super().__init__(
            f"Postgres refuses to run as root, and this root may not become {user}: {problem}. "
            f"Fix: run as an ordinary user, give the container CAP_SETUID and CAP_SETGID, or use --postgres URL"
        )


class ClusterNotMade(DiglotError):
    """`initdb` failed."""

    code = "DG504"

    def __init__(self, *, program: str, user: str, output: str) -> None:
        super().__init__(
            f"{program} could not make a cluster as {user}. It said:\n{_indent(output)}\n"
            f"Fix: see `diglot doctor`, or use --postgres URL"
        )


class ServerNotStarted(DiglotError):
    """The server ended before it was ready."""

    code = "DG505"

    def __init__(self, *, program: str, log: str) -> None:
        super().__init__(
            f"{program} did not get ready. Its log ends with:\n{_indent(log)}\nFix: see `diglot doctor`, "
            f"which checks memory, disk and rights, or use --postgres URL"
        )


class NoRoom(DiglotError):
    """No place has enough room for a server's data directory."""

    code = "DG506"

    def __init__(self, *, needed_mb: int, places: str) -> None:
        super().__init__(
            f"a data directory needs {needed_mb} MB, but there is {places}. "
            f"Fix: free some room, or set DIGLOT_RUNTIME_DIR to a folder that has it"
        )


class SocketPathTooLong(DiglotError):
    """A unix socket's path does not fit into the operating system's limit."""

    code = "DG507"

    def __init__(self, *, path: str, length: int, limit: int) -> None:
        super().__init__(
            f"the socket path {path} has {length} bytes, the operating system allows {limit}. "
            f"Fix: set DIGLOT_RUNTIME_DIR to a shorter path, such as /dev/shm or /tmp"
        )


class CacheUnusable(DiglotError):
    """The cache or runtime folder cannot be written."""

    code = "DG508"

    def __init__(self, *, path: str, problem: str, variable: str) -> None:
        super().__init__(
            f"{path} cannot be used: {problem}. Fix: make it writable, or set {variable} to a folder that is"
        )


class SeedEdited(DiglotError):
    """A cached cluster is no longer what was sealed."""

    code = "DG509"

    def __init__(self, *, path: str, sealed: str, found: str) -> None:
        super().__init__(
            f"the cached template {path} was changed after it was sealed: its inventory was {sealed}, now it is "
            f"{found}. Fix: diglot cache clear, or run once with --fresh-template"
        )


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-12:])
