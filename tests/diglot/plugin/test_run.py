"""A whole run in processes of its own: workers, warm starts, two runs at once, and a killed one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

MANY = """
    import pytest
    import shop

    @pytest.mark.parametrize("n", range(6))
    def test_add(diglot, n):
        assert shop.add(diglot.engine, "a") == 2
"""
WHICH = """
    from pathlib import Path

    def test_server(diglot_server):
        Path({log!r}).open("a").write(f"{{diglot_server.host}}\\n")

    def test_add(diglot): pass
"""
HANG = """
    import time
    from pathlib import Path

    def test_hang(diglot, diglot_server):
        Path("address").write_text(diglot_server.host)
        time.sleep(60)
"""


def _until(condition: Callable[[], bool], deadline_s: float = 20.0) -> bool:
    """Return whether the condition came true before the deadline."""
    end = time.monotonic() + deadline_s
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


@pytest.fixture
def runtime(shop: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for this test's servers alone; it is empty when none is left."""
    folder = Path(f"/tmp/dg-{os.getpid()}-{shop.path.name[-8:]}")  # noqa: S108 - short, as a socket's path must be
    monkeypatch.setenv("DIGLOT_RUNTIME_DIR", str(folder))
    return folder


def _folders(runtime: Path) -> list[Path]:
    return [path for path in runtime.glob("*") if path.is_dir()]


def test_workers_share_one_server(shop: pytest.Pytester, runtime: Path) -> None:
    """Two workers run both dialects on one server, the counts are whole, and nothing is left."""
    shop.makepyfile(MANY)

    result = shop.runpytest_subprocess("-n", "2")

    result.assert_outcomes(passed=12)
    result.stdout.fnmatch_lines(
        [
            "diglot: sqlite 3.* | postgresql 1*.* (embedded, *",
            "diglot: sqlite 3.* 6 passed | postgresql 1* 6 passed | no contract differs",
        ]
    )
    assert _until(lambda: _folders(runtime) == [])


def test_half_a_run_is_red_with_workers(shop: pytest.Pytester) -> None:
    """The controller knows what the workers collected and did not run."""
    shop.makepyfile(MANY)

    result = shop.runpytest_subprocess("-n", "2", "-k", "sqlite")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["DG110: half a run is not a run: postgresql was selected*"])


def test_broken_migration_ends_a_run_with_workers(shop: pytest.Pytester) -> None:
    """A template that cannot be built ends the whole run, once, with the migration's own words."""
    (shop.path / "sql/003_broken.sql").write_text("SELECT * FROM nowhere_at_all;")
    shop.makepyfile(MANY)

    result = shop.runpytest_subprocess("-n", "2")

    assert result.ret != pytest.ExitCode.OK
    assert "DG202" in result.stderr.str() + result.stdout.str()


def test_two_runs_at_once_share_one_server(shop: pytest.Pytester, runtime: Path) -> None:
    """A second run leases the server that the first one started, and both end it together."""
    log = shop.path / "servers"
    shop.makepyfile(WHICH.format(log=str(log)))
    shop.runpytest_subprocess()
    log.unlink()

    runs = [_start(shop, "-q") for _ in range(4)]
    codes = [run.wait(60) for run in runs]

    assert codes == [0, 0, 0, 0]
    assert len(log.read_text().splitlines()) == 4
    assert _until(lambda: _folders(runtime) == [])


def test_warm_run_neither_migrates_nor_imports_alembic(shop: pytest.Pytester) -> None:
    """With cached templates no migration runs, and the run never imports Alembic."""
    shop.makepyfile(
        """
        import sys

        def test_it(diglot):
            assert "alembic" not in sys.modules
        """
    )
    shop.runpytest_subprocess()
    (shop.path / "alembic/versions/__pycache__").exists()

    result = shop.runpytest_subprocess()

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["diglot: sqlite * cached) | postgresql * cached*"])


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda one: one.name)
def test_killed_run_leaves_no_server(shop: pytest.Pytester, runtime: Path, how: signal.Signals) -> None:
    """However pytest dies, its server is gone and its folder is removed."""
    shop.makepyfile(HANG)
    run = _start(shop, "-q", "--dialect", "postgresql")
    assert _until(lambda: _address(shop) != "")
    postmaster = int((Path(_address(shop)).parent / "data/postmaster.pid").read_text().split()[0])

    run.send_signal(how)
    run.wait(20)

    assert _until(lambda: not Path(f"/proc/{postmaster}").exists())
    assert _until(lambda: _folders(runtime) == [])


def test_killed_keeper_takes_its_server_along(shop: pytest.Pytester, runtime: Path) -> None:
    """When the keeper itself is killed the server dies with it, and the next run sweeps its folder."""
    shop.makepyfile(HANG)
    run = _start(shop, "-q", "--dialect", "postgresql")
    assert _until(lambda: _address(shop) != "")
    data = Path(_address(shop)).parent / "data"
    postmaster = int((data / "postmaster.pid").read_text().split()[0])
    keeper = int(Path(f"/proc/{postmaster}/stat").read_text().rpartition(")")[2].split()[1])

    os.kill(keeper, signal.SIGKILL)
    dead = _until(lambda: not Path(f"/proc/{postmaster}").exists())
    run.kill()
    run.wait(20)
    shop.makepyfile("def test_it(diglot): pass")
    after = shop.runpytest_subprocess("--dialect", "postgresql")

    assert dead
    after.assert_outcomes(passed=1, deselected=1)
    assert _until(lambda: _folders(runtime) == [])


def _address(shop: pytest.Pytester) -> str:
    """What the hanging test has written of its server; empty until it has, and while it is writing."""
    path = shop.path / "address"
    return path.read_text() if path.exists() else ""


def _start(shop: pytest.Pytester, *arguments: str) -> "subprocess.Popen[bytes]":
    """Start a run that a Ctrl-C ends, also where the shell of these tests has it ignored, as `nohup` does."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with (shop.path / "output").open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", *arguments], cwd=shop.path, stdout=output, stderr=output
        )
