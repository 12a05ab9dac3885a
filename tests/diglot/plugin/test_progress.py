"""While a long run works, the dialects' own counts are shown now and then."""

import pytest

SLOW_CLOCK = """
    import itertools
    from diglot.plugin.progress import Progress

    def pytest_sessionstart(session):
        config = session.config
        config.pluginmanager.unregister(name="diglot-progress")
        seconds = itertools.count(step=20)
        config.pluginmanager.register(Progress(config, clock=lambda: float(next(seconds))), "diglot-progress")
"""
TESTS = """
    import pytest

    @pytest.mark.parametrize("number", range(3))
    def test_number(diglot, number):
        pass
"""


def test_long_run_shows_counts(shop: pytest.Pytester) -> None:
    """A line says what ran so far on each dialect, and for how long."""
    shop.makeconftest(SLOW_CLOCK)
    shop.makepyfile(TESTS)

    result = shop.runpytest()

    result.stdout.fnmatch_lines(["diglot: sqlite 1 passed | postgresql * after 1:00", "diglot: sqlite * after *"])


def test_quiet_run_shows_none(shop: pytest.Pytester) -> None:
    """Whoever asks for less gets pytest's dots alone."""
    shop.makeconftest(SLOW_CLOCK)
    shop.makepyfile(TESTS)

    result = shop.runpytest("-q")

    result.stdout.no_fnmatch_line("* after *")


def test_short_run_shows_none(shop: pytest.Pytester) -> None:
    """A run that is over soon has its counts at the end only."""
    shop.makepyfile(TESTS)

    result = shop.runpytest()

    result.stdout.no_fnmatch_line("* after *")


def test_counts_that_stay_are_not_repeated(shop: pytest.Pytester) -> None:
    """While tests run that ask for no database, there is nothing new to say."""
    shop.makeconftest(SLOW_CLOCK)
    shop.makepyfile(
        """
        import pytest

        def test_database(diglot):
            pass

        @pytest.mark.parametrize("number", range(6))
        def test_plain(number):
            pass
        """
    )

    result = shop.runpytest()

    assert result.stdout.str().count(" after ") <= 2
