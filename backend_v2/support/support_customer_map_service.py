"""Say which user an address belongs to: by the customer map first, then by the users' own addresses."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from backend_v2.auth.customer_session_service import Origin
from backend_v2.auth.repositories import AuditRepository, UserRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import NotFound
from backend_v2.http.session_cookie import Caller
from backend_v2.support.records import Mapping
from backend_v2.support.repositories import CustomerMapRepository


def user_of(connection: Connection, email: str) -> UUID | None:
    """Return the user whom an address, in lower case, belongs to, or None for a stranger's."""
    mapping = CustomerMapRepository(connection).find(email)
    if mapping is not None:
        return mapping.user_id
    user = UserRepository(connection).find_by_email(email)
    return None if user is None else user.id


class SupportCustomerMapService:
    """What administrators say of addresses."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def page(self, *, limit: int, after: str | None) -> tuple[list[Mapping], bool]:
        """Return one page of the map in order of the addresses, and whether there are more."""
        with self._database.connect() as connection:
            found = CustomerMapRepository(connection).page(limit=limit + 1, after=after)
        return found[:limit], len(found) > limit

    def put(self, caller: Caller, email: str, user_id: UUID, origin: Origin) -> tuple[Mapping, bool]:
        """Give an address to a user; return what the map says now, and whether the address is new to it.

        Raises NotFound when there is no such user. Of two at once the last one holds.
        """
        now = self._clock()
        with self._database.connect() as connection:
            if UserRepository(connection).lock(user_id) is None:
                raise NotFound("there is no such user")
            mappings = CustomerMapRepository(connection)
            moved = mappings.move(email, user_id)
            stored = moved or mappings.save(Mapping(email=email, user_id=user_id, created_at=now))
            event = origin.event("address_mapped", user_id, at=now)
            AuditRepository(connection).add(replace(event, actor=str(caller.user_id)))
        return stored, moved is None

    def delete(self, caller: Caller, email: str, origin: Origin) -> None:
        """Take an address out of the map; raises NotFound when it is not there."""
        with self._database.connect() as connection:
            gone = CustomerMapRepository(connection).delete(email)
            if gone is None:
                raise NotFound("the address is not in the map")
            event = origin.event("address_unmapped", gone.user_id, at=self._clock())
            AuditRepository(connection).add(replace(event, actor=str(caller.user_id)))
