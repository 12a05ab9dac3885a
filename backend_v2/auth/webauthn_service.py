"""The passkey ceremonies: what the WebAuthn library verifies, and all that it leaves to us.

Ours are: a challenge is consumed once, and before anything is verified, so that a failed try
uses it up; the credential is looked up by its id; the user handle must be its owner's; the user
must have been verified; a frame of another origin is refused; backup eligibility never changes;
the counter rises, unless it is always 0.
"""

import hashlib
import hmac
import secrets
from typing import Any
from uuid import UUID, uuid4

import webauthn
from sqlalchemy import Connection
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from backend_v2.auth.browser_answer import (
    LONGEST_ID,
    REFUSED,
    client_data,
    raw_bytes,
    refuse_cross_origin,
    transports,
)
from backend_v2.auth.customer_session_service import CustomerSessionService, Origin
from backend_v2.auth.login_guard import LoginGuard
from backend_v2.auth.records import Challenge, Passkey, Session, User
from backend_v2.auth.repositories import AuditRepository, ChallengeRepository, PasskeyRepository, UserRepository
from backend_v2.clock import Clock
from backend_v2.config import Config
from backend_v2.db.database import Database
from backend_v2.errors import BadRequest, Conflict, Unauthorized
from backend_v2.http.session_cookie import Caller

_LONGEST_NAME = 100


