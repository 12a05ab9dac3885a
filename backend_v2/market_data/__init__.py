"""Prices: bars from the market data API, kept so that each is asked for once."""
