"""Many workers, one server: 1,000 tiny contract tests on both dialects at -n 0 and -n 2."""

from figures import HEADER, Figure, ratio
from project import project

TESTS = """
import pytest
import sqlalchemy as sa
import shop

@pytest.mark.parametrize("n", range(500))
def test_insert(diglot, n):
    with diglot.connect() as connection:
        connection.execute(sa.insert(shop.items).values(name="a"))
    assert shop.names(diglot.engine) == ["seed", "a"]
"""
ROUNDS = 5


def main() -> None:
    """Print the table and the ratio."""
    times: dict[str, list[float]] = {"-n 0": [], "-n 2": []}
    with project() as shop:
        shop.write("test_many.py", TESTS)
        shop.run()
        for _ in range(ROUNDS):
            for count in ("0", "2"):
                times[f"-n {count}"].append(shop.run("-n", count))
    figures = {name: Figure(name, seconds) for name, seconds in times.items()}
    print("1,000 tests, 500 on each dialect, whole process, warm")
    print(HEADER)
    for figure in figures.values():
        print(figure.row("ms", 1e3))
    print()
    print(ratio("-n 0 over -n 2", figures["-n 0"].median_s, figures["-n 2"].median_s, "none set"))


if __name__ == "__main__":
    main()
