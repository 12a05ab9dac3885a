"""Each test starts from the template, whatever the test before it did."""

import pytest

LEAK = """
    import sqlalchemy as sa
    import shop

    def test_escapes(diglot):
        with diglot.engine.connect() as connection:
            connection.execute(sa.insert(shop.items).values(name="a"))
            connection.exec_driver_sql("COMMIT")

    def test_next(diglot):
        assert shop.names(diglot.engine) == ["seed"]
"""


def test_escape_fails_its_own_test_and_no_other(shop: pytest.Pytester) -> None:
    """The escaping test ends with an error on both dialects; the next ones pass."""
    shop.makepyfile(LEAK)

    result = shop.runpytest()

    result.assert_outcomes(passed=4, errors=2)
    result.stdout.fnmatch_lines(["*DG401: the test left its sandbox on sqlite*'COMMIT' at test_*.py:7*"])


def test_clone_gives_real_connections(shop: pytest.Pytester) -> None:
    """A second connection does not see what is not committed, on both dialects."""
    shop.makepyfile(
        """
        import pytest
        import sqlalchemy as sa
        import shop

        COUNT = sa.select(sa.func.count()).select_from(shop.items)

        @pytest.mark.isolation("clone")
        @pytest.mark.parametrize("turn", [1, 2])
        def test_two(diglot, turn):
            assert diglot.isolation == "clone"
            with diglot.connect() as first, diglot.second_connection() as second:
                first.execute(sa.insert(shop.items).values(name="a"))
                assert second.scalar(COUNT) == 1
            assert shop.names(diglot.engine) == ["seed", "a"]
        """
    )

    result = shop.runpytest()

    result.assert_outcomes(passed=4)


def test_second_connection_names_the_marker(sqlite_shop: pytest.Pytester) -> None:
    """Under rewind there is no second connection, and the error says what to write."""
    sqlite_shop.makepyfile(
        """
        def test_two(diglot):
            with diglot.second_connection():
                pass
        """
    )

    result = sqlite_shop.runpytest()

    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(['*DG405:*@pytest.mark.isolation("clone")*'])


def test_isolation_option_is_for_tests_without_a_marker(sqlite_shop: pytest.Pytester) -> None:
    """`--isolation clone` clones for every test; a marker wins over it."""
    sqlite_shop.makepyfile(
        """
        import pytest

        def test_unmarked(diglot):
            assert diglot.isolation == "clone"

        @pytest.mark.isolation("rewind")
        def test_marked(diglot):
            assert diglot.isolation == "rewind"
        """
    )

    result = sqlite_shop.runpytest("--isolation", "clone")

    result.assert_outcomes(passed=2, deselected=2)


def test_commit_of_an_aborted_transaction_fails_in_a_clone(shop: pytest.Pytester) -> None:
    """Lost work is an error under real transactions as well."""
    shop.makepyfile(
        """
        import pytest
        import sqlalchemy as sa
        import shop

        @pytest.mark.isolation("clone")
        @pytest.mark.only_on("postgresql", reason="SQLite keeps the rest")
        def test_swallow(diglot):
            with diglot.connect() as connection:
                connection.execute(sa.insert(shop.items).values(name="a"))
                try:
                    connection.execute(sa.insert(shop.items).values(name="a"))
                except sa.exc.IntegrityError:
                    pass
        """
    )

    result = shop.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*DG403:*INSERT INTO items*UniqueViolation*"])


@pytest.mark.parametrize("isolation", ["rewind", "clone"])
def test_commit_of_an_aborted_transaction_does_not_blame_what_was_undone(
    shop: pytest.Pytester, isolation: str
) -> None:
    """A failure that a savepoint took back is not the one that aborted the transaction."""
    shop.makepyfile(
        """
        import contextlib
        import pytest
        import sqlalchemy as sa
        import shop

        @pytest.mark.only_on("postgresql", reason="SQLite keeps the rest")
        def test_swallow(diglot):
            with diglot.connect() as connection:
                with contextlib.suppress(sa.exc.DBAPIError), connection.begin_nested():
                    connection.execute(sa.text("SELECT guarded FROM items"))
                with contextlib.suppress(sa.exc.DBAPIError):
                    connection.execute(sa.text("SELECT unguarded FROM items"))
        """
    )

    result = shop.runpytest("--isolation", isolation)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*DG403:*its first failed statement is `SELECT unguarded FROM items`*"])


def test_isolation_level_that_sqlite_lacks_is_refused_in_a_clone(sqlite_shop: pytest.Pytester) -> None:
    """A clone of SQLite names the levels that there are, and the line that asked for another."""
    sqlite_shop.makepyfile(
        """
        def test_level(diglot):
            diglot.engine.connect().execution_options(isolation_level="REPEATABLE READ")
        """
    )

    result = sqlite_shop.runpytest("--isolation", "clone")

    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(
        ["*DG404: isolation level 'REPEATABLE READ', asked for at *.py:2 *gives SERIALIZABLE and READ UNCOMMITTED.*"]
    )
