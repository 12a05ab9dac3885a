"""What the auth routes take and give."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, min_length=3, max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$"
    ),
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00]*$")]


def _of_moderate_size(credential: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(credential.get("response"), dict):
        raise ValueError("response must be an object")  # noqa: TRY004 - pydantic takes ValueError alone
    return credential


Credential = Annotated[dict[str, Any], AfterValidator(_of_moderate_size)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RegisterOptionsIn(_Closed):
    """Who wants to register; a signed-in user says nothing, and adds a passkey."""

    email: Email | None = None
    display_name: Name | None = None


class RegisterIn(_Closed):
    """The browser's answer to creation options, as its `toJSON()` gives it."""

    credential: Credential
    name: Name = "Passkey"


class LoginOptionsIn(_Closed):
    """Whose passkeys to ask for; without an email any discoverable one."""

    email: Email | None = None


class LoginIn(_Closed):
    """The browser's answer to request options, as its `toJSON()` gives it."""

    credential: Credential


class RenamePasskeyIn(_Closed):
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


class SessionOut(BaseModel):
    """One session. current: it is the one that asks."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    user_agent: str
    ip_address: str
    current: bool


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
