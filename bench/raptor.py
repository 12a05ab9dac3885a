"""What Raptor's repository of bars costs over bare SQL on the bare driver: 10,000 bars stored, replaced and read.

Both start from the same records and end with the same records, commit, and take turns on one database of each
dialect. The floor is what somebody would write by hand for one dialect: on Postgres psycopg2's `execute_values`, a
thousand rows a statement, and `fetchall`; on SQLite `executemany`, with prices as whole units and instants as text,
and `fetchall`, with both turned back. It makes the same dataclass of each row, and checks nothing: no zone, no
number of digits, no order of the rows, no bar that comes twice, all of which the repository sees to.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from figures import HEADER, Figure, ratio
from psycopg2.extras import execute_values
from sqlalchemy import make_url

from diglot.choice import Choice
from diglot.provision.postgres import open_bare_postgres
from diglot.settings import Settings

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # Raptor is not installed

from backend_v2.db import Database  # noqa: E402 - the same
from backend_v2.db.tables import metadata  # noqa: E402
from backend_v2.market_data.records import Bar, Range  # noqa: E402
from backend_v2.market_data.repositories import HistoricalBarRepository  # noqa: E402

ROUNDS = 15
COUNT = 10_000
BEGIN = datetime(2024, 1, 2, 14, 30, tzinfo=UTC)
FETCHED_AT = datetime(2024, 6, 3, tzinfo=UTC)
WHOLE = Range(BEGIN, BEGIN + timedelta(minutes=COUNT))
AIM = "at most 1.5x"

COLUMNS = "symbol, timeframe, starts_at, open, high, low, close, volume, trade_count, vwap"
REPLACED = ", ".join(f"{name} = excluded.{name}" for name in [*COLUMNS.split(", ")[3:], "fetched_at"])
UPSERT = " ".join(
    [
        f"INSERT INTO historical_bars ({COLUMNS}, fetched_at) VALUES {{}}",  # noqa: S608 - names from above
        f"ON CONFLICT (symbol, timeframe, starts_at) DO UPDATE SET {REPLACED}",
    ]
)
SELECT = " ".join(
    [
        f"SELECT {COLUMNS} FROM historical_bars WHERE symbol = {{0}} AND timeframe = {{0}}",  # noqa: S608
        "AND starts_at BETWEEN {0} AND {0} ORDER BY starts_at LIMIT {0}",
    ]
)


class Postgres:
    """Bare psycopg2."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def store(self, bars: list[Bar]) -> None:
        """Store bars, or replace them, and commit."""
        rows = [(*vars(bar).values(), FETCHED_AT) for bar in bars]
        with self._connection, self._connection.cursor() as cursor:
            execute_values(cursor, UPSERT.format("%s"), rows, page_size=1000)

    def read(self) -> list[Bar]:
        """Return all bars in order."""
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute(SELECT.format("%s"), ("AAPL", "1Min", WHOLE.start, WHOLE.end, COUNT))
            return [Bar(*row) for row in cursor.fetchall()]


class Sqlite:
    """Bare sqlite3."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        connection.isolation_level = None

    def store(self, bars: list[Bar]) -> None:
        """Store bars, or replace them, and commit."""
        fetched_at = _text(FETCHED_AT)
        rows = [
            (
                bar.symbol, bar.timeframe, _text(bar.starts_at), _units(bar.open), _units(bar.high), _units(bar.low),
                _units(bar.close), bar.volume, bar.trade_count, None if bar.vwap is None else _units(bar.vwap),
                fetched_at,
            )
            for bar in bars
        ]  # fmt: skip
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(UPSERT.format(f"({', '.join('?' * 11)})"), rows)
        self._connection.execute("COMMIT")

    def read(self) -> list[Bar]:
        """Return all bars in order."""
        places = ("AAPL", "1Min", _text(WHOLE.start), _text(WHOLE.end), COUNT)
        return [
            Bar(
                symbol, timeframe, datetime.fromisoformat(at).replace(tzinfo=UTC), _amount(opens), _amount(high),
                _amount(low), _amount(close), volume, count, None if vwap is None else _amount(vwap),
            )
            for symbol, timeframe, at, opens, high, low, close, volume, count, vwap in self._connection.execute(
                SELECT.format("?"), places
            ).fetchall()
        ]  # fmt: skip


class Repository:
    """Raptor's own way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def store(self, bars: list[Bar]) -> None:
        """Store bars, or replace them, and commit."""
        with self._database.connect() as connection:
            HistoricalBarRepository(connection).upsert(bars, fetched_at=FETCHED_AT)

    def read(self) -> list[Bar]:
        """Return all bars in order."""
        with self._database.connect() as connection:
            return HistoricalBarRepository(connection).between("AAPL", "1Min", WHOLE, limit=COUNT)


