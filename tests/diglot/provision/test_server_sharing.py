"""One server for any number of processes, built once, gone with its last user."""

import json
import os
import signal
from pathlib import Path

import pytest
from shelf import Hold, Lease, count_books, servers_in, until

from diglot.provision.cachedir import CacheDirectory
from diglot.provision.embedded import reap
from diglot.provision.seeds import Seed, Seeds


def test_server_is_born_with_its_template(lease: Lease) -> None:
    """A leased server answers at once and holds what the template built."""
    taken = lease()

    books = count_books(taken)

    assert books == 3


def test_second_lease_of_a_process_joins_the_server(lease: Lease) -> None:
    """Two leases are one server, which outlives the first of them."""
    first, second = lease(), lease()

    first.close()

    assert first.info.pid == second.info.pid
    assert count_books(second) == 3


def test_racing_processes_build_one_template_and_share_one_server(hold: Hold) -> None:
    """Of eight processes that want the same uncached template one builds it, and all get one server."""
    holders = [hold("race") for _ in range(8)]

    said = [json.loads(holder.stdout.readline()) for holder in holders if holder.stdout]

    assert len(said) == 8
    assert len({one["pid"] for one in said}) == 1
    assert [one["cached"] for one in said].count(False) == 1


def test_server_ends_when_its_only_holder_is_killed(hold: Hold, runtime: Path) -> None:
    """SIGKILL of the last holder ends the server and removes its folder."""
    holder = hold("shelf")
    assert holder.stdout is not None
    postmaster = json.loads(holder.stdout.readline())["pid"]

    holder.send_signal(signal.SIGKILL)

    assert until(lambda: not _lives(postmaster))
    assert until(lambda: servers_in(runtime) == [])


def test_server_outlives_a_killed_holder_that_was_not_the_last(hold: Hold, lease: Lease) -> None:
    """SIGKILL of one holder leaves the server to the others."""
    holder = hold("shelf")
    assert holder.stdout is not None
    holder.stdout.readline()
    taken = lease()

    holder.send_signal(signal.SIGKILL)
    holder.wait()

    assert count_books(taken) == 3


def test_killed_builder_leaves_nothing_that_looks_whole(hold: Hold, lease: Lease, cache: CacheDirectory) -> None:
    """After SIGKILL in the middle of a build no entry is cached, and the next lease builds anew."""
    before = {entry.name for entry in cache.entries()}
    builder = hold("interrupted", "hang")
    assert builder.stdout is not None
    builder.stdout.readline()

    builder.send_signal(signal.SIGKILL)
    builder.wait()
    cached = {entry.name for entry in cache.entries() if not entry.name.endswith("/base")} - before
    taken = lease("interrupted")

    assert cached == set()
    assert not taken.info.template_cached
    assert count_books(taken) == 3


def test_fresh_template_gets_a_server_of_its_own(lease: Lease) -> None:
    """A rebuilt template is never served by a server that was born from the old one."""
    old = lease()

    new = lease(fresh=True)

    assert not new.info.template_cached
    assert new.info.pid != old.info.pid
    assert (count_books(old), count_books(new)) == (3, 3)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_finished_template_is_not_swept_while_it_is_sealed(
    lease: Lease, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process that sweeps while a finished template is copied leaves it alone."""
    seal = Seeds.seal

    def sweep_and_seal(self: Seeds, name: str, data: Path) -> Seed:
        reap(runtime)
        return seal(self, name, data)

    monkeypatch.setattr(Seeds, "seal", sweep_and_seal)

    assert count_books(lease("swept")) == 3