class WebauthnService:
    """Registers passkeys and logs users in with them."""

    def __init__(
        self, database: Database, sessions: CustomerSessionService, guard: LoginGuard, config: Config, clock: Clock
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._config = config
        self._clock = clock
        self._guard = guard

    # -- registration --------------------------------------------------------------------------

    def registration_options(
        self, *, email: str | None, display_name: str | None, caller: Caller | None
    ) -> dict[str, Any]:
        """Return creation options: for a new user, or for one more passkey of the caller's.

        No user is created: that happens when the passkey has been verified. Raises Unauthorized when
        it is neither said who registers, nor anybody signed in.
        """
        existing: list[Passkey] = []
        user_id: UUID | None = None
        if caller is not None:
            with self._database.connect() as connection:
                user = UserRepository(connection).get(caller.user_id)
                existing = PasskeyRepository(connection).of_user(caller.user_id)
            if user is None:
                raise Unauthorized("the user is gone")
            user_id, handle, email, display_name = user.id, user.user_handle, user.email, user.display_name
        elif email is None:
            raise Unauthorized("sign in to add a passkey, or give an email to register")
        else:
            handle = secrets.token_bytes(32)
        display_name = display_name or email[:_LONGEST_NAME]
        challenge = self._hand_out("register", user_id=user_id, handle=handle, email=email, display_name=display_name)
        options = webauthn.generate_registration_options(
            rp_id=self._config.rp_id,
            rp_name=self._config.rp_name,
            user_name=email,
            user_id=handle,
            user_display_name=display_name,
            challenge=challenge,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential_id) for one in existing],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
        return dict(options_to_json_dict(options))

    def register(
        self, credential: dict[str, Any], *, name: str, caller: Caller | None, origin: Origin
    ) -> tuple[User, Passkey, str | None]:
        """Verify a new passkey and store it; return user, passkey and, for a new user, a session's token.

        Raises BadRequest when it does not verify, Conflict when the email or the credential is taken.
        """
        client = client_data(credential)
        challenge = self._consume(client, "register")
        if challenge.user_id is not None and (caller is None or caller.user_id != challenge.user_id):
            raise Unauthorized("the challenge was handed to another user")
        passkey = self._verified_passkey(credential, client, challenge, name)
        with self._database.connect() as connection:
            user, is_new = self._owner(connection, challenge)
            passkey = Passkey(**{**vars(passkey), "user_id": user.id})
            if not PasskeyRepository(connection).add(passkey):
                raise Conflict("this passkey is registered already")
            token = self._sessions.open(connection, user, origin)[0] if is_new else None
            event = "user_registered" if is_new else "passkey_added"
            AuditRepository(connection).add(
                origin.event(event, user.id, {"passkey": str(passkey.id)}, at=passkey.created_at)
            )
        return user, passkey, token

    def _verified_passkey(
        self, credential: dict[str, Any], client: dict[str, Any], challenge: Challenge, name: str
    ) -> Passkey:
        refuse_cross_origin(client)
        try:
            verified = webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=challenge.challenge,
                expected_rp_id=self._config.rp_id,
                expected_origin=list(self._config.origins),
                require_user_verification=True,
            )
        except Exception as error:  # it is built for honest answers: others make it fail in many ways
            raise BadRequest(f"{REFUSED}: {error}") from error
        if len(verified.credential_id) > LONGEST_ID:
            raise BadRequest(f"{REFUSED}: its id is longer than {LONGEST_ID} bytes")
        return Passkey(
            id=uuid4(),
            user_id=uuid4(),
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            backup_eligible=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
            backed_up=verified.credential_backed_up,
            aaguid=UUID(verified.aaguid),
            transports=transports(credential),
            name=name,
            created_at=self._clock(),
            last_used_at=None,
        )

    def _owner(self, connection: Connection, challenge: Challenge) -> tuple[User, bool]:
        users = UserRepository(connection)
        if challenge.user_id is not None:
            user = users.get(challenge.user_id)
            if user is None:
                raise Unauthorized("the user is gone")
            return user, False
        user = User(
            id=uuid4(),
            user_handle=challenge.user_handle or b"",
            email=challenge.email or "",
            display_name=challenge.display_name or "",
            is_admin=False,
            suspended_at=None,
            created_at=self._clock(),
        )
        if not users.add(user):
            raise Conflict("this email cannot be registered")
        return user, True

    # -- login ---------------------------------------------------------------------------------

    def login_options(self, *, email: str | None, origin: Origin) -> dict[str, Any]:
        """Return request options; an unknown email gets an answer of the same shape as a known one."""
        self._guard.check(ip_address=origin.ip_address)
        allowed: list[PublicKeyCredentialDescriptor] | None = None
        if email is not None:
            with self._database.connect() as connection:
                user = UserRepository(connection).find_by_email(email)
                passkeys = [] if user is None else PasskeyRepository(connection).of_user(user.id)
            ids = [one.credential_id for one in passkeys] or [self._decoy(email)]
            allowed = [PublicKeyCredentialDescriptor(id=one) for one in ids]
        options = webauthn.generate_authentication_options(
            rp_id=self._config.rp_id,
            challenge=self._hand_out("login"),
            allow_credentials=allowed,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return dict(options_to_json_dict(options))

    def login(self, credential: dict[str, Any], *, origin: Origin) -> tuple[User, Session, str]:
        """Verify an assertion and open a session; return user, session and token.

        Raises Unauthorized, with one text for every cause, and TooManyRequests after too many failures.
        """
        with self._guard.attempt(origin.ip_address) as attempt:
            client = client_data(credential)
            challenge = self._consume(client, "login")
            user, passkey = self._owner_of(credential)
            if user is None or passkey is None:
                raise self._failed(origin, attempt, None, "unknown credential")
            self._guard.claim(attempt, email=user.email, user=user)
            reason, verified = self._verify(credential, client, challenge, user, passkey)
            if verified is None:
                raise self._failed(origin, attempt, user.id, reason)
            now = self._clock()
            with self._database.connect() as connection:
                present = UserRepository(connection).lock(user.id)
                moved = present is not None and PasskeyRepository(connection).record_use(
                    passkey, sign_count=verified.new_sign_count, backed_up=verified.credential_backed_up, at=now
                )
                if moved:
                    token, session = self._sessions.open(connection, user, origin)
                    detail = {"passkey": str(passkey.id)}
                    AuditRepository(connection).add(origin.event("login", user.id, detail, at=now))
                    self._guard.succeeded(connection, attempt)
            if not moved:
                raise self._failed(origin, attempt, user.id, "counter moved meanwhile")
        return user, session, token

    def _owner_of(self, credential: dict[str, Any]) -> tuple[User | None, Passkey | None]:
        with self._database.connect() as connection:
            passkey = PasskeyRepository(connection).find(raw_bytes(credential.get("rawId")))
            user = None if passkey is None else UserRepository(connection).get(passkey.user_id)
        return user, passkey

    def _verify(
        self, credential: dict[str, Any], client: dict[str, Any], challenge: Challenge, user: User, passkey: Passkey
    ) -> tuple[str, Any]:
        """Return why the assertion is refused, or an empty reason and what the library verified."""
        if user.suspended_at is not None:
            return "suspended", None
        handle = credential["response"].get("userHandle")
        if handle is not None and not hmac.compare_digest(raw_bytes(handle), user.user_handle):
            return "user handle of another user", None
        try:
            refuse_cross_origin(client)
            verified = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge.challenge,
                expected_rp_id=self._config.rp_id,
                expected_origin=list(self._config.origins),
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except Exception as error:  # noqa: BLE001 - as at registration
            return type(error).__name__[:100], None
        eligible = verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE
        return ("", verified) if eligible == passkey.backup_eligible else ("backup eligibility changed", None)

    # -- both ----------------------------------------------------------------------------------

    def _hand_out(
        self,
        ceremony: str,
        *,
        user_id: UUID | None = None,
        handle: bytes | None = None,
        email: str | None = None,
        display_name: str | None = None,
    ) -> bytes:
        now = self._clock()
        challenge = secrets.token_bytes(32)
        with self._database.connect() as connection:
            repository = ChallengeRepository(connection)
            repository.delete_expired(now)
            expires_at = now + self._config.challenge_lifetime
            repository.add(
                Challenge(uuid4(), challenge, ceremony, user_id, handle, email, display_name, now, expires_at)
            )
        return challenge

    def _consume(self, client: dict[str, Any], ceremony: str) -> Challenge:
        """Use the challenge up, in a transaction of its own: it stays used when the rest fails."""
        with self._database.connect() as connection:
            challenge = ChallengeRepository(connection).consume(raw_bytes(client.get("challenge")), ceremony=ceremony)
        if challenge is None or challenge.expires_at <= self._clock():
            raise BadRequest("the challenge is unknown, used or expired: ask for new options")
        return challenge

    def _failed(self, origin: Origin, attempt: int, user_id: UUID | None, reason: str) -> Unauthorized:
        self._guard.failed(attempt, origin.event("login_failed", user_id, {"reason": reason}, at=self._clock()))
        return Unauthorized(REFUSED)

    def _decoy(self, email: str) -> bytes:
        """A credential id that looks real and is the same at every try."""
        return hmac.new(self._config.page_key, b"decoy\0" + email.encode(), hashlib.sha256).digest()
