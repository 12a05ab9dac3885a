"""A template is built once on a shared server, by whoever comes first, and kept while it is used."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import psycopg2
import pytest
from shelf import until
from sqlalchemy import URL
from tcp_server import TcpServer

from diglot.dialects import postgresql
from diglot.errors.databases import TemplateWaitedFor
from diglot.provision.databases import DatabaseAdmin, lock_number
from diglot.provision.leftovers import leftovers, sweep
from diglot.provision.templates import ensure_template, prune, templates

OpenAdmin = Callable[..., DatabaseAdmin]

DIGEST = "feed" * 16
DAY_S = 86400

NEVER_FINISHES = """
import sys, threading
from diglot.provision.external import open_server
from diglot.provision.templates import ensure_template

def build(url):
    print("building", flush=True)
    threading.Event().wait()

ensure_template(open_server(sys.argv[1]).admin, sys.argv[2], build)
"""


def _build(url: URL) -> None:
    with closing(psycopg2.connect(**postgresql.connect_arguments(url))) as connection:
        connection.cursor().execute("CREATE TABLE made (id INTEGER)")
        connection.commit()


def _age(admin: DatabaseAdmin, days: Mapping[str, float]) -> None:
    """Let templates have been used last so many days ago."""
    marks = admin.marked()
    for name, ago in days.items():
        admin.mark(name, replace(marks[name], used_at=time.time() - ago * DAY_S))


def _end(session: DatabaseAdmin, admin: DatabaseAdmin) -> None:
    """Close a session, and wait until the server has noticed."""
    session.close()
    assert until(lambda: lock_number(f"session {session.session}") not in admin.held_locks())


def test_template_is_built_once_and_found_again(admin: DatabaseAdmin, open_admin: OpenAdmin) -> None:
    """The second session finds the first one's template, complete and closed."""
    first, first_cached = ensure_template(admin, DIGEST, _build)
    second, second_cached = ensure_template(open_admin(), DIGEST, _build)

    assert (first_cached, second_cached) == (False, True)
    assert first == second
    assert first.startswith("diglot_t_feedfeedfeed_")
    with pytest.raises(psycopg2.OperationalError, match="not currently accepting connections"):
        _build(admin.url.set(database=first))


def test_template_is_copied_with_what_was_built(admin: DatabaseAdmin, server: TcpServer) -> None:
    """A copy has the migrated tables."""
    name, _ = ensure_template(admin, DIGEST, _build)

    admin.create("diglot_clone", admin.marked()[name], template=name)

    assert server.run_sql("SELECT * FROM made", database="diglot_clone") == []


def test_template_of_other_migrations_is_another(admin: DatabaseAdmin) -> None:
    """A changed digest leads to a new template beside the old one."""
    first, _ = ensure_template(admin, DIGEST, _build)

    second, cached = ensure_template(admin, "beef" * 16, _build)

    assert not cached
    assert set(templates(admin)) == {first, second}


def test_template_of_another_role_is_not_ours(admin: DatabaseAdmin, open_admin: OpenAdmin) -> None:
    """What another role's migrations made would belong to that role: even a superuser builds its own."""
    ensure_template(admin, DIGEST, _build)

    _, cached = ensure_template(open_admin("boss"), DIGEST, _build)

    assert not cached


def test_template_that_fails_leaves_no_database(admin: DatabaseAdmin) -> None:
    """What the migration raises passes through, the half-built database is gone, and the next may try."""
    with pytest.raises(ZeroDivisionError):
        ensure_template(admin, DIGEST, lambda _url: 1 / 0)

    assert admin.marked() == {}
    assert ensure_template(admin, DIGEST, _build)[1] is False


