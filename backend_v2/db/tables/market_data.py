"""Symbols, bars and quotes, and the backtests that run over them."""

import sqlalchemy as sa

from backend_v2.db.tables.registry import check, flag, identity, instant, metadata, one_of, refers, text, uuid_key
from backend_v2.db.types import Text, UtcDateTime, json_value, price

symbols = sa.Table(
    "symbols",
    metadata,
    sa.Column("symbol", Text(16), primary_key=True),
    text("name", 200),
    text("exchange", 20),
    text("asset_class", 20),
    flag("tradable"),
    instant("updated_at"),
    sa.Column("search_name", Text(), nullable=False, server_default=""),
    check("symbol_upper", "symbol = upper(symbol)"),
)

historical_bars = sa.Table(
    "historical_bars",
    metadata,
    sa.Column("symbol", Text(16), primary_key=True),
    sa.Column("timeframe", Text(8), primary_key=True),
    sa.Column("starts_at", UtcDateTime(), primary_key=True),
    sa.Column("open", price(), nullable=False),
    sa.Column("high", price(), nullable=False),
    sa.Column("low", price(), nullable=False),
    sa.Column("close", price(), nullable=False),
    sa.Column("volume", sa.BigInteger(), nullable=False),
    sa.Column("trade_count", sa.BigInteger(), nullable=True),
    sa.Column("vwap", price(), nullable=True),
    instant("fetched_at"),
    check("low_positive", "low > 0"),
    check("high_is_highest", "high >= low AND high >= open AND high >= close"),
    check("low_is_lowest", "low <= open AND low <= close"),
    check("volume", "volume >= 0"),
    check("trade_count", "trade_count IS NULL OR trade_count >= 0"),
)

bar_fetches = sa.Table(
    "bar_fetches",
    metadata,
    identity(),
    text("symbol", 16),
    text("timeframe", 8),
    instant("range_start"),
    instant("range_end"),
    sa.Column("bar_count", sa.Integer(), nullable=False),
    instant("fetched_at"),
    sa.Index("ix_bar_fetches_range", "symbol", "timeframe", "range_start"),
    check("range", "range_end >= range_start"),
    check("bar_count", "bar_count >= 0"),
)

latest_quotes = sa.Table(
    "latest_quotes",
    metadata,
    sa.Column("symbol", Text(16), primary_key=True),
    sa.Column("bid", price(), nullable=False),
    sa.Column("ask", price(), nullable=False),
    sa.Column("bid_size", sa.BigInteger(), nullable=False),
    sa.Column("ask_size", sa.BigInteger(), nullable=False),
    instant("quoted_at"),
    check("bid", "bid >= 0"),
    check("ask", "ask >= 0"),
    check("sizes", "bid_size >= 0 AND ask_size >= 0"),
)

backtest_runs = sa.Table(
    "backtest_runs",
    metadata,
    uuid_key(),
    refers("user_id", "users.id", on_delete="CASCADE", index=False),
    text("symbol", 16),
    text("timeframe", 8),
    text("status", 10),
    sa.Column("parameters", json_value(), nullable=False),
    instant("range_start"),
    instant("range_end"),
    sa.Column("starting_cash", price(), nullable=False),
    sa.Column("ending_cash", price(), nullable=True),
    instant("created_at"),
    instant("finished_at", nullable=True),
    one_of("status", "pending", "done", "failed"),
    check("range", "range_end >= range_start"),
    check("starting_cash", "starting_cash > 0"),
    sa.Index("ix_backtest_runs_list", "user_id", "created_at", "id"),
)

backtest_trades = sa.Table(
    "backtest_trades",
    metadata,
    identity(),
    refers("run_id", "backtest_runs.id", on_delete="CASCADE"),
    text("side", 4),
    sa.Column("quantity", price(), nullable=False),
    sa.Column("price", price(), nullable=False),
    instant("traded_at"),
    one_of("side", "buy", "sell"),
    check("quantity", "quantity > 0"),
    check("price", "price > 0"),
)
