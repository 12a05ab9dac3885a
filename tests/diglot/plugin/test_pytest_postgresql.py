"""A suite written for pytest-postgresql runs on Diglot's server, with the migrated template, unchanged."""

import pytest

SUITE = """
    from pytest_postgresql import factories

    migrated = factories.postgresql_noproc(depends_on="diglot_server", dbname="peer")
    postgresql = factories.postgresql("migrated")

    def test_seed(postgresql):
        assert postgresql.execute("SELECT name FROM items").fetchall() == [("seed",)]
        postgresql.execute("DELETE FROM items")
        postgresql.commit()

    def test_seed_again(postgresql):
        assert postgresql.execute("SELECT name FROM items").fetchall() == [("seed",)]
"""


def test_noproc_factory_takes_the_server(shop: pytest.Pytester) -> None:
    """`postgresql_noproc(depends_on="diglot_server")` clones the template for each test."""
    shop.makepyfile(SUITE)

    result = shop.runpytest_subprocess()

    result.assert_outcomes(passed=2)
