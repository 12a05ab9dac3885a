"""What isolating a test costs, against the bare round trips and against pytest-postgresql.

All tests run in one pytest process and on one server, interleaved, so that a noisy machine
is noisy for all of them. Reported is what a test takes beyond an empty one, with setup and teardown.
"""

import os
import statistics
from collections import defaultdict

from figures import HEADER, Figure, ratio
from project import project

from diglot.provision.binaries import choose

ROUNDS, CLONE_ROUNDS = 300, 20

TESTS = """
import psycopg2, pytest, sqlite3, sqlalchemy as sa
import shop
from diglot.dialects import postgresql as addresses
from pytest_postgresql import factories

ROUNDS = range({rounds})
CLONES = range({clones})
INSERT = sa.insert(shop.items).values(name="a")
ONE = sa.text("SELECT 1")

@pytest.fixture(scope="session")
def floor_postgresql(diglot_server):
    url = diglot_server.create_database("worker")
    connection = psycopg2.connect(**addresses.connect_arguments(url))
    connection.autocommit = True
    yield connection.cursor()
    connection.close()
    diglot_server.drop_database(url)

@pytest.fixture(scope="session")
def floor_sqlite():
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE)")
    return connection.cursor()

peer_proc = factories.postgresql_noproc(depends_on="diglot_server", dbname="peer")
postgresql = factories.postgresql("peer_proc")

def _by_hand(cursor, statement):
    for sql in ("BEGIN", "SAVEPOINT a", statement, "RELEASE SAVEPOINT a", "ROLLBACK"):
        cursor.execute(sql)

@pytest.mark.parametrize("n", ROUNDS)
def test_empty(n): pass

@pytest.mark.parametrize("n", ROUNDS)
def test_floor_select_postgresql(floor_postgresql, n): _by_hand(floor_postgresql, "SELECT 1")

@pytest.mark.parametrize("n", ROUNDS)
def test_floor_insert_postgresql(floor_postgresql, n):
    _by_hand(floor_postgresql, "INSERT INTO items (name) VALUES ('a')")

@pytest.mark.parametrize("n", ROUNDS)
def test_floor_select_sqlite(floor_sqlite, n): _by_hand(floor_sqlite, "SELECT 1")

@pytest.mark.parametrize("n", ROUNDS)
def test_floor_insert_sqlite(floor_sqlite, n): _by_hand(floor_sqlite, "INSERT INTO items (name) VALUES ('a')")

@pytest.mark.parametrize("n", ROUNDS)
def test_rewind_untouched(diglot, n): pass

@pytest.mark.parametrize("n", ROUNDS)
def test_rewind_select(diglot, n):
    with diglot.connect() as connection:
        connection.execute(ONE)

@pytest.mark.parametrize("n", ROUNDS)
def test_rewind_insert(diglot, n):
    with diglot.connect() as connection:
        connection.execute(INSERT)

@pytest.mark.isolation("clone")
@pytest.mark.parametrize("n", CLONES)
def test_clone_insert(diglot, n):
    with diglot.connect() as connection:
        connection.execute(INSERT)

@pytest.mark.parametrize("n", CLONES)
def test_peer_select(postgresql, n):
    postgresql.execute("SELECT 1")
"""

PEER_ALONE = """
from pathlib import Path
alone_proc = factories.postgresql_proc(executable={executable!r}, load=[Path("schema.sql").resolve()])
alone = factories.postgresql("alone_proc")

@pytest.mark.parametrize("n", CLONES)
def test_peer_alone_select(alone, n):
    alone.execute("SELECT 1")
"""

CONFTEST = """
import random, time, pytest

def pytest_collection_modifyitems(items):
    random.Random(0).shuffle(items)

@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    started = time.perf_counter()
    yield
    name, _, rest = item.name.partition("[")
    dialect = next((d for d in ("sqlite", "postgresql") if d in rest), "")
    with open("times.txt", "a") as file:
        file.write(f"{name} {dialect} {time.perf_counter() - started}\\n")
"""


def measure(rounds: int, clones: int) -> dict[str, list[float]]:
    """Run the tests in a process of their own; return seconds by test name and dialect."""
    times = defaultdict(list)
    with project() as shop:
        text = TESTS.format(rounds=rounds, clones=clones)
        if os.geteuid() != 0:  # the peer refuses to start a server as root
            text += PEER_ALONE.format(executable=str(choose("auto").program("pg_ctl")))
        shop.write("schema.sql", "CREATE TABLE items (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE);")
        shop.write("test_bench.py", text)
        shop.write("conftest.py", CONFTEST)
        shop.run()
        (shop.folder / "times.txt").unlink()
        shop.run()
        for line in (shop.folder / "times.txt").read_text(encoding="utf-8").splitlines():
            *names, seconds = line.split()
            times[" ".join(names).removeprefix("test_")].append(float(seconds))
    return times


def main() -> None:
    """Print the table and the ratios."""
    times = measure(ROUNDS, CLONE_ROUNDS)
    empty = statistics.median(times.pop("empty"))
    figures = {name: Figure(name, [one - empty for one in seconds]) for name, seconds in sorted(times.items())}
    print(f"one test beyond an empty one (which takes {empty * 1e6:.0f} us), setup and teardown included")
    print(HEADER)
    for figure in figures.values():
        print(figure.row("us", 1e6))
    print()
    for body in ("select", "insert"):
        for dialect in ("sqlite", "postgresql"):
            above, below = figures[f"rewind_{body} {dialect}"], figures[f"floor_{body}_{dialect}"]
            print(
                ratio(
                    f"rewind over floor, {body}, {dialect}",
                    above.median_s,
                    below.median_s,
                    "at most 3x" if dialect == "postgresql" else "none set",
                )
            )
    for peer in [name for name in ("peer_select", "peer_alone_select") if name in figures]:
        _set_against(figures, peer)


def _set_against(figures: dict[str, Figure], peer: str) -> None:
    where = "its own server" if "alone" in peer else "the same server"
    for name, aim in (("rewind_select postgresql", "at least 300x"), ("clone_insert postgresql", "none set")):
        print(ratio(f"peer on {where} over {name}", figures[peer].median_s, figures[name].median_s, aim))


if __name__ == "__main__":
    main()
