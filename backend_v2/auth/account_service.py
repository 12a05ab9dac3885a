"""What a signed-in user does with their own passkeys, sessions and account."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection

from backend_v2.auth.customer_session_service import Origin
from backend_v2.auth.records import Event, LoggedEvent, Passkey
from backend_v2.auth.repositories import (
    AuditRepository,
    BackupCodeRepository,
    PasskeyRepository,
    UserRepository,
)
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import Conflict, NotFound, Unauthorized
from backend_v2.http.session_cookie import Caller


class Eraser(Protocol):
    """What another domain deletes of a user, in the transaction that deletes the user."""

    def __call__(self, connection: Connection, *, user_id: UUID, email: str) -> None:
        """Delete everything of theirs."""


class AccountService:
    """Lists, renames and revokes passkeys; shows events; deletes accounts.

    erasers: of the other domains that keep what is a user's without referring to `users`.
    """

    def __init__(self, database: Database, clock: Clock, *, erasers: Sequence[Eraser] = ()) -> None:
        self._database = database
        self._clock = clock
        self._erasers = tuple(erasers)

    def passkeys(self, caller: Caller) -> list[Passkey]:
        """Return the caller's passkeys, the oldest first."""
        with self._database.connect() as connection:
            return PasskeyRepository(connection).of_user(caller.user_id)

    def rename_passkey(self, caller: Caller, passkey_id: UUID, name: str, origin: Origin) -> Passkey:
        """Rename one of the caller's passkeys; raises NotFound when it is not theirs."""
        with self._database.connect() as connection:
            passkey = PasskeyRepository(connection).rename(passkey_id, user_id=caller.user_id, name=name)
            if passkey is None:
                raise NotFound("there is no such passkey")
            self._audit(connection, "passkey_renamed", caller.user_id, origin, {"passkey": str(passkey_id)})
        return passkey

    def revoke_passkey(self, caller: Caller, passkey_id: UUID, origin: Origin) -> None:
        """Delete one of the caller's passkeys.

        Raises NotFound when it is not theirs, and Conflict when it is the last one and no unused
        backup code would let them in again. Two requests at once cannot both take the last but one.
        """
        with self._database.connect() as connection:
            passkeys = PasskeyRepository(connection)
            UserRepository(connection).lock(caller.user_id)
            mine = passkeys.of_user(caller.user_id)
            if passkey_id not in {one.id for one in mine}:
                raise NotFound("there is no such passkey")
            if len(mine) == 1 and BackupCodeRepository(connection).state(caller.user_id).unused == 0:
                raise Conflict("this is the last passkey, and there is no unused backup code to log in with")
            passkeys.delete(passkey_id, user_id=caller.user_id)
            self._audit(connection, "passkey_revoked", caller.user_id, origin, {"passkey": str(passkey_id)})

    def events(self, caller: Caller, *, limit: int, before: int | None) -> tuple[list[LoggedEvent], bool]:
        """Return one page of what happened to the caller, the newest first, and whether there is more."""
        with self._database.connect() as connection:
            found = AuditRepository(connection).page(caller.user_id, limit=limit + 1, before=before)
        return found[:limit], len(found) > limit

    def delete_account(self, caller: Caller, origin: Origin) -> None:
        """Delete the caller with everything that is theirs; what stays says only that it happened.

        Raises Unauthorized when the account has just gone.
        """
        with self._database.connect() as connection:
            user = UserRepository(connection).lock(caller.user_id)
            if user is None:
                raise Unauthorized("the account is gone")
            for erase in self._erasers:
                erase(connection, user_id=user.id, email=user.email)
            UserRepository(connection).delete(user)
            AuditRepository(connection).add(Event(self._clock(), "account_deleted", request_id=origin.request_id))

    def _audit(self, connection: Connection, name: str, user_id: UUID, origin: Origin, detail: dict[str, str]) -> None:
        AuditRepository(connection).add(origin.event(name, user_id, detail, at=self._clock()))
