"""Bars, quotes, symbols and backtests, as they are stored; the connection is somebody else's to commit."""

from backend_v2.market_data.repositories.backtests import BacktestRepository
from backend_v2.market_data.repositories.bars import HistoricalBarRepository
from backend_v2.market_data.repositories.quotes import QuoteRepository
from backend_v2.market_data.repositories.symbols import SymbolRepository

__all__ = ["BacktestRepository", "HistoricalBarRepository", "QuoteRepository", "SymbolRepository"]
