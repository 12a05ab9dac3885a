"""What the auth routes take and give."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints
from pydantic.json_schema import WithJsonSchema

from backend_v2.auth.records import BackupCodes, BootstrapToken, LoggedEvent, Passkey, Session, User
from backend_v2.http.fields import Closed, Email, Limit, Name, PageToken, limit


def _with_response(credential: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(credential.get("response"), dict):
        raise ValueError("response must be an object")  # noqa: TRY004 - pydantic takes ValueError alone
    return credential


Credential = Annotated[
    dict[str, Any],
    AfterValidator(_with_response),
    WithJsonSchema({"type": "object", "properties": {"response": {"type": "object"}}, "required": ["response"]}),
]
"""A `PublicKeyCredential` as JSON. What else is wrong with it the ceremony finds, which answers 400 or 401."""

_GROUP = "[0-9A-TV-Za-tv-z]{4}"
BackupCode = Annotated[str, StringConstraints(pattern=f"^{_GROUP}-?{_GROUP}-?{_GROUP}-?{_GROUP}$")]
"""Sixteen letters and digits, in either case, with or without dashes; I and L are read as 1, O as 0, and U is none."""

BootstrapKey = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{43}$")]
Digits = Annotated[str, StringConstraints(pattern="^[0-9]{6}$")]


class RegisterOptionsIn(Closed):
    """Who wants to register; a signed-in user says nothing, and adds a passkey."""

    email: Email | None = None
    display_name: Name | None = None


class RegisterIn(Closed):
    """The browser's answer to creation options, as its `toJSON()` gives it."""

    credential: Credential
    name: Name = "Passkey"


class LoginOptionsIn(Closed):
    """Whose passkeys to ask for; without an email any discoverable one."""

    email: Email | None = None


class LoginIn(Closed):
    """The browser's answer to request options, as its `toJSON()` gives it."""

    credential: Credential


class RenamePasskeyIn(Closed):
    """A passkey's new name."""

    name: Name


class OptionsOut(BaseModel):
    """WebAuthn options, for `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`."""

    publicKey: dict[str, Any] = Field(description="PublicKeyCredentialCreationOptionsJSON or ...RequestOptionsJSON")  # noqa: N815 - the name of the standard


class UserOut(BaseModel):
    """A user, as they see themselves."""

    id: UUID
    email: str
    display_name: str
    is_admin: bool
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> Self:
        """Return what is shown of a user."""
        return cls(**{name: getattr(user, name) for name in cls.model_fields})


class SessionOut(BaseModel):
    """One session. current: it is the one that asks."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    user_agent: str
    ip_address: str
    current: bool

    @classmethod
    def of(cls, session: Session, *, current: UUID) -> Self:
        """Return what is shown of a session; `current` is the one that asks."""
        facts = {name: getattr(session, name) for name in cls.model_fields if name != "current"}
        return cls(**facts, current=session.id == current)


class SessionsOut(BaseModel):
    """Live sessions, the newest first."""

    sessions: list[SessionOut]


class PasskeyOut(BaseModel):
    """One passkey, without its keys."""

    id: UUID
    name: str
    backup_eligible: bool
    backed_up: bool
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, passkey: Passkey) -> Self:
        """Return what is shown of a passkey."""
        return cls(**{name: getattr(passkey, name) for name in cls.model_fields})


class PasskeysOut(BaseModel):
    """Passkeys, the oldest first."""

    passkeys: list[PasskeyOut]


class RegisteredOut(BaseModel):
    """The user and the passkey that was registered."""

    user: UserOut
    passkey: PasskeyOut


class SignedInOut(BaseModel):
    """Who is signed in, and in which session."""

    user: UserOut
    session: SessionOut

    @classmethod
    def of(cls, user: User, session: Session) -> Self:
        """Return what somebody is told of themselves, in the session that asks."""
        return cls(user=UserOut.of(user), session=SessionOut.of(session, current=session.id))


class BackupCodesOut(BaseModel):
    """New backup codes: this is the only time that they are shown."""

    codes: list[str]
    created_at: datetime


class BackupCodesStateOut(BaseModel):
    """How many backup codes there are, how many of them unused, and since when."""

    total: int
    unused: int
    created_at: datetime | None

    @classmethod
    def of(cls, state: BackupCodes) -> Self:
        """Return what is shown of a user's codes."""
        return cls(total=state.total, unused=state.unused, created_at=state.created_at)


class RedeemBackupCodeIn(Closed):
    """Whose code, and the code."""

    email: Email
    code: BackupCode


class IssueBootstrapTokenIn(Closed):
    """Whom to let in, and for how long the token is good."""

    email: Email
    valid_hours: int = Field(default=24, strict=True, ge=1, le=168)


class IssuedBootstrapTokenOut(BaseModel):
    """A new token: this is the only time that it is shown."""

    id: int
    token: str
    email: str
    expires_at: datetime

    @classmethod
    def of(cls, stored: BootstrapToken, token: str) -> Self:
        """Return what is stored, with the token itself."""
        return cls(id=stored.id, token=token, email=stored.email, expires_at=stored.expires_at)


class BootstrapTokensIn(Closed):
    """Which page of the outstanding tokens."""

    limit: Limit = limit(50, 500)
    page_token: PageToken | None = None


class BootstrapTokenOut(BaseModel):
    """An outstanding token, without the token itself. issued_by: null when that user is gone."""

    id: int
    email: str
    issued_by: UUID | None
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, stored: BootstrapToken) -> Self:
        """Return what is shown of a token."""
        return cls(**{name: getattr(stored, name) for name in cls.model_fields})


class BootstrapTokensOut(BaseModel):
    """A page of outstanding tokens, the newest first, and the token of the next page, if there is one."""

    tokens: list[BootstrapTokenOut]
    next_page_token: str | None


class RedeemBootstrapTokenIn(Closed):
    """The token."""

    token: BootstrapKey


class SendEmailChallengeIn(Closed):
    """Which address, and what for: to recover an account, or to verify the signed-in user's own address."""

    email: Email
    purpose: Literal["verify_email", "recover"]


class EmailChallengeOut(BaseModel):
    """A challenge that was sent; it says nothing of whether there is an account."""

    challenge_id: UUID
    expires_at: datetime


class VerifyEmailChallengeIn(Closed):
    """The six digits of the mail."""

    code: Digits


class VerifiedOut(BaseModel):
    """The code was right; after a recovery, who is signed in now, and in which session."""

    verified: Literal[True]
    user: UserOut | None
    session: SessionOut | None


class EventsIn(Closed):
    """Which page of the events."""

    limit: Limit = limit(50, 500)
    page_token: PageToken | None = None


class EventOut(BaseModel):
    """Something that happened to the signed-in user, or that they did."""

    event: str
    occurred_at: datetime
    ip_address: str | None
    detail: dict[str, Any] | None

    @classmethod
    def of(cls, logged: LoggedEvent) -> Self:
        """Return what is shown of a line of the audit log."""
        return cls(**{name: getattr(logged, name) for name in cls.model_fields})


class EventsOut(BaseModel):
    """A page of events, the newest first, and the token of the next page, if there is one."""

    events: list[EventOut]
    next_page_token: str | None
