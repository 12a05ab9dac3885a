"""What a user has set, and how far their onboarding is."""

import sqlalchemy as sa

from backend_v2.db.tables.registry import check, identity, instant, metadata, one_of, refers, text
from backend_v2.db.types import json_value

user_settings = sa.Table(
    "user_settings",
    metadata,
    identity(),
    refers("user_id", "users.id", on_delete="CASCADE", unique=True),
    text("time_zone", 64),
    text("locale", 16),
    sa.Column("preferences", json_value(), nullable=False),
    instant("updated_at"),
)

visual_feedback_settings = sa.Table(
    "visual_feedback_settings",
    metadata,
    identity(),
    refers("user_id", "users.id", on_delete="CASCADE", unique=True),
    text("theme", 10),
    sa.Column("animations", sa.Boolean(), nullable=False),
    sa.Column("sounds", sa.Boolean(), nullable=False),
    sa.Column("flash_intensity", sa.Integer(), nullable=False),
    instant("updated_at"),
    one_of("theme", "light", "dark", "system"),
    check("flash_intensity", "flash_intensity BETWEEN 0 AND 100"),
)

onboarding_steps = sa.Table(
    "onboarding_steps",
    metadata,
    identity(),
    refers("user_id", "users.id", on_delete="CASCADE"),
    text("step", 40),
    text("status", 10),
    instant("updated_at"),
    sa.UniqueConstraint("user_id", "step"),
    one_of("status", "pending", "done", "skipped"),
)
