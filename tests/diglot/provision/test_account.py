"""As whom the server runs, and what happens to programs that this user cannot reach or run."""

import os
import shutil
from pathlib import Path

import pytest

from diglot.errors.provision import BinariesBroken, SocketPathTooLong
from diglot.provision.account import Account, check_runs, runnable, server_account
from diglot.provision.binaries import Binaries, choose
from diglot.provision.launch import SOCKET_PATH_LIMIT, check_length

NOBODY = Account(65534, 65534, "nobody", switch=True)


@pytest.fixture
def closed(tmp_path: Path) -> Binaries:
    """Programs in a folder that nobody but its owner may enter."""
    folder = tmp_path / "closed"
    (folder / "install" / "bin").mkdir(parents=True)
    for name in ("postgres", "initdb"):
        program = folder / "install" / "bin" / name
        program.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 18.4'\n")
        program.chmod(0o700)
    folder.chmod(0o700)
    return Binaries(folder / "install" / "bin", "18.4", "system")


def test_account_is_never_root() -> None:
    """Root's servers run as somebody else, everybody else's as themselves."""
    account = server_account()

    assert account.uid != 0
    assert account.switch == (os.geteuid() == 0)


def test_closed_programs_are_copied_to_a_readable_place(closed: Binaries, tmp_path: Path) -> None:
    """Programs that the server's user cannot reach are copied once, whole, readable for all."""
    shelf = tmp_path / "shelf"

    first = runnable(closed, NOBODY, shelf)
    second = runnable(closed, NOBODY, shelf)

    assert first == second
    assert first.bin_dir.is_relative_to(shelf)
    assert (first.bin_dir / "postgres").stat().st_mode & 0o555 == 0o555
    assert [path.name for path in shelf.iterdir()] == [closed.key]


def test_reachable_programs_are_left_where_they_are(tmp_path: Path) -> None:
    """Nothing is copied for a user who can run the programs in place."""
    binaries = choose("auto")

    assert runnable(binaries, Account(os.geteuid(), os.getegid(), "me", switch=False), tmp_path) == binaries
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "mode"), [("#!/bin/sh\nexit 3\n", 0o755), ("no program", 0o755), ("#!/bin/sh\n", 0o644)]
)
def test_broken_programs_are_named(tmp_path: Path, content: str, mode: int) -> None:
    """A program that fails, is none, or may not be run is named, with the user and the fix."""
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text(content)
        (tmp_path / name).chmod(mode)
    me = Account(os.geteuid(), os.getegid(), "me", switch=False)

    with pytest.raises(BinariesBroken, match=r"DG502: .*postgres does not run as me: .*Fix:"):
        check_runs(Binaries(tmp_path, "18.4", "system"), me)


def test_socket_path_that_is_too_long_is_refused() -> None:
    """The error names the length, the limit and the way out."""
    with pytest.raises(
        SocketPathTooLong, match=rf"DG507: .* has 151 bytes, the operating system allows {SOCKET_PATH_LIMIT}"
    ):
        check_length(Path("/" + "x" * 150))


def test_programs_are_copied_with_their_links(closed: Binaries, tmp_path: Path) -> None:
    """A library's links stay links in the copy."""
    library = closed.bin_dir.parent / "lib"
    library.mkdir()
    (library / "libpq.so.5").write_text("x")
    (library / "libpq.so").symlink_to("libpq.so.5")

    copied = runnable(closed, NOBODY, tmp_path / "shelf")

    assert (copied.bin_dir.parent / "lib" / "libpq.so").is_symlink()
    shutil.rmtree(tmp_path / "shelf")
