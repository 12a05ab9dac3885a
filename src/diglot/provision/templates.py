"""Build each template database once on a shared server, and keep it while somebody uses it.

A template is found by its mark: by the digest of the migrations that built it, so that a changed
migration leads to a new template, and by the role that owns what is in it. It is built under
another name and renamed last: what is called `diglot_t_...` is complete. An advisory lock makes
sessions on any number of machines build it once. A new build never replaces a template under the
hands of another session; it stands beside it, and the old one goes when nobody uses it.
"""

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from sqlalchemy import URL

from diglot.dialects import postgresql
from diglot.errors.databases import TemplateWaitedFor
from diglot.provision.databases import PREFIX, DatabaseAdmin, lock_number
from diglot.provision.mark import Mark

WAIT_S = 600

_NAME = f"{PREFIX}t_"
_SHOWN = 12
_KEPT = 8
_UNUSED_S = 14 * 86400
_NOTED_EVERY_S = 3600
_HOLDERS = """
    SELECT activity.usename, activity.application_name, activity.client_addr
    FROM pg_locks JOIN pg_stat_activity AS activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND classid = %s AND objid = %s AND objsubid = 1
"""


def ensure_template(
    admin: DatabaseAdmin,
    digest: str,
    build: Callable[[URL], None],
    *,
    fresh: bool = False,
    say: Callable[[str], None] = lambda _text: None,
    wait_s: int = WAIT_S,
) -> tuple[str, bool]:
    """Return the name of the sealed template for `digest`, and whether it was there already.

    build: migrates the empty database at the URL that it is given; what it raises passes through,
    and the half-built database is dropped. fresh: build, even when there is one. say: is told when
    another session has to be waited for. The template stays for as long as `admin` is open.
    Raises TemplateWaitedFor (DG616) after `wait_s` seconds.
    """
    if not fresh and (found := _take(admin, digest)):
        return found, True
    with _only_builder(admin, digest, say, wait_s):
        if not fresh and (found := _take(admin, digest)):
            return found, True
        name = _build(admin, digest, build)
        _use(admin, name)
        prune(admin, keep=name)
    return name, False


def templates(admin: DatabaseAdmin) -> dict[str, Mark]:
    """Return the sealed templates that this role may drop, the most recently used first."""
    found = [(name, mark) for name, mark in admin.marked().items() if is_template(name, mark)]
    return dict(sorted(found, key=lambda one: one[1].used_at, reverse=True))


def is_template(name: str, mark: Mark) -> bool:
    """Say whether a database is a template that has been finished."""
    return mark.kind == "template" and name.startswith(_NAME)


def prune(admin: DatabaseAdmin, *, keep: str = "") -> list[str]:
    """Drop the templates that nobody uses and that are old, too many, or built anew since; return their names."""
    dropped: list[str] = []
    seen: set[tuple[str, str]] = set()
    for rank, (name, mark) in enumerate(templates(admin).items()):
        unwanted = rank >= _KEPT or time.time() - mark.used_at > _UNUSED_S or (mark.digest, mark.role) in seen
        seen.add((mark.digest, mark.role))
        if unwanted and name != keep and drop_unused(admin, name):
            dropped.append(name)
    return dropped


def drop_unused(admin: DatabaseAdmin, name: str) -> bool:
    """Drop a template, unless another session uses it; return whether it was dropped."""
    lock = _use_lock(name)
    if lock in admin.held_locks() or not admin.query("SELECT pg_try_advisory_lock(%s)", lock)[0][0]:
        return False
    try:
        admin.drop(name)
    finally:
        admin.query("SELECT pg_advisory_unlock(%s)", lock)
    return True


def _take(admin: DatabaseAdmin, digest: str) -> str | None:
    """Return the newest template for `digest`, held so that nobody prunes it, and note its use."""
    fitting = {
        name: mark for name, mark in templates(admin).items() if (mark.digest, mark.role) == (digest, admin.role)
    }
    found = [(mark.made_at, name) for name, mark in fitting.items()]
    for _, name in sorted(found, reverse=True):
        _use(admin, name)
        mark = admin.marked().get(name)  # read again: it may have been pruned before it was held
        if mark is not None:
            if time.time() - mark.used_at > _NOTED_EVERY_S:
                admin.mark(name, replace(mark, used_at=time.time()))
            return name
    return None


def _build(admin: DatabaseAdmin, digest: str, build: Callable[[URL], None]) -> str:
    building = f"{PREFIX}building_{admin.session}_{secrets.token_hex(2)}"
    name = f"{_NAME}{digest[:_SHOWN]}_{secrets.token_hex(2)}"
    admin.create(building, Mark(kind="building", session=admin.session, digest=digest))
    try:
        build(admin.url.set(database=building))
        admin.mark(building, Mark(kind="template", session=admin.session, digest=digest, role=admin.role))
        admin.seal(building, name)
    except BaseException:
        with contextlib.suppress(postgresql.Error):  # a lost connection: the cause is what is to be seen
            admin.drop(building)
        raise
    return name


def _use(admin: DatabaseAdmin, name: str) -> None:
    admin.query("SELECT pg_advisory_lock_shared(%s)", _use_lock(name))


def _use_lock(name: str) -> int:
    return lock_number(f"use {name}")


@contextlib.contextmanager
def _only_builder(admin: DatabaseAdmin, digest: str, say: Callable[[str], None], wait_s: int) -> Iterator[None]:
    lock = lock_number(f"build {digest}")
    if not admin.query("SELECT pg_try_advisory_lock(%s)", lock)[0][0]:
        say(f"waiting for {_holder(admin, lock)}, who builds template {digest[:_SHOWN]}")
        _wait(admin, lock, digest, wait_s)
    try:
        yield
    finally:
        with contextlib.suppress(postgresql.Error):  # a lost connection has given back its locks
            admin.query("SELECT pg_advisory_unlock(%s)", lock)


def _wait(admin: DatabaseAdmin, lock: int, digest: str, wait_s: int) -> None:
    admin.query(f"SET lock_timeout = '{wait_s}s'")
    try:
        admin.query("SELECT pg_advisory_lock(%s)", lock)
    except postgresql.LockNotAvailable:
        raise TemplateWaitedFor(
            digest=digest[:_SHOWN], server=admin.place, holder=_holder(admin, lock), waited_s=wait_s
        ) from None
    finally:
        admin.query("SET lock_timeout = 0")


def _holder(admin: DatabaseAdmin, lock: int) -> str:
    """Name the session that holds a lock: its application, role and address."""
    number = lock & (1 << 64) - 1
    rows = admin.query(_HOLDERS, number >> 32, number & (1 << 32) - 1)
    if not rows:
        return "another session"
    role, application, address = rows[0]
    return f"{application or 'a session'} of role {role} ({address or 'through the local socket'})"
