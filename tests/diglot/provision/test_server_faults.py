"""What can be wrong with programs, cache and room: a clear error each, and nothing left behind."""

from pathlib import Path

import pytest
from shelf import Lease, count_books, servers_in, until

from diglot.errors.provision import BinariesNotFound, CacheUnusable, NoRoom, SeedEdited
from diglot.provision import cachedir
from diglot.provision.binaries import choose
from diglot.provision.cachedir import CacheDirectory
from diglot.provision.launch import ServerAddress


class _Broken(Exception):
    """The template's own error."""


def _breaks(address: ServerAddress) -> None:
    raise _Broken


def _newest_seed(cache: CacheDirectory) -> Path:
    return next(entry.path for entry in cache.entries() if not entry.name.endswith("/base"))


def test_error_of_the_template_passes_through_and_nothing_is_cached(lease: Lease, cache: CacheDirectory) -> None:
    """What `build` raises is raised unchanged, and the next lease builds again."""
    with pytest.raises(_Broken):
        lease("broken", build=_breaks)

    assert not lease("broken").info.template_cached


def test_edited_seed_is_refused_and_healed_by_a_fresh_build(
    lease: Lease, cache: CacheDirectory, runtime: Path
) -> None:
    """A file changed after the sealing is an error that names the seed; a fresh build replaces it."""
    lease("edited").close()
    assert until(lambda: servers_in(runtime) == [])  # a server that still runs would be joined, not started
    seed = _newest_seed(cache)
    (seed / "data" / "PG_VERSION").write_text("99\n")

    with pytest.raises(SeedEdited, match=f"DG509.*{seed.name}.*Fix: diglot cache clear"):
        lease("edited")

    assert count_books(lease("edited", fresh=True)) == 3


@pytest.mark.parametrize("request_text", ["embeded", "12", ""])
def test_unknown_programs_are_refused_with_what_was_found(request_text: str) -> None:
    """A request that no installation meets is an error that says what is there."""
    with pytest.raises(BinariesNotFound, match=r"DG501.*found .*Fix:"):
        choose(request_text)


def test_full_disk_is_refused_before_anything_is_written(
    lease: Lease, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without room for a data directory the error names both amounts, and no folder appears."""
    monkeypatch.setattr(cachedir, "free_bytes", lambda _path: 30 << 20)

    with pytest.raises(NoRoom, match=r"DG506: .* needs \d+ MB, but there is 30 MB"):
        lease()

    assert list(runtime.iterdir()) == []


def test_cache_that_is_a_file_is_refused(lease: Lease, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache folder that cannot be made is an error that names the variable to set."""
    (tmp_path / "file").write_text("")
    blocked = CacheDirectory(tmp_path / "file")

    with pytest.raises(CacheUnusable, match=r"DG508.*Fix:.*DIGLOT_CACHE_DIR"):
        blocked.folder("seeds")


def test_runtime_folder_behind_a_link_is_refused(
    lease: Lease, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link in place of the runtime folder could be somebody else's trap."""
    (tmp_path / "link").symlink_to(tmp_path)
    monkeypatch.setenv("DIGLOT_RUNTIME_DIR", str(tmp_path / "link"))

    with pytest.raises(CacheUnusable, match="DG508"):
        lease()
