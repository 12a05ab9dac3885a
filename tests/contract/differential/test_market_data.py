"""Symbols, quotes and backtests: whatever the API lets through, both dialects do the same with it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy import Connection

from backend_v2.auth.records import User
from backend_v2.auth.repositories import UserRepository
from backend_v2.db.tables import market_data
from backend_v2.market_data.crossover import trade
from backend_v2.market_data.records import Backtest, Listing, OpenClose, Quote, StoredTrade, Trade
from backend_v2.market_data.repositories import BacktestRepository, QuoteRepository, SymbolRepository
from diglot.differential import Lockstep, differential, operation, values

NOW = st.integers(0, 2).map(lambda day: datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(days=day))
"""The service's clock."""
SYMBOLS = st.sampled_from(("A", "AAPL", "BRK", "BRK.B", "BRKA", "B")) | st.from_regex(
    r"[A-Z][A-Z.]{0,15}", fullmatch=True
)
"""`Symbol`: in capitals."""
LINES = st.sampled_from(
    ("Straße", "STRASSE", "É x", "e\u0301", "a b", "a  b", "a_b", "a%b", "İi", "ǅ", "ﬁ", "\u00a8")
) | (
    values(market_data.symbols.c.name)
    .map(lambda text: "".join(one for one in text if ord(one) > 31 and one != "\x7f").strip()[:50])
    .filter(bool)
)
"""`Company` and `Query`: one line, no space at either end."""
LISTINGS = values(
    market_data.symbols,
    into=Listing,
    symbol=SYMBOLS,
    name=LINES,
    exchange=st.from_regex(r"[A-Z][A-Z0-9_.-]{0,19}", fullmatch=True),
    asset_class=st.from_regex(r"[a-z][a-z0-9_]{0,19}", fullmatch=True),
)
LIMITS = st.integers(1, 3) | st.just(501)
"""`SymbolsIn.limit` and `BacktestsIn.limit`, and one more."""
LEAST, MOST = Decimal("0.000001"), Decimal(10) ** 12 - Decimal("0.000001")
PRICES = st.sampled_from((LEAST, Decimal(1), MOST)) | st.decimals(LEAST, MOST, places=6)
"""`Price` and `read_price`."""
COUNTS = st.integers(0, 3) | st.integers(0, 2**63 - 1)
QUOTES = st.builds(
    Quote,
    symbol=SYMBOLS,
    bid=st.just(Decimal("0.000000")) | PRICES,
    ask=st.just(Decimal("0.000000")) | PRICES,
    bid_size=COUNTS,
    ask_size=COUNTS,
    quoted_at=NOW | NOW.map(lambda at: at + timedelta(microseconds=1)),
)
"""What `read_quote` lets through."""
USERS = st.sampled_from((UUID(int=1), UUID(int=2)))
RUNS = st.sampled_from((UUID(int=1), UUID(int=2**127), UUID(int=2**128 - 1)))
AMOUNTS = st.sampled_from((Decimal(1), Decimal(10), MOST)) | st.decimals(LEAST, Decimal(1000), places=6)


def test_symbols_are_kept_and_found_alike(diglot_lockstep: Lockstep) -> None:
    """Any symbols, stored, changed and searched for in any order, are the same on both dialects."""
    agreement = differential(
        diglot_lockstep,
        operation(SymbolRepository.put, listing=LISTINGS, at=NOW),
        operation(SymbolRepository.put_all, listings=st.lists(LISTINGS, max_size=4), at=NOW),
        operation(SymbolRepository.set_tradable, symbol=SYMBOLS, tradable=st.booleans(), at=NOW),
        operation(SymbolRepository.get, symbol=SYMBOLS),
        operation(
            SymbolRepository.page,
            query=st.none() | LINES | SYMBOLS | LINES.map(lambda line: line[:2].strip() or "x"),
            tradable=st.none() | st.booleans(),
            limit=LIMITS,
            after=st.none() | SYMBOLS,
        ),
    )

    assert agreement.examples >= 100


def test_quotes_are_kept_alike(diglot_lockstep: Lockstep) -> None:
    """Any quotes, kept in any order, leave the same ones on both dialects."""
    agreement = differential(
        diglot_lockstep,
        operation(QuoteRepository.keep, quotes=st.lists(QUOTES, max_size=4)),
        operation(QuoteRepository.find, symbols=st.lists(SYMBOLS, min_size=1, max_size=4)),
    )

    assert agreement.examples >= 100


class Backtesting:
    """Runs over generated bars, of users who are there; the connection is somebody else's to commit."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def run(
        self,
        *,
        run_id: UUID,
        user_id: UUID,
        prices: list[tuple[Decimal, Decimal]],
        cash: Decimal,
        fast: int,
        at: datetime,
    ) -> tuple[object, list[Trade]]:
        """Trade the prices and store the run, in place of the one with its id; return what is read back."""
        for number in (1, 2):
            name = f"{number}@x"
            UserRepository(self._connection).add(User(UUID(int=number), name.encode(), name, name, False, None, at))
        bars = [OpenClose(at + timedelta(days=day), *pair) for day, pair in enumerate(prices)]
        outcome = trade(bars, starting_cash=cash, fast=fast, slow=fast + 1)
        run = Backtest(
            id=run_id, user_id=user_id, symbol="A", timeframe="1Day", status="done", fast=fast, slow=fast + 1,
            bars=len(bars), range_start=at, range_end=at, starting_cash=cash, ending_cash=outcome.ending_cash,
            max_drawdown=outcome.max_drawdown, created_at=at, finished_at=at,
        )  # fmt: skip
        repository = BacktestRepository(self._connection)
        for owner in (UUID(int=1), UUID(int=2)):
            repository.delete(run_id, user_id=owner)
        repository.add(run, outcome.trades)
        return repository.get(run_id, user_id=user_id), self.trades(run_id, limit=99)

    def trades(self, run_id: UUID, limit: int) -> list[Trade]:
        """Return a run's trades, without their row numbers."""
        found: list[StoredTrade] = BacktestRepository(self._connection).trades(run_id, limit=limit)
        return [Trade(one.side, one.quantity, one.price, one.traded_at) for one in found]


def test_backtests_come_out_alike(diglot_lockstep: Lockstep) -> None:
    """Runs over any prices have the same trades, cash and fall on both dialects, to the last digit."""
    keys = st.tuples(NOW, RUNS)

    agreement = differential(
        diglot_lockstep,
        operation(
            Backtesting.run,
            run_id=RUNS,
            user_id=USERS,
            prices=st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=8),
            cash=PRICES,
            fast=st.integers(1, 3),
            at=NOW,
        ),
        operation(Backtesting.trades, run_id=RUNS, limit=LIMITS),
        operation(BacktestRepository.page, user_id=USERS, limit=LIMITS, before=st.none() | keys),
        operation(BacktestRepository.get, run_id=RUNS, user_id=USERS),
        operation(BacktestRepository.delete, run_id=RUNS, user_id=USERS),
    )

    assert agreement.examples >= 100
