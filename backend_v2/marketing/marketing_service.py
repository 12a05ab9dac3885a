"""Who gets marketing mail: signing up, opting out by a link without signing in, and users' own choice.

Signing an address up never undoes that it opted out: only the signed-in user with that address does. A link's
token is the address, signed; it stays good as long as the key does, and for an address that was deleted too.
"""

import base64
import hashlib
import hmac
from uuid import UUID

from sqlalchemy import Connection

from backend_v2.auth.customer_session_service import Origin
from backend_v2.auth.records import User
from backend_v2.auth.repositories import AuditRepository, UserRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import BadRequest, Unauthorized
from backend_v2.http.session_cookie import Caller
from backend_v2.marketing.records import Contact, Preference
from backend_v2.marketing.repositories import MarketingContactRepository

ACCOUNT, LINK = "account", "opt-out"
"""Sources of contacts whom nobody signed up: users who said what they want, and addresses that opted out unknown."""

_PURPOSE = b"marketing opt-out"
_MAC_BYTES = 16
_REFUSED = "token is not one that was given out here"


class MarketingService:
    """Marketing contacts.

    key: of the installation. Links are signed by one that is derived from it, so that nothing that it signs elsewhere
    is ever taken for a link.
    """

    def __init__(self, database: Database, clock: Clock, *, key: bytes) -> None:
        self._database = database
        self._clock = clock
        self._key = hmac.new(key, _PURPOSE, hashlib.sha256).digest()

    def sign_up(self, email: str, source: str) -> None:
        """Add a contact; nothing changes for an address that is known, or that opted out."""
        with self._database.connect() as connection:
            contacts = MarketingContactRepository(connection)
            contacts.wait_for(email)
            if contacts.find(email) is None:
                contacts.add(email, source=source, opted_out=False, at=self._clock())

    def opt_out(self, token: str, origin: Origin) -> None:
        """Opt the address of a token out, for good; again, it changes nothing. Raises BadRequest."""
        email = self._address(token)
        with self._database.connect() as connection:
            contacts = MarketingContactRepository(connection)
            contacts.wait_for(email)
            found = contacts.find(email)
            if found is not None and found.opted_out:
                return
            if found is None:
                changed = contacts.add_digest(email, source=LINK, at=self._clock())
            else:
                changed = contacts.set_opted_out(found.id, email=email, opted_out=True, at=self._clock())
            self._audit(connection, "marketing_opted_out", None, changed, origin)

    def page(self, *, opted_out: bool | None, limit: int, after: int) -> tuple[list[Contact], bool]:
        """Return one page of contacts by id, and whether there are more."""
        with self._database.connect() as connection:
            found = MarketingContactRepository(connection).page(opted_out=opted_out, limit=limit + 1, after=after)
        return found[:limit], len(found) > limit

    def preference(self, caller: Caller) -> Preference:
        """Return whether the caller gets marketing mail; raises Unauthorized when they have just gone."""
        with self._database.connect() as connection:
            user = _existing(UserRepository(connection).get(caller.user_id))
            return _preference(user.email, MarketingContactRepository(connection).find(user.email))

    def set_preference(self, caller: Caller, *, opted_out: bool, origin: Origin) -> Preference:
        """Opt the caller out, or in; raises Unauthorized when they have just gone."""
        with self._database.connect() as connection:
            user = _existing(UserRepository(connection).lock(caller.user_id))
            contacts = MarketingContactRepository(connection)
            contacts.wait_for(user.email)
            found = contacts.find(user.email)
            if found is not None and found.opted_out == opted_out:
                return _preference(user.email, found)
            if found is None:
                changed = contacts.add(user.email, source=ACCOUNT, opted_out=opted_out, at=self._clock())
            else:
                changed = contacts.set_opted_out(found.id, email=user.email, opted_out=opted_out, at=self._clock())
            event = "marketing_opted_out" if opted_out else "marketing_opted_in"
            self._audit(connection, event, user.id, changed, origin)
            return _preference(user.email, changed)

    def token(self, email: str) -> str:
        """Return the token with which an address opts out."""
        payload = email.encode()
        return base64.urlsafe_b64encode(self._mac(payload) + payload).rstrip(b"=").decode()

    def _address(self, token: str) -> str:
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except ValueError as error:
            raise BadRequest(_REFUSED) from error
        mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(payload)):
            raise BadRequest(_REFUSED)
        return payload.decode()

    def _mac(self, payload: bytes) -> bytes:
        return hmac.new(self._key, payload, hashlib.sha256).digest()[:_MAC_BYTES]

    def _audit(
        self, connection: Connection, name: str, user_id: UUID | None, contact: Contact | None, origin: Origin
    ) -> None:
        """Log a change; of whom nobody knows who they are, the contact's number."""
        detail = None if contact is None else {"contact": str(contact.id)}
        AuditRepository(connection).add(origin.event(name, user_id, detail, at=self._clock()))


def _existing(user: User | None) -> User:
    if user is None:
        raise Unauthorized("the user is gone")
    return user


def _preference(email: str, contact: Contact | None) -> Preference:
    return Preference(
        email=email,
        opted_out=contact is not None and contact.opted_out,
        opted_out_at=None if contact is None else contact.opted_out_at,
        receives_mail=contact is not None and not contact.opted_out,
    )
