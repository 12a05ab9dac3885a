"""`diglot_lockstep` in a project: both databases, one run, and nothing left behind."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy.dialects.postgresql.psycopg2  # noqa: F401 - pytest in pytest forgets what it imported; twice warns

SHOP = Path(__file__).parents[1] / "assets" / "shop"
TEST = """
    import shop
    import sqlalchemy as sa
    from diglot.differential import Known, differential, operation, values

    def find(connection, name):
        return connection.scalars(sa.select(shop.items.c.id).where(shop.items.c.name == name)).all()

    def test_items(diglot_lockstep):
        differential(
            diglot_lockstep,
            operation(shop.add, name=values(shop.items.c.name, hostile=False)),
            operation(find, name=values(shop.items.c.name, hostile=False)),
            max_examples=10,
            known=[Known("add: value", reason="Postgres gives no number twice, also after a failure")],
        )
"""


@pytest.fixture
def project(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[pytest.Pytester]:
    """The shop's project, with templates of its own."""
    shutil.copytree(SHOP, pytester.path, dirs_exist_ok=True)
    cache = tmp_path_factory.mktemp("cache")
    cache.chmod(0o755)
    monkeypatch.setenv("DIGLOT_CACHE_DIR", str(cache))
    for name in ("DATABASE_URL", "DIGLOT_DIALECT", "DIGLOT_POSTGRES", "DIGLOT_ISOLATION"):
        monkeypatch.delenv(name, raising=False)
    return pytester


def test_lockstep_runs_a_test_once_on_both_dialects(project: pytest.Pytester) -> None:
    """A test that asks for both databases is one test; numbers that begin anew agree; no folder is left."""
    project.makepyfile(TEST)

    result = project.runpytest_subprocess("-rP")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*Captured diglot call*", "the dialects agree in * examples (calls: *add *"])
    assert not (project.path / ".hypothesis").exists()


def test_lockstep_is_skipped_with_one_dialect(project: pytest.Pytester) -> None:
    """Where a dialect was not selected, the test is skipped with the reason, and no server is started for it."""
    project.makepyfile(TEST)

    result = project.runpytest("--dialect", "sqlite", "-rs")

    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*postgresql was not selected, and both are needed: see --dialect*"])
    result.stdout.no_fnmatch_line("diglot: *postgresql*ready in*")


def test_lockstep_refuses_to_share(project: pytest.Pytester) -> None:
    """A test that also asks for `diglot` is told that both lend the same databases."""
    project.makepyfile("def test_both(diglot, diglot_lockstep): pass")

    result = project.runpytest("--dialect", "sqlite", "--dialect", "postgresql")

    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*DG809: *test_both* uses `diglot` and `diglot_lockstep`*"])
