"""Find and drop what dead sessions left on a shared server.

Each session holds an advisory lock for as long as its connection lives; the server releases it
when the client is killed. A database whose session holds no lock any more is left over.
"""

import contextlib
import time

from diglot.errors.databases import DatabaseInUse
from diglot.provision.databases import DatabaseAdmin, lock_number
from diglot.provision.mark import Mark
from diglot.provision.templates import is_template

_KEPT_S = 14 * 86400


def leftovers(admin: DatabaseAdmin) -> list[str]:
    """Return the names of the databases whose sessions are gone and to which nobody is connected.

    Templates and databases kept for a look (for two weeks) are not left over. A database without a
    mark is one only when it has a private name, which its session gave it just before it died.
    """
    unfinished = admin.unfinished()
    makers = {name: mark.session for name, mark in admin.marked().items() if not _stays(name, mark)}
    alive = {lock_number(f"session {admin.session}"), *admin.held_locks()}
    gone = [
        name
        for name, session in {**unfinished, **makers}.items()
        if lock_number(f"session {session}") not in alive and not admin.is_connected(name)
    ]
    return sorted(gone)


def sweep(admin: DatabaseAdmin) -> list[str]:
    """Drop the leftovers; return the names of those that are gone."""
    unfinished = admin.unfinished()
    dropped = []
    for name in leftovers(admin):
        with contextlib.suppress(DatabaseInUse):  # somebody has just come to look at it
            if name in unfinished:
                admin.drop_unfinished(name)
            else:
                admin.drop(name)
            dropped.append(name)
    return dropped


def _stays(name: str, mark: Mark) -> bool:
    young = time.time() - mark.made_at < _KEPT_S
    return is_template(name, mark) or (mark.kind == "kept" and young)
