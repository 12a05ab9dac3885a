"""Paper accounts, orders, fills and positions, and the strategies that trade them."""

import sqlalchemy as sa

from backend_v2.db.tables.registry import check, identity, instant, metadata, one_of, refers, text, uuid_key
from backend_v2.db.types import json_value, price

paper_accounts = sa.Table(
    "paper_accounts",
    metadata,
    uuid_key(),
    refers("user_id", "users.id", on_delete="CASCADE"),
    text("name", 100),
    text("currency", 3),
    sa.Column("cash", price(), nullable=False),
    sa.Column("starting_cash", price(), nullable=False),
    instant("created_at"),
    sa.UniqueConstraint("user_id", "name"),
    check("cash", "cash >= 0"),
    check("starting_cash", "starting_cash > 0"),
)

paper_orders = sa.Table(
    "paper_orders",
    metadata,
    uuid_key(),
    refers("account_id", "paper_accounts.id", on_delete="CASCADE", index=False),
    text("client_order_id", 64),
    text("symbol", 16, index=True),
    text("side", 4),
    text("kind", 8),
    text("status", 16),
    sa.Column("quantity", price(), nullable=False),
    sa.Column("filled_quantity", price(), nullable=False),
    sa.Column("limit_price", price(), nullable=True),
    sa.Column("stop_price", price(), nullable=True),
    refers("replaces_id", "paper_orders.id", on_delete="SET NULL", nullable=True),
    instant("created_at"),
    instant("updated_at"),
    text("reject_reason", 100, nullable=True),
    sa.UniqueConstraint("account_id", "client_order_id"),
    one_of("side", "buy", "sell"),
    one_of("kind", "market", "limit", "stop"),
    one_of("status", "open", "filled", "cancelled", "replaced", "rejected"),
    check("quantity", "quantity > 0"),
    check("filled_quantity", "filled_quantity >= 0 AND filled_quantity <= quantity"),
    check("limit_price", "limit_price IS NULL OR limit_price > 0"),
    check("stop_price", "stop_price IS NULL OR stop_price > 0"),
    check("kind_price", "(kind = 'limit') = (limit_price IS NOT NULL) AND (kind = 'stop') = (stop_price IS NOT NULL)"),
    sa.Index("ix_paper_orders_list", "account_id", "created_at", "id"),
)

paper_fills = sa.Table(
    "paper_fills",
    metadata,
    identity(),
    refers("order_id", "paper_orders.id", on_delete="CASCADE"),
    sa.Column("quantity", price(), nullable=False),
    sa.Column("price", price(), nullable=False),
    instant("filled_at"),
    check("quantity", "quantity > 0"),
    check("price", "price > 0"),
)

paper_positions = sa.Table(
    "paper_positions",
    metadata,
    identity(),
    refers("account_id", "paper_accounts.id", on_delete="CASCADE"),
    text("symbol", 16),
    sa.Column("quantity", price(), nullable=False),
    sa.Column("average_cost", price(), nullable=False),
    sa.Column("realised_profit", price(), nullable=False),
    instant("updated_at"),
    sa.UniqueConstraint("account_id", "symbol"),
    check("quantity", "quantity >= 0"),
    check("average_cost", "average_cost >= 0"),
)

strategies = sa.Table(
    "strategies",
    metadata,
    uuid_key(),
    refers("user_id", "users.id", on_delete="CASCADE"),
    text("name", 100),
    text("kind", 40),
    sa.Column("parameters", json_value(), nullable=False),
    instant("created_at"),
    instant("updated_at"),
    sa.UniqueConstraint("user_id", "name"),
)

trading_runtime = sa.Table(
    "trading_runtime",
    metadata,
    identity(),
    refers("strategy_id", "strategies.id", on_delete="CASCADE", unique=True),
    refers("account_id", "paper_accounts.id", on_delete="CASCADE"),
    text("state", 10),
    sa.Column("version", sa.Integer(), nullable=False),
    instant("started_at", nullable=True),
    instant("heartbeat_at", nullable=True),
    instant("updated_at"),
    one_of("state", "stopped", "running", "paused"),
    check("version", "version >= 1"),
)
