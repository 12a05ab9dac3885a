"""What Postgres adds to the start of a run: one trivial test on it, and the same on SQLite.

Warm: templates cached, no server running. Cold: nothing cached, binaries installed. The two
dialects take turns, so that a noisy machine is noisy for both.
"""

from figures import HEADER, Figure, difference
from project import project

TEST = (
    "def test_it(diglot):\n    with diglot.connect() as connection:\n        connection.exec_driver_sql('SELECT 1')\n"
)
WARM_ROUNDS, COLD_ROUNDS = 15, 5


def main() -> None:
    """Print the table and the differences."""
    times: dict[str, list[float]] = {
        "sqlite cold": [],
        "postgresql cold": [],
        "sqlite warm": [],
        "postgresql warm": [],
    }
    with project() as shop:
        shop.write("test_it.py", TEST)
        for _ in range(COLD_ROUNDS):
            for dialect in ("sqlite", "postgresql"):
                shop.forget_cache()
                times[f"{dialect} cold"].append(shop.run("--dialect", dialect))
        shop.run()
        for _ in range(WARM_ROUNDS):
            for dialect in ("sqlite", "postgresql"):
                times[f"{dialect} warm"].append(shop.run("--dialect", dialect))
    figures = {name: Figure(name, seconds) for name, seconds in times.items()}
    print("pytest with one trivial test, whole process")
    print(HEADER)
    for figure in figures.values():
        print(figure.row("ms", 1e3))
    print()
    for state, aim in (("warm", "at most 0.2 s"), ("cold", "whole run at most 3 s")):
        print(difference(f"{state}: Postgres adds", figures[f"postgresql {state}"], figures[f"sqlite {state}"], aim))


if __name__ == "__main__":
    main()
