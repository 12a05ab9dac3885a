"""A test that asks for `diglot` runs once on each dialect; what did not run is never hidden."""

import pytest

ADD = """
    import shop

    def test_add(diglot):
        assert shop.add(diglot.engine, "a") == 2
        assert shop.names(diglot.engine) == ["seed", "a"]
"""


def test_axis_runs_a_test_on_each_dialect(shop: pytest.Pytester) -> None:
    """Both runs are shown by id, counted by dialect, and the header names both databases."""
    shop.makepyfile(ADD)

    result = shop.runpytest("-v")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [
            "diglot: sqlite 3.* (memory, template ??????*) | postgresql 1*.* (embedded, ready in * s, template *",
            "*::test_add[[]sqlite[]] PASSED*",
            "*::test_add[[]postgresql[]] PASSED*",
            "diglot: sqlite 3.* 1 passed | postgresql 1*.* 1 passed | no contract differs",
        ]
    )


def test_axis_follows_a_fixture_that_asks_for_diglot(sqlite_shop: pytest.Pytester) -> None:
    """It is enough that a fixture of the test asks, also through another fixture."""
    sqlite_shop.makepyfile(
        """
        import pytest

        @pytest.fixture
        def engine(diglot):
            return diglot.engine

        def test_name(engine):
            assert engine.dialect.name == "sqlite"
        """
    )

    result = sqlite_shop.runpytest()

    result.assert_outcomes(passed=1, deselected=1)


def test_axis_leaves_other_tests_alone(shop: pytest.Pytester) -> None:
    """A test that does not ask runs once, and no server is started for it."""
    shop.makepyfile("def test_plain(): pass")

    result = shop.runpytest("-v")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*::test_plain PASSED*"])
    result.stdout.no_fnmatch_line("diglot: *")


def test_axis_combines_with_parameters(sqlite_shop: pytest.Pytester) -> None:
    """A test's own parameters stay, with the dialect after them."""
    sqlite_shop.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("n", [1, 2])
        def test_n(diglot, n): pass
        """
    )

    result = sqlite_shop.runpytest("-v")

    result.stdout.fnmatch_lines(["*::test_n[[]1-sqlite[]] PASSED*", "*::test_n[[]2-sqlite[]] PASSED*"])


@pytest.mark.parametrize("name", ["postgres", "postgresql"])
def test_dialect_option_selects_one(shop: pytest.Pytester, name: str) -> None:
    """`--dialect` runs one dialect, and `postgres` is as good as `postgresql`."""
    shop.makepyfile(ADD)

    result = shop.runpytest("--dialect", name)

    result.assert_outcomes(passed=1, deselected=1)
    result.stdout.fnmatch_lines(["diglot: postgresql 1*.* 1 passed"])


def test_database_url_of_sqlite_runs_sqlite_only(shop: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A SQLite URL selects SQLite, and its database is not touched."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{shop.path}/mine.db")
    shop.makepyfile(ADD)

    result = shop.runpytest()

    result.assert_outcomes(passed=1, deselected=1)
    assert not (shop.path / "mine.db").exists()


def test_half_a_run_is_red(shop: pytest.Pytester) -> None:
    """When a selected dialect's tests were collected and none ran, the run fails and says how to mean it."""
    shop.makepyfile(ADD)

    result = shop.runpytest("-k", "sqlite")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["DG110: half a run is not a run: postgresql was selected*--dialect sqlite*"])


def test_half_a_run_is_green_when_it_is_meant(shop: pytest.Pytester) -> None:
    """`--dialect sqlite` says that SQLite alone is wanted."""
    shop.makepyfile(ADD)

    result = shop.runpytest("-k", "sqlite", "--dialect", "sqlite")

    assert result.ret == pytest.ExitCode.OK


def test_skipped_dialect_is_half_a_run(shop: pytest.Pytester) -> None:
    """Tests that were skipped did not run."""
    shop.makepyfile(
        """
        import pytest

        def test_skip(diglot):
            if diglot.dialect.name == "postgresql":
                pytest.skip("no")
        """
    )

    result = shop.runpytest()

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["DG110:*"])


def test_project_without_settings_is_left_alone(pytester: pytest.Pytester) -> None:
    """Without `[tool.diglot]` the plugin says so and does nothing."""
    pytester.makepyfile("def test_plain(): pass")

    result = pytester.runpytest()

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["diglot: *, no [[]tool.diglot[]] here"])
