"""What can go wrong while an embedded or installed Postgres server is provided (DG5xx)."""

from collections.abc import Iterable
from difflib import get_close_matches

from diglot.errors.base import DiglotError

REQUESTS = ("auto", "embedded", "system")


class NoBinaries(DiglotError):
    """No Postgres server program that works was found."""

    code = "DG501"

    def __init__(self, *, request: str, places: Iterable[str], problems: Iterable[str]) -> None:
        broken = "".join(f"\n    {problem}" for problem in problems)
        found = f"; these were found but cannot be used:{broken}\n" if broken else ". "
        super().__init__(
            f"no Postgres server programs for {request!r}: searched {', '.join(places)}{found}"
            "Fix: pip install 'diglot[postgres]', or install a Postgres server package, or give a server by URL"
        )


class UnknownPostgres(DiglotError):
    """The request names no kind of server."""

    code = "DG502"

    def __init__(self, *, request: str) -> None:
        near = get_close_matches(request.lower(), REQUESTS, n=1)
        hint = f"write {near[0]!r}" if near else "write 'auto', 'embedded', 'system', a major such as '16', or a URL"
        super().__init__(
            f"unknown Postgres {request!r}: it is none of {', '.join(REQUESTS)}, no major version, "
            f"no folder of server programs and no URL. Fix: {hint}"
        )


class MajorNotFound(DiglotError):
    """Server programs were found, but none of the major that was asked for."""

    code = "DG503"

    def __init__(self, *, major: int, found: Iterable[str]) -> None:
        super().__init__(
            f"Postgres {major} was asked for, but only {', '.join(found) or 'nothing'} was found. "
            f"Fix: install the server package of Postgres {major}, or ask for a major that is there"
        )


class BinariesUnreadable(DiglotError):
    """The account that must run the server cannot reach its programs, and they cannot be copied."""

    code = "DG504"

    def __init__(self, *, bin_dir: str, account: str, problem: str) -> None:
        super().__init__(
            f"the Postgres programs in {bin_dir} cannot be run by {account}: {problem}. "
            f"Fix: chmod a+rX that folder and the folders above it, or install them elsewhere"
        )


class CannotSwitchUser(DiglotError):
    """The process is root, Postgres refuses root, and root may not become anybody else here."""

    code = "DG505"

    def __init__(self, *, account: str, problem: str) -> None:
        super().__init__(
            f"Postgres refuses to run as root, and this process cannot start it as {account}: {problem}. "
            f"Fix: run as an ordinary user, or allow root to switch users "
            f"(in a container: --cap-add CHOWN,DAC_OVERRIDE,KILL,SETGID,SETUID)"
        )


class AccountNameless(DiglotError):
    """`initdb` needs a user name, and the user who runs this process has none."""

    code = "DG506"

    def __init__(self, *, uid: int, problem: str) -> None:
        super().__init__(
            f"user id {uid} has no entry in the user database, which initdb insists on, and a user namespace "
            f"cannot stand in for one: {problem}. "
            f"Fix: echo 'tester:x:{uid}:0::/tmp:/bin/sh' >> /etc/passwd when the image is built"
        )


class SocketPathTooLong(DiglotError):
    """The runtime directory leaves no room for the name of a unix socket."""

    code = "DG507"

    def __init__(self, *, path: str, length: int, limit: int) -> None:
        super().__init__(
            f"the socket path {path} has {length} bytes, but this system allows {limit}. "
            f"Fix: set DIGLOT_RUNTIME_DIR to a folder with a shorter name, or unset it"
        )


class DirectoryUnusable(DiglotError):
    """A directory that Diglot needs cannot be made, written, or trusted."""

    code = "DG508"

    def __init__(self, *, path: str, purpose: str, problem: str, variable: str) -> None:
        super().__init__(
            f"{path} cannot be the {purpose} directory: {problem}. "
            f"Fix: correct its owner and mode, or set {variable} to another folder"
        )


class SeedDamaged(DiglotError):
    """A cached data directory is no longer what was sealed."""

    code = "DG509"

    def __init__(self, *, name: str, path: str, sealed: str, found: str) -> None:
        super().__init__(
            f"the cached Postgres data {path} was changed after it was sealed: sealed {sealed}, found {found}. "
            f"Fix: diglot cache clear {name}"
        )


class InitdbFailed(DiglotError):
    """`initdb`, or the packing of what it made, ended with an error."""

    code = "DG510"

    def __init__(self, *, program: str, output: str) -> None:
        super().__init__(
            f"{program} could not make a database cluster; nothing was cached. It said:\n{_indent(output)}\n"
            f"Fix: diglot doctor, or choose other programs with --postgres"
        )


class ServerNotStarted(DiglotError):
    """The server program ended, or did not get ready in time."""

    code = "DG511"

    def __init__(self, *, program: str, problem: str, log_tail: str) -> None:
        super().__init__(
            f"{program} did not start: {problem}. The end of its log:\n{_indent(log_tail) or '    (empty)'}\n"
            f"Fix: diglot doctor, or choose other programs with --postgres"
        )


class ServerBusy(DiglotError):
    """Another process holds the server's lock but does not answer."""

    code = "DG512"

    def __init__(self, *, directory: str, waited_s: float) -> None:
        super().__init__(
            f"another process holds {directory}/lock but has not answered for {waited_s:.0f} s. "
            f"Fix: end the process that holds it (fuser {directory}/lock), then run again"
        )


class ServerLost(DiglotError):
    """The server ended while it was leased."""

    code = "DG513"

    def __init__(self, *, version: str, problem: str, log_tail: str) -> None:
        super().__init__(
            f"Postgres {version} ended while it was in use: {problem}. The end of its log:\n"
            f"{_indent(log_tail) or '    (empty)'}\nFix: run again; nothing of it was kept"
        )


class NoRoom(DiglotError):
    """Neither memory nor disk has room for a data directory."""

    code = "DG514"

    def __init__(self, *, path: str, needed: int, free: int) -> None:
        super().__init__(
            f"no room for a Postgres data directory: {path} has {free >> 20} MB free, {needed >> 20} MB are needed. "
            f"Fix: free some space, or set DIGLOT_DATA_DIR to a folder on another disk"
        )


class CacheEntryUnknown(DiglotError):
    """The cache has no entry of the name that was given."""

    code = "DG515"

    def __init__(self, *, name: str, known: Iterable[str]) -> None:
        super().__init__(
            f"the cache has no entry {name!r}: it has {', '.join(known) or 'none'}. Fix: diglot cache ls shows the names"
        )


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.strip().splitlines())
