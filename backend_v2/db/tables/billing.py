"""What vendors charge, when to raise an alarm, and what customers subscribe to."""

import sqlalchemy as sa

from backend_v2.db.tables.registry import check, identity, instant, metadata, one_of, refers, text, uuid_key

vendor_billing_snapshots = sa.Table(
    "vendor_billing_snapshots",
    metadata,
    identity(),
    text("vendor", 40),
    sa.Column("period_start", sa.Date(), nullable=False),
    sa.Column("period_end", sa.Date(), nullable=False),
    sa.Column("amount_minor", sa.BigInteger(), nullable=False),
    text("currency", 3),
    text("source", 10),
    text("raw_sha256", 64, nullable=True),
    instant("fetched_at"),
    sa.UniqueConstraint("vendor", "period_start"),
    one_of("source", "api", "manual", "derived"),
    check("period", "period_end >= period_start"),
    check("currency", "currency = upper(currency) AND length(currency) = 3"),
    sa.Index("ix_vendor_billing_snapshots_list", "period_start", "id"),
)

billing_alert_configs = sa.Table(
    "billing_alert_configs",
    metadata,
    identity(),
    text("vendor", 40, unique=True),
    sa.Column("threshold_minor", sa.BigInteger(), nullable=False),
    text("currency", 3),
    sa.Column("enabled", sa.Boolean(), nullable=False),
    instant("updated_at"),
    check("threshold", "threshold_minor > 0"),
)

billing_alert_events = sa.Table(
    "billing_alert_events",
    metadata,
    identity(),
    refers("config_id", "billing_alert_configs.id", on_delete="CASCADE"),
    refers("snapshot_id", "vendor_billing_snapshots.id", on_delete="CASCADE"),
    sa.Column("amount_minor", sa.BigInteger(), nullable=False),
    sa.Column("threshold_minor", sa.BigInteger(), nullable=False),
    instant("raised_at"),
    sa.UniqueConstraint("config_id", "snapshot_id"),
)

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    uuid_key(),
    refers("user_id", "users.id", on_delete="CASCADE", unique=True),
    text("plan", 40),
    text("status", 12),
    instant("current_period_start"),
    instant("current_period_end"),
    instant("cancelled_at", nullable=True),
    instant("updated_at"),
    one_of("status", "trialing", "active", "past_due", "cancelled"),
    check("period", "current_period_end > current_period_start"),
)
