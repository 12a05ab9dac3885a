"""Markers say where a test runs and why; one with a mistake stops the collection."""

import pytest


def test_only_on_runs_one_dialect(shop: pytest.Pytester) -> None:
    """`only_on` makes no item for the other dialect, so that nothing is skipped."""
    shop.makepyfile(
        """
        import pytest

        @pytest.mark.only_on("postgresql", reason="asks Postgres for its name")
        def test_name(diglot):
            assert diglot.dialect.name == "postgresql"
        """
    )

    result = shop.runpytest()

    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.OK


def test_only_on_skips_a_version_that_does_not_fit(sqlite_shop: pytest.Pytester) -> None:
    """A version that is too old is skipped, with both versions and the reason."""
    sqlite_shop.makepyfile(
        """
        import pytest

        @pytest.mark.only_on("sqlite>=99", reason="needs the future")
        def test_future(diglot): pass
        """
    )

    result = sqlite_shop.runpytest("-rs")

    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*only on sqlite>=99, this is 3.*: needs the future"])


def test_diverges_expects_the_failure(sqlite_shop: pytest.Pytester) -> None:
    """A known failure on one dialect is counted as such."""
    sqlite_shop.makepyfile(
        """
        import pytest

        @pytest.mark.diverges("sqlite", raises=ZeroDivisionError, reason="known")
        def test_known(diglot):
            1 / 0
        """
    )

    result = sqlite_shop.runpytest()

    result.assert_outcomes(xfailed=1, deselected=1)
    result.stdout.fnmatch_lines(["diglot: sqlite 3.* 1 xfailed"])


def test_diverges_that_passes_is_a_failure(sqlite_shop: pytest.Pytester) -> None:
    """A divergence that is gone must be taken out of the tests."""
    sqlite_shop.makepyfile(
        """
        import pytest

        @pytest.mark.diverges("sqlite", raises=ZeroDivisionError, reason="known")
        def test_known(diglot): pass
        """
    )

    result = sqlite_shop.runpytest()

    result.assert_outcomes(failed=1, deselected=1)


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ('only_on("postgresql")', "DG107: marker 'only_on' on *: it has no reason. Fix:*"),
        ('only_on("postgresql", reason=" ")', "DG107: marker 'only_on' on *: it has no reason. Fix:*"),
        ('only_on("postgrse", reason="x")', "DG105: unknown dialect 'postgrse' in only_on*Fix: write postgresql"),
        ('only_on("sqlite=>3", reason="x")', "DG107: marker 'only_on' on *"),
        ('only_on("sqlite", why="x")', "DG107: marker 'only_on' on *: it has no argument why. Fix:*"),
        ("only_on()", "DG107: marker 'only_on' on *: it takes one text, one of sqlite, postgresql. Fix:*"),
        ('diverges("sqlite", reason="x")', "DG107: marker 'diverges' on *: it does not say what is raised. Fix:*"),
        ('isolation("clones")', "DG107: marker 'isolation' on *: there is no isolation 'clones'*"),
    ],
)
def test_marker_with_a_mistake_stops_the_collection(sqlite_shop: pytest.Pytester, marker: str, message: str) -> None:
    """The error names marker, test, mistake and the right form."""
    sqlite_shop.makepyfile(f"import pytest\n@pytest.mark.{marker}\ndef test_it(diglot): pass")

    result = sqlite_shop.runpytest()

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines([message])


def test_only_on_without_diglot_stops_the_collection(sqlite_shop: pytest.Pytester) -> None:
    """A marker that would change nothing is a mistake."""
    sqlite_shop.makepyfile('import pytest\n@pytest.mark.only_on("sqlite", reason="x")\ndef test_it(): pass')

    result = sqlite_shop.runpytest()

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["DG107: marker 'only_on' on *: the test does not use `diglot`*"])
