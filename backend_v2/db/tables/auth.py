"""Users, their passkeys and sessions, and what guards them."""

import sqlalchemy as sa

from backend_v2.db.tables.registry import check, flag, identity, instant, metadata, one_of, refers, text, uuid_key
from backend_v2.db.types import json_value

users = sa.Table(
    "users",
    metadata,
    uuid_key(),
    sa.Column("user_handle", sa.LargeBinary(64), nullable=False, unique=True),
    text("email", 254, unique=True),
    text("display_name", 100),
    flag("is_admin"),
    instant("suspended_at", nullable=True),
    instant("created_at"),
    check("email_lower", "email = lower(email)"),
    sa.Index("ix_users_list", "created_at", "id"),
)

webauthn_credentials = sa.Table(
    "webauthn_credentials",
    metadata,
    uuid_key(),
    refers("user_id", "users.id", on_delete="CASCADE"),
    sa.Column("credential_id", sa.LargeBinary(1023), nullable=False, unique=True),
    sa.Column("public_key", sa.LargeBinary(), nullable=False),
    sa.Column("sign_count", sa.BigInteger(), nullable=False),
    flag("backup_eligible"),
    flag("backed_up"),
    sa.Column("aaguid", sa.Uuid(), nullable=False),
    sa.Column("transports", json_value(), nullable=False),
    text("name", 100),
    instant("created_at"),
    instant("last_used_at", nullable=True),
    check("sign_count", "sign_count >= 0"),
    check("backup", "backup_eligible OR NOT backed_up"),
)

webauthn_challenges = sa.Table(
    "webauthn_challenges",
    metadata,
    uuid_key(),
    sa.Column("challenge", sa.LargeBinary(64), nullable=False, unique=True),
    text("ceremony", 20),
    refers("user_id", "users.id", on_delete="CASCADE", nullable=True),
    sa.Column("user_handle", sa.LargeBinary(64), nullable=True),
    text("email", 254, nullable=True),
    text("display_name", 100, nullable=True),
    instant("created_at"),
    instant("expires_at", index=True),
    one_of("ceremony", "register", "login"),
    check("lifetime", "expires_at > created_at"),
)

customer_sessions = sa.Table(
    "customer_sessions",
    metadata,
    uuid_key(),
    refers("user_id", "users.id", on_delete="CASCADE"),
    sa.Column("token_sha256", sa.LargeBinary(32), nullable=False, unique=True),
    text("user_agent", 255),
    text("ip_address", 45),
    instant("created_at"),
    instant("last_seen_at"),
    instant("expires_at", index=True),
    instant("absolute_expires_at"),
    instant("revoked_at", nullable=True),
    check("lifetime", "expires_at <= absolute_expires_at"),
)

backup_codes = sa.Table(
    "backup_codes",
    metadata,
    identity(),
    refers("user_id", "users.id", on_delete="CASCADE"),
    sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
    instant("created_at"),
    instant("used_at", nullable=True),
    sa.UniqueConstraint("user_id", "code_hash"),
)

bootstrap_tokens = sa.Table(
    "bootstrap_tokens",
    metadata,
    identity(),
    sa.Column("token_sha256", sa.LargeBinary(32), nullable=False, unique=True),
    text("email", 254),
    refers("issued_by", "users.id", on_delete="SET NULL", nullable=True),
    instant("created_at"),
    instant("expires_at", index=True),
    instant("redeemed_at", nullable=True),
    refers("redeemed_by", "users.id", on_delete="SET NULL", nullable=True),
    check("lifetime", "expires_at > created_at"),
)

email_challenges = sa.Table(
    "email_challenges",
    metadata,
    uuid_key(),
    text("email", 254, index=True),
    text("purpose", 20),
    sa.Column("code_sha256", sa.LargeBinary(32), nullable=False),
    sa.Column("attempts", sa.Integer(), nullable=False),
    instant("created_at"),
    instant("expires_at", index=True),
    instant("verified_at", nullable=True),
    one_of("purpose", "verify_email", "recover"),
    check("attempts", "attempts BETWEEN 0 AND 5"),
    check("lifetime", "expires_at > created_at"),
)

login_attempts = sa.Table(
    "login_attempts",
    metadata,
    identity(),
    refers("user_id", "users.id", on_delete="CASCADE", nullable=True),
    text("ip_address", 45),
    text("reason", 100),
    instant("attempted_at"),
    sa.Index("ix_login_attempts_address", "ip_address", "attempted_at"),
    sa.Index("ix_login_attempts_user", "user_id", "attempted_at"),
)

audit_log = sa.Table(
    "audit_log",
    metadata,
    identity(),
    instant("occurred_at", index=True),
    text("event", 60),
    refers("user_id", "users.id", on_delete="SET NULL", nullable=True, index=False),
    text("actor", 254, nullable=True),
    text("ip_address", 45, nullable=True),
    text("request_id", 64, nullable=True),
    sa.Column("detail", json_value(), nullable=True),
    sa.Index("ix_audit_log_list", "user_id", "id"),
)
