"""Divergences that were accepted pass, and the file that accepts them can only shrink."""

from pathlib import Path

import pytest

TWO = """
    import sqlalchemy as sa

    def ask(diglot, sql):
        with diglot.connect() as connection:
            return connection.execute(sa.text(sql)).all()

    def test_mean(diglot):
        ask(diglot, "SELECT avg(id) AS mean FROM items")

    def test_half(diglot):
        ask(diglot, "SELECT 7 / 2.0 AS half")
"""
MENDED = TWO.replace("7 / 2.0", "7")


@pytest.fixture
def accepted(shop: pytest.Pytester) -> Path:
    """The file of a project whose two differences were written into it, and given a reason."""
    shop.makepyfile(TWO)
    shop.runpytest("--parity", "strict", "--update-divergences")
    path = shop.path / "divergences.toml"
    path.write_text(path.read_text().replace('reason = ""', 'reason = "known and harmless"'))
    return path


def test_update_writes_entries_that_still_need_a_reason(shop: pytest.Pytester) -> None:
    """What differs is written down, and the run stays red until somebody says why."""
    shop.makepyfile(TWO)

    result = shop.runpytest("--parity", "strict", "--update-divergences")

    text = (shop.path / "divergences.toml").read_text()
    assert text.count("[[divergence]]") == 2
    assert text.count('reason = ""') == 2
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["no-reason: *", "diglot: divergences.toml: entries without a reason: 2. Fix: give each its reason"]
    )


def test_empty_reason_fails_the_next_run(shop: pytest.Pytester) -> None:
    """An entry without a reason accepts nothing for good."""
    shop.makepyfile(TWO)
    shop.runpytest("--update-divergences")

    result = shop.runpytest("--parity", "strict")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["no-reason: divergences.toml, entry 1 * has no reason. Fix: *"])


def test_accepted_divergences_pass(shop: pytest.Pytester, accepted: Path) -> None:
    """With a reason, both pass, and are counted."""
    result = shop.runpytest("--parity", "strict")

    assert accepted.exists()
    result.assert_outcomes(passed=4)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        ["accepted: 2 divergences, seen in 2 contracts *", "diglot: * | 2 contracts differ (2 accepted)"]
    )


def test_unknown_difference_fails_beside_accepted_ones(shop: pytest.Pytester, accepted: Path) -> None:
    """Another difference in the same place is not what was accepted."""
    shop.makepyfile(TWO.replace("7 / 2.0 AS half", "7 / 2.0 AS half, 9 / 2.0 AS more"))

    result = shop.runpytest("--parity", "strict")

    assert accepted.exists()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=4, failed=1)


def test_unused_entry_fails(shop: pytest.Pytester, accepted: Path) -> None:
    """An entry whose difference is gone must go as well; --update-divergences takes it out."""
    shop.makepyfile(MENDED)

    red = shop.runpytest("--parity", "strict")
    shop.runpytest("--parity", "strict", "--update-divergences")
    green = shop.runpytest("--parity", "strict")

    assert red.ret == pytest.ExitCode.TESTS_FAILED
    red.stdout.fnmatch_lines(["unused: *"])
    assert green.ret == pytest.ExitCode.OK
    assert accepted.read_text().count("[[divergence]]") == 1


def test_entry_of_a_test_that_did_not_run_is_not_unused(shop: pytest.Pytester, accepted: Path) -> None:
    """A run of some tests says nothing of the others' entries."""
    result = shop.runpytest("--parity", "strict", "-k", "test_mean")

    assert accepted.exists()
    assert result.ret == pytest.ExitCode.OK


def test_expired_entry_fails(shop: pytest.Pytester, accepted: Path) -> None:
    """After its day an entry no longer accepts."""
    accepted.write_text(accepted.read_text().replace("reason =", "expires = 2020-01-31\nreason ="))

    result = shop.runpytest("--parity", "strict")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["expired: *2020-01-31*"])


def test_malformed_file_stops_the_run(shop: pytest.Pytester) -> None:
    """A file that cannot be read says where, before any test runs."""
    shop.makepyfile(TWO)
    (shop.path / "divergences.toml").write_text("[[divergence]\n")

    result = shop.runpytest()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*DG322: *divergences.toml*line 1*Fix:*"])
