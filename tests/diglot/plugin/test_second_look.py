"""What was found is looked at once more: what varies by itself is masked, an unasked order counts where it is used."""

import json

import pytest

RANDOM = """
    import random, sqlalchemy as sa

    def test_random(diglot):
        with diglot.connect() as connection:
            connection.execute(
                sa.text("SELECT CAST(:value AS INTEGER) AS code, 7 / 2.0 AS half"), {"value": random.randrange(10**6)}
            ).all()
"""
UNORDERED = """
    import sqlalchemy as sa

    def fill(diglot):
        with diglot.connect() as connection:
            connection.execute(sa.text("INSERT INTO items (name) VALUES ('b'), ('c')"))
            connection.execute(sa.text("UPDATE items SET name = 'z' WHERE name = 'seed'"))

    def names(connection):
        return list(connection.execute(sa.text("SELECT name FROM items")).scalars())
"""


def test_values_that_vary_are_masked(shop: pytest.Pytester) -> None:
    """Random numbers are no difference: a second run on the same dialect gives others as well."""
    shop.makepyfile(RANDOM.replace("7 / 2.0", "7"))

    result = shop.runpytest("--parity", "strict")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["diglot: * | no contract differs"])


def test_cells_beside_masked_ones_are_compared(shop: pytest.Pytester) -> None:
    """Only the cells that vary are masked: another column of the same rows still differs."""
    shop.makepyfile(RANDOM)

    shop.runpytest("--diglot-report", "report.json")

    findings = json.loads((shop.path / "report.json").read_text())["contracts"][0]["findings"]
    assert [(one["kind"], one["column"]) for one in findings] == [("type", "half")]


def test_generated_names_need_no_second_run(shop: pytest.Pytester) -> None:
    """A token that stands for the same thing everywhere in both runs is no difference, and nothing is run again."""
    shop.makepyfile(
        """
        import secrets, sqlalchemy as sa

        runs = []

        def test_token(diglot):
            runs.append(diglot.dialect.name)
            with diglot.connect() as connection:
                connection.execute(sa.text("INSERT INTO items (name) VALUES (:name)"), {"name": secrets.token_hex(12)})
                connection.execute(sa.text("SELECT name FROM items ORDER BY id")).all()

        def test_runs():
            assert runs == ["sqlite", "postgresql"]
        """
    )

    result = shop.runpytest("--parity", "strict")

    result.assert_outcomes(passed=3)


def test_swapped_names_are_a_difference(shop: pytest.Pytester) -> None:
    """A token that stands for one thing in one place and for another in the next is reported."""
    shop.makepyfile(
        """
        import secrets, sqlalchemy as sa

        def test_swap(diglot):
            names = [secrets.token_hex(12), secrets.token_hex(12)]
            with diglot.connect() as connection:
                for name in names:
                    connection.execute(sa.text("INSERT INTO items (name) VALUES (:name)"), {"name": name})
                found = "ASC" if diglot.dialect.name == "sqlite" else "DESC"
                connection.execute(sa.text(f"SELECT name FROM items WHERE id > 1 ORDER BY id {found} LIMIT 1")).all()
        """
    )

    result = shop.runpytest()

    result.stdout.fnmatch_lines(["diglot: * | 1 contract differs"])


def test_order_that_nobody_uses_is_no_difference(shop: pytest.Pytester) -> None:
    """Rows without ORDER BY may come in any order, when what the test does with them does not depend on it."""
    shop.makepyfile(
        UNORDERED
        + """
    def test_set(diglot):
        fill(diglot)
        with diglot.connect() as connection:
            assert set(names(connection)) == {"z", "b", "c"}
    """
    )

    result = shop.runpytest("--parity", "strict")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["diglot: * | no contract differs"])


def test_order_that_code_uses_is_flagged_once(shop: pytest.Pytester) -> None:
    """Where the next statement depends on an order that nobody asked for, that order is the one root."""
    shop.makepyfile(
        UNORDERED
        + """
    def test_first(diglot):
        fill(diglot)
        with diglot.connect() as connection:
            first = names(connection)[0]
            connection.execute(sa.text("SELECT id FROM items WHERE name = :name"), {"name": first}).all()
    """
    )

    shop.runpytest("--diglot-report", "report.json")

    findings = json.loads((shop.path / "report.json").read_text())["contracts"][0]["findings"]
    assert [(one["kind"], one["follows"]) for one in findings] == [("order", False), ("value", True)]
    assert findings[0]["cause"] == "row-order-no-order-by"


def test_order_that_the_test_itself_asserts_is_flagged(shop: pytest.Pytester) -> None:
    """A test that turns red when SQLite gives its rows the other way round depends on their order."""
    shop.makepyfile(
        UNORDERED
        + """
    def test_list(diglot):
        fill(diglot)
        expected = ["z", "b", "c"] if diglot.dialect.name == "sqlite" else ["b", "c", "z"]
        with diglot.connect() as connection:
            assert names(connection) == expected
    """
    )

    result = shop.runpytest("--parity", "strict")

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["row-order-no-order-by:*"])


def test_second_look_leaves_the_next_test_alone(shop: pytest.Pytester) -> None:
    """Tests that are run again are rewound again, and SQLite's order is turned back."""
    shop.makepyfile(
        UNORDERED
        + """
    def test_first(diglot):
        fill(diglot)
        with diglot.connect() as connection:
            assert names(connection)[0]

    def test_next(diglot):
        with diglot.connect() as connection:
            connection.execute(sa.text("INSERT INTO items (name) VALUES ('n')"))
            assert names(connection) == ["seed", "n"]
    """
    )

    result = shop.runpytest("--parity", "strict")

    result.assert_outcomes(passed=4)


def test_threads_are_compared_by_what_fails(shop: pytest.Pytester) -> None:
    """What several threads do at once comes in an order of chance, which is not reported."""
    shop.makepyfile(
        """
        import threading, pytest, shop

        @pytest.mark.isolation("clone")
        def test_threads(diglot):
            threads = [threading.Thread(target=shop.add, args=(diglot.engine, f"n{n}")) for n in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(shop.names(diglot.engine)) == 5
        """
    )

    result = shop.runpytest("--parity", "strict")

    result.assert_outcomes(passed=2)
