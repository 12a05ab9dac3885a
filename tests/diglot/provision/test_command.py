"""The command, when DATABASE_URL names a server: what is on it is shown, and cleaned up on demand."""

import json
from collections.abc import Callable

import pytest
from shelf import until
from tcp_server import PASSWORD, TcpServer

from diglot.cli import main
from diglot.provision.databases import DatabaseAdmin, Mark, lock_number
from diglot.provision.leftovers import leftovers
from diglot.provision.templates import ensure_template

OpenAdmin = Callable[..., DatabaseAdmin]

DIGEST = "feed" * 16


@pytest.fixture(autouse=True)
def url(server: TcpServer, cache: object, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> str:
    """The server's URL, as the environment says it."""
    monkeypatch.chdir(str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", server.url())
    monkeypatch.delenv("DIGLOT_POSTGRES", raising=False)
    return server.url()


def _leave(admin: DatabaseAdmin, maker: DatabaseAdmin) -> None:
    """Let a session build a template, keep a database, forget another, and end."""
    ensure_template(maker, DIGEST, lambda _url: None)
    maker.create("diglot_kept_1", Mark(kind="kept", session=maker.session))
    maker.create("diglot_worker_1", Mark(kind="worker", session=maker.session))
    maker.close()
    assert until(lambda: lock_number(f"session {maker.session}") not in admin.held_locks())


def test_doctor_describes_the_server(capsys: pytest.CaptureFixture[str], server: TcpServer) -> None:
    """Address, role, encoding, connections and leftovers are told; the password is not."""
    code = main(["doctor"])

    shown = capsys.readouterr().out
    assert code == 0
    assert f"ok url         postgresql://maker:***@127.0.0.1:{server.port}/theirs\n" in shown
    assert "role maker (may create databases), encoding UTF8" in " ".join(shown.split())
    assert " of 100 in use\n-- databases   0 left over\n" in shown
    assert f"at 127.0.0.1:{server.port}\nbecause        DATABASE_URL says so\n" in shown
    assert PASSWORD not in shown


def test_doctor_asks_nothing_of_this_machine_when_a_server_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that could not run a server of its own is good enough."""
    monkeypatch.setenv("DIGLOT_RUNTIME_DIR", "/" + "long" * 30)

    assert main(["doctor"]) == 0
    assert " ! socket path" in capsys.readouterr().out


def test_doctor_finds_and_drops_leftovers(
    capsys: pytest.CaptureFixture[str], admin: DatabaseAdmin, open_admin: OpenAdmin
) -> None:
    """What a dead session left is named, and gone after `--fix`; template and kept database stay."""
    _leave(admin, open_admin())

    main(["doctor"])
    shown = capsys.readouterr().out
    main(["doctor", "--fix", "--json"])
    told = json.loads(capsys.readouterr().out)

    assert " ! databases   1 left over: diglot_worker_1\n               Fix: diglot doctor --fix" in shown
    assert told["removed"] == [f"database diglot_worker_1 on {admin.place}"]
    assert leftovers(admin) == []
    assert {mark.kind for mark in admin.marked().values()} == {"template", "kept"}


def test_cache_lists_and_clears_the_server_as_well(
    capsys: pytest.CaptureFixture[str], admin: DatabaseAdmin, open_admin: OpenAdmin
) -> None:
    """Templates and kept databases on the server are listed; a digest, as pytest's header shows it, is a name."""
    _leave(admin, open_admin())

    main(["cache", "ls"])
    listed = capsys.readouterr().out
    code = main(["cache", "clear", "feedfe"])

    assert "   diglot_t_feedfeedfeed_" in listed
    assert "   diglot_kept_1\n" in listed
    assert "2 entries, " in listed
    assert f" MB on {admin.place}\n" in listed
    assert code == 0
    assert set(admin.marked()) == {"diglot_kept_1", "diglot_worker_1"}


def test_cache_clear_spares_a_template_in_use(capsys: pytest.CaptureFixture[str], admin: DatabaseAdmin) -> None:
    """A template that a run holds stays, with a word about it, and the exit code says so."""
    name, _ = ensure_template(admin, DIGEST, lambda _url: None)

    code = main(["cache", "clear", "feedfe"])

    assert code == 1
    assert f"{name} is in use and stays. Fix: " in capsys.readouterr().err
    assert name in admin.marked()


def test_command_says_when_the_server_is_down(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The local cache is listed all the same; then comes the error."""
    monkeypatch.setenv("DATABASE_URL", f"postgresql://maker:{PASSWORD}@127.0.0.1:1/theirs")

    code = main(["cache", "ls"])

    out, err = capsys.readouterr()
    assert code == 2
    assert " MB in /" in out
    assert err.startswith("DG603: no Postgres answers at 127.0.0.1:1: Connection refused")
