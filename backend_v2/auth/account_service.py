"""What a signed-in user does with their own passkeys, sessions and account."""

from uuid import UUID

from sqlalchemy import Connection

from backend_v2.auth.customer_session_service import Origin
from backend_v2.auth.records import Event, Passkey
from backend_v2.auth.repositories import AuditRepository, PasskeyRepository, UserRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import Conflict, NotFound
from backend_v2.http.session_cookie import Caller


class AccountService:
    """Lists, renames and revokes passkeys; deletes accounts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

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
            passkeys.lock_user(caller.user_id)
            mine = passkeys.of_user(caller.user_id)
            if passkey_id not in {one.id for one in mine}:
                raise NotFound("there is no such passkey")
            if len(mine) == 1 and passkeys.unused_backup_codes(caller.user_id) == 0:
                raise Conflict("this is the last passkey, and there is no unused backup code to log in with")
            passkeys.delete(passkey_id, user_id=caller.user_id)
            self._audit(connection, "passkey_revoked", caller.user_id, origin, {"passkey": str(passkey_id)})

    def delete_account(self, caller: Caller, origin: Origin) -> None:
        """Delete the caller with everything that is theirs; what stays says only that it happened."""
        with self._database.connect() as connection:
            user = UserRepository(connection).get(caller.user_id)
            if user is None or not UserRepository(connection).delete(user):
                raise NotFound("the account is gone")
            self._audit(connection, "account_deleted", None, origin, None)

    def _audit(
        self,
        connection: Connection,
        event: str,
        user_id: UUID | None,
        origin: Origin,
        detail: dict[str, str] | None,
    ) -> None:
        address = origin.ip_address if user_id is not None else None
        AuditRepository(connection).add(Event(self._clock(), event, user_id, None, address, origin.request_id, detail))
