"""Rows of the auth tables, as the services see them."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class User:
    """A customer or an administrator. user_handle: what authenticators know them by."""

    id: UUID
    user_handle: bytes
    email: str
    display_name: str
    is_admin: bool
    suspended_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class Passkey:
    """A registered WebAuthn credential. public_key: COSE."""

    id: UUID
    user_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    backup_eligible: bool
    backed_up: bool
    aaguid: UUID
    transports: list[str]
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class Challenge:
    """A challenge that was handed out for one ceremony, `register` or `login`.

    user_id: the signed-in user who adds a passkey. user_handle, email, display_name: who a
    registration is for.
    """

    id: UUID
    challenge: bytes
    ceremony: str
    user_id: UUID | None
    user_handle: bytes | None
    email: str | None
    display_name: str | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Session:
    """A customer's session; the token itself is known to its holder alone."""

    id: UUID
    user_id: UUID
    token_sha256: bytes
    user_agent: str
    ip_address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    absolute_expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class Event:
    """A line of the audit log. detail: JSON without secrets and without personal data."""

    occurred_at: datetime
    event: str
    user_id: UUID | None = None
    actor: str | None = None
    ip_address: str | None = None
    request_id: str | None = None
    detail: dict[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class LoggedEvent(Event):
    """A line of the audit log as it is stored. id: rises with each line."""

    id: int


@dataclass(frozen=True, kw_only=True)
class BackupCodes:
    """What is known of a user's backup codes. created_at: None when there are none."""

    total: int
    unused: int
    created_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class BootstrapToken:
    """A token that lets one address in for the first time; the token itself is known to its holder alone."""

    id: int
    email: str
    issued_by: UUID | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class EmailChallenge:
    """Six digits that were sent to an address. purpose: `verify_email` or `recover`."""

    id: UUID
    email: str
    purpose: str
    code_sha256: bytes = field(repr=False)
    attempts: int
    created_at: datetime
    expires_at: datetime
    verified_at: datetime | None
