"""Decide which user runs the server: Postgres refuses root, and initdb insists on a user name."""

import grp
import os
import pwd
import stat
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from diglot.errors.provision import AccountNameless, CannotSwitchUser
from diglot.provision.launch import launch

_PREFERRED = ("nobody", "postgres", "daemon")
_CAPABILITIES = {"CHOWN": 0, "DAC_OVERRIDE": 1, "KILL": 5, "SETGID": 6, "SETUID": 7}
_FALLBACK_ID = 65534


@dataclass(frozen=True)
class Account:
    """The user who owns the data directory and runs the server.

    means: `same` as this process; `switch` from root; `namespace`: this process's own user,
    who appears as `uid` inside a user namespace.
    """

    uid: int
    gid: int
    name: str | None
    means: Literal["same", "switch", "namespace"]

    @property
    def switch_user(self) -> int | None:
        """The user to switch to, for `launch`."""
        return self.uid if self.means == "switch" else None

    @property
    def switch_group(self) -> int | None:
        """The group to switch to, for `launch`."""
        return self.gid if self.means == "switch" else None

    @property
    def mapped_user(self) -> int | None:
        """The user to appear as, for `launch`."""
        return self.uid if self.means == "namespace" else None

    @property
    def description(self) -> str:
        """The account in words, for messages."""
        return f"user {self.name or '(nameless)'} (id {self.uid})"


def server_account() -> Account:
    """Return the account that runs the server; raises CannotSwitchUser (DG505)."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), _name_of(os.geteuid()), "same")
    account = _unprivileged()
    problem = _switch_problem(account)
    if problem is None:
        return account
    mapped = replace(account, means="namespace")
    refusal = _namespace_problem(mapped)
    if refusal is not None:
        raise CannotSwitchUser(account=account.description, problem=f"{problem}, and {refusal}")
    return mapped


def initdb_account(account: Account) -> Account:
    """Return the account that runs initdb, which wants a user name; raises AccountNameless (DG506)."""
    if account.name is not None:
        return account
    named = _unprivileged()
    mapped = replace(named, means="namespace")
    problem = _namespace_problem(mapped)
    if problem is not None:
        raise AccountNameless(uid=account.uid, problem=problem)
    return mapped


def blocked_at(path: Path, account: Account) -> Path | None:
    """Return the first folder on the way to `path` that `account` cannot enter, or None.

    Only permission bits are read, not access control lists: a wrong "blocked" costs a copy.
    """
    if account.means != "switch":
        return None
    resolved = path.resolve()
    folders = [*reversed(resolved.parents), resolved]
    return next((folder for folder in folders if not _may_search(folder, account)), None)


def _may_search(folder: Path, account: Account) -> bool:
    facts = folder.stat()
    if facts.st_uid == account.uid:
        return bool(facts.st_mode & stat.S_IXUSR)
    if facts.st_gid == account.gid:
        return bool(facts.st_mode & stat.S_IXGRP)
    return bool(facts.st_mode & stat.S_IXOTH)


def _unprivileged() -> Account:
    entries = {entry.pw_name: entry for entry in reversed(pwd.getpwall()) if entry.pw_uid != 0}
    chosen = next((entries[name] for name in _PREFERRED if name in entries), next(iter(entries.values()), None))
    if chosen is None:
        raise CannotSwitchUser(account="anybody", problem="the user database has no user but root")
    return Account(chosen.pw_uid, _existing_group(chosen.pw_gid), chosen.pw_name, "switch")


def _existing_group(gid: int) -> int:
    # macOS gives `nobody` the group -2, which it shows as an unsigned number that setgid refuses.
    return gid if 0 < gid < 2**31 else grp.getgrnam("nobody").gr_gid % 2**32


def _switch_problem(account: Account) -> str | None:
    """Say why root cannot run the server as `account`, or None; outside Linux root always can."""
    if sys.platform != "linux":
        return None
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    effective = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapEff:"))
    missing = [name for name, bit in _CAPABILITIES.items() if not effective >> bit & 1]
    if missing:
        return f"root lacks the capabilities {', '.join(missing)}"
    if not _is_mapped("uid_map", account.uid) or not _is_mapped("gid_map", account.gid):
        return f"the user namespace has no user {account.uid} or no group {account.gid}"
    if Path("/proc/self/setgroups").read_text(encoding="ascii").strip() == "deny":
        return "the user namespace forbids a change of groups"
    return None


def _is_mapped(table: str, number: int) -> bool:
    rows = (line.split() for line in Path("/proc/self", table).read_text(encoding="ascii").splitlines())
    return any(int(inside) <= number < int(inside) + int(count) for inside, _outside, count in rows)


def _namespace_problem(account: Account) -> str | None:
    if sys.platform != "linux":
        return "user namespaces exist on Linux only"
    try:
        code = launch(["/bin/sh", "-c", ":"], mapped_user=account.mapped_user).wait()
    except (OSError, subprocess.SubprocessError) as error:
        return f"user namespaces are not permitted here ({error})"
    return None if code == 0 else f"a program in a user namespace ended with {code}"


def _name_of(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None
