"""A stand-in for Alpaca's bars and quotes API: the same contract, without the network.

In process it is a WSGI application; `python -m tests.standins.alpaca --port 8100` serves it.
"""

from tests.standins.alpaca.application import AlpacaStandIn
from tests.standins.alpaca.bars import UNKNOWN_SYMBOL

__all__ = ["UNKNOWN_SYMBOL", "AlpacaStandIn"]