def main() -> None:
    """Print the table and the ratios."""
    print(f"{COUNT} bars, {ROUNDS} rounds; the floor is bare SQL on the bare driver")
    print(HEADER)
    for name, opened, floor in (("postgresql", postgres, Postgres), ("sqlite", sqlite, Sqlite)):
        with opened() as database:
            metadata.create_all(database.engine)
            held = database.engine.raw_connection()
            times = measure(database, Repository(database), floor(held.driver_connection))
            held.close()
        report(name, times)


def measure(database: Database, ours: Repository, floor: Postgres | Sqlite) -> dict[str, dict[str, list[float]]]:
    """Let both take turns; return seconds by what was done and by whom."""
    names = ("store new bars", "replace bars", "read bars")
    times: dict[str, dict[str, list[float]]] = {name: {"ours": [], "floor": []} for name in names}
    bars = made_up()
    for number in range(ROUNDS + 1):
        sides = {"ours": ours, "floor": floor}
        for who in sides if number % 2 else reversed(sides):
            side = sides[who]
            empty(database)
            taken = [timed(side.store, bars), timed(side.store, bars), timed(side.read)]
            assert side.read() == bars
            if number:  # the first round warms caches
                for name, seconds in zip(names, taken, strict=True):
                    times[name][who].append(seconds)
    return times


def report(dialect: str, times: dict[str, dict[str, list[float]]]) -> None:
    """Print what was measured on one dialect."""
    for name, sides in times.items():
        ours, floor = (Figure(f"{dialect}, {name}, {who}", seconds) for who, seconds in sides.items())
        for figure in (ours, floor):
            print(figure.row("ms", 1e3))
        print(ratio(f"{dialect}, {name}: ours over floor, medians", ours.median_s, floor.median_s, AIM))
        pairs = sorted(one / other for one, other in zip(ours.times_s, floor.times_s, strict=True))
        print(
            f"{'pair by pair: min, median, max':<60} {pairs[0]:>8.2f}x {pairs[len(pairs) // 2]:.2f}x {pairs[-1]:.2f}x"
        )


def made_up() -> list[Bar]:
    """Return bars of one symbol, a minute apart, with all six places in use."""
    return [
        Bar(
            "AAPL", "1Min", BEGIN + timedelta(minutes=number), _amount(187_150_001 + number),
            _amount(188_440_003 + number), _amount(183_885_007 + number), _amount(185_640_009 + number),
            1_000_000 + number, 1_000 + number, _amount(185_937_347 + number),
        )
        for number in range(COUNT)
    ]  # fmt: skip


def empty(database: Database) -> None:
    """Begin anew."""
    with database.engine.connect() as connection:
        is_postgres = connection.dialect.name == "postgresql"
        connection.exec_driver_sql(f"{'TRUNCATE' if is_postgres else 'DELETE FROM'} historical_bars")
        connection.commit()


def timed(work: Callable[..., object], *arguments: object) -> float:
    """Return the seconds that something takes."""
    started = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - started


@contextmanager
def postgres() -> Iterator[Database]:
    """Yield an empty database on the bundled server."""
    server = open_bare_postgres(Settings(root=ROOT), Choice(("postgresql",), "embedded", "rewind"), "bench")
    with closing(server):
        database = Database.open(server.create_database("raptor", empty=True).set(drivername="postgresql+psycopg2"))
        yield database
        database.engine.dispose()


@contextmanager
def sqlite() -> Iterator[Database]:
    """Yield an empty database in a file."""
    with TemporaryDirectory() as folder:
        database = Database.open(make_url(f"sqlite:///{folder}/raptor.db"))
        yield database
        database.engine.dispose()


def _text(instant: datetime) -> str:
    return instant.replace(tzinfo=None).isoformat(" ", "microseconds")


def _units(price: Decimal) -> int:
    return int(price.scaleb(6))


def _amount(units: int) -> Decimal:
    return Decimal(units).scaleb(-6)


if __name__ == "__main__":
    main()