def test_template_is_built_by_one_of_two_sessions(open_admin: OpenAdmin) -> None:
    """Of two sessions at once one builds; the other waits, is told for whom, and uses the result."""
    builder, waiter = open_admin(), open_admin()
    building, told = threading.Event(), threading.Event()
    said: list[str] = []

    def build(url: URL) -> None:
        building.set()
        assert told.wait(10)
        _build(url)

    def say(text: str) -> None:
        said.append(text)
        told.set()

    with ThreadPoolExecutor() as pool:
        first = pool.submit(ensure_template, builder, DIGEST, build)
        assert building.wait(10)
        second = pool.submit(ensure_template, waiter, DIGEST, lambda _url: 1 / 0, say=say)

    assert second.result() == (first.result()[0], True)
    assert said == [
        f"waiting for diglot {builder.session} of role maker (127.0.0.1), who builds template feedfeedfeed"
    ]


def test_template_whose_builder_is_killed_is_built_by_the_next(admin: DatabaseAdmin, server: TcpServer) -> None:
    """The server frees the lock of a killed builder, and what it left is a leftover."""
    command = [sys.executable, "-c", NEVER_FINISHES, server.url(), DIGEST]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as builder:
        assert builder.stdout is not None
        assert builder.stdout.readline() == b"building\n"
        builder.kill()

    _, cached = ensure_template(admin, DIGEST, _build)

    assert not cached
    assert until(lambda: [name[:16] for name in leftovers(admin)] == ["diglot_building_"])
    sweep(admin)
    assert len(admin.marked()) == 1


def test_template_is_not_waited_for_for_ever(admin: DatabaseAdmin, open_admin: OpenAdmin) -> None:
    """After its time the wait ends with the name of the session that still builds."""
    other = open_admin("other")

    def build(_url: URL) -> None:
        with pytest.raises(TemplateWaitedFor, match=r"DG616: template feedfeedfeed .* built by diglot .* role other"):
            ensure_template(admin, DIGEST, _build, wait_s=1)

    ensure_template(other, DIGEST, build)

    assert admin.query("SHOW lock_timeout") == [("0",)]


def test_fresh_template_stands_beside_the_one_in_use(admin: DatabaseAdmin, open_admin: OpenAdmin) -> None:
    """A fresh build does not take a template away from a session that copies it; it goes when that ends."""
    user = open_admin()
    old, _ = ensure_template(user, DIGEST, _build)

    new, cached = ensure_template(admin, DIGEST, _build, fresh=True)

    assert not cached
    assert set(templates(admin)) == {old, new}
    assert ensure_template(open_admin(), DIGEST, _build) == (new, True)
    _end(user, admin)
    assert prune(admin, keep=new) == [old]


def test_prune_drops_what_was_not_used_for_two_weeks(admin: DatabaseAdmin, open_admin: OpenAdmin) -> None:
    """An old template goes, one of last week stays, and so does an old one in use."""
    used, user = open_admin(), open_admin()
    names = [ensure_template(used, digit * 64, _build)[0] for digit in "01"]
    names.append(ensure_template(user, "2" * 64, _build)[0])
    _end(used, admin)
    _age(admin, dict(zip(names, (15, 13, 15), strict=True)))

    dropped = prune(admin)

    assert dropped == names[:1]
    assert set(templates(admin)) == set(names[1:])


def test_prune_keeps_the_eight_that_were_used_last(admin: DatabaseAdmin, open_admin: OpenAdmin) -> None:
    """Of nine templates the one whose use is longest ago goes when the ninth has been built."""
    user = open_admin()
    names = [ensure_template(user, f"{number}" * 64, lambda _url: None)[0] for number in range(8)]
    _end(user, admin)
    _age(admin, {name: number + 1 for number, name in enumerate(names)})

    ninth, _ = ensure_template(admin, "a" * 64, lambda _url: None)

    assert list(templates(admin)) == [ninth, *names[:7]]


def test_use_of_a_template_is_noted(admin: DatabaseAdmin) -> None:
    """A template that is found again counts as used now."""
    name, _ = ensure_template(admin, DIGEST, _build)
    _age(admin, {name: 13})

    ensure_template(admin, DIGEST, _build)

    assert time.time() - admin.marked()[name].used_at < 60
