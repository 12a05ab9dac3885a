"""Contacts, tickets, mail and the status page."""

import sqlalchemy as sa

from backend_v2.db.tables.registry import flag, identity, instant, metadata, one_of, refers, text, uuid_key
from backend_v2.db.types import Text, json_value

marketing_contacts = sa.Table(
    "marketing_contacts",
    metadata,
    identity(),
    text("email", 254, unique=True),
    text("source", 40),
    flag("opted_out"),
    instant("created_at"),
    instant("opted_out_at", nullable=True),
)

support_tickets = sa.Table(
    "support_tickets",
    metadata,
    uuid_key(),
    refers("user_id", "users.id", on_delete="SET NULL", nullable=True, index=False),
    text("requester_email", 254, index=True),
    text("subject", 255),
    text("status", 10),
    instant("created_at"),
    instant("updated_at"),
    one_of("status", "open", "pending", "closed"),
    sa.Index("ix_support_tickets_list", "user_id", "created_at", "id"),
    sa.Index("ix_support_tickets_queue", "created_at", "id"),
)

support_messages = sa.Table(
    "support_messages",
    metadata,
    identity(),
    refers("ticket_id", "support_tickets.id", on_delete="CASCADE"),
    refers("author_id", "users.id", on_delete="SET NULL", nullable=True),
    text("direction", 8),
    sa.Column("body", Text(), nullable=False),
    text("provider_message_id", 100, nullable=True, unique=True),
    text("in_reply_to", 255, nullable=True),
    instant("created_at"),
    one_of("direction", "inbound", "outbound"),
)

support_customer_map = sa.Table(
    "support_customer_map",
    metadata,
    identity(),
    text("email", 254, unique=True),
    refers("user_id", "users.id", on_delete="CASCADE"),
    instant("created_at"),
)

postmark_inbound_messages = sa.Table(
    "postmark_inbound_messages",
    metadata,
    identity(),
    text("message_id", 100, unique=True),
    text("from_email", 254),
    text("to_email", 254),
    text("subject", 998),
    sa.Column("payload", json_value(), nullable=False),
    refers("ticket_id", "support_tickets.id", on_delete="SET NULL", nullable=True),
    instant("received_at", index=True),
)

postmark_deliveries = sa.Table(
    "postmark_deliveries",
    metadata,
    identity(),
    text("message_id", 100),
    text("recipient", 254),
    text("message_stream", 100),
    text("tag", 100, nullable=True),
    sa.Column("payload", json_value(), nullable=False),
    instant("delivered_at"),
    instant("received_at", index=True),
    sa.UniqueConstraint("message_id", "recipient"),
)

status_events = sa.Table(
    "status_events",
    metadata,
    identity(),
    text("provider_event_id", 100, unique=True),
    text("component", 100),
    text("status", 20),
    text("summary", 255),
    sa.Column("payload", json_value(), nullable=False),
    instant("occurred_at", index=True),
    instant("received_at"),
    one_of("status", "operational", "degraded", "partial_outage", "major_outage", "maintenance"),
)
