"""Read and write the trading tables; each repository works on a connection that somebody else commits.

Whoever locks several things does so in this order, so that nobody waits in a circle: the row of a user, the row of an
account, its orders from the oldest on. Whoever changes an account's cash, orders or positions holds the account's row.
Whoever makes or deletes accounts and strategies, or changes a strategy's state, holds the user's.
"""

from backend_v2.trading.repositories.accounts import PaperAccountRepository
from backend_v2.trading.repositories.fills import PaperFillRepository
from backend_v2.trading.repositories.orders import PaperOrderRepository
from backend_v2.trading.repositories.positions import PaperPositionRepository
from backend_v2.trading.repositories.runtimes import TradingRuntimeRepository
from backend_v2.trading.repositories.strategies import StrategyRepository

__all__ = [
    "PaperAccountRepository",
    "PaperFillRepository",
    "PaperOrderRepository",
    "PaperPositionRepository",
    "StrategyRepository",
    "TradingRuntimeRepository",
]
