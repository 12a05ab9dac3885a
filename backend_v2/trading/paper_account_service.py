"""Open and delete paper accounts, and show what is in them."""

from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import Connection

from backend_v2.auth.customer_session_service import Origin
from backend_v2.auth.hold import hold_user
from backend_v2.auth.repositories import AuditRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import Conflict, NotFound
from backend_v2.trading.records import Account, AccountFill, Position
from backend_v2.trading.repositories import (
    PaperAccountRepository,
    PaperFillRepository,
    PaperPositionRepository,
    TradingRuntimeRepository,
)

MOST_ACCOUNTS = 20
"""Of one user."""

_GONE = "there is no such account"


class PaperAccountService:
    """Users' paper accounts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def open(self, user_id: UUID, *, name: str, currency: str, starting_cash: Decimal, origin: Origin) -> Account:
        """Open an account whose cash is what it starts with.

        Raises Conflict when the user has one of this name, or as many as one may have; Unauthorized when the user
        has just gone. The user's row is held, so that two requests at once cannot both open the last one.
        """
        now = self._clock()
        account = Account(
            id=uuid4(),
            user_id=user_id,
            name=name,
            currency=currency,
            cash=starting_cash,
            starting_cash=starting_cash,
            created_at=now,
        )
        with self._database.connect() as connection:
            hold_user(connection, user_id)
            repository = PaperAccountRepository(connection)
            if len(repository.of_user(user_id)) >= MOST_ACCOUNTS:
                raise Conflict(f"there are {MOST_ACCOUNTS} accounts, which is the most")
            if not repository.add(account):
                raise Conflict(f"there is an account named {name!r} already")
            event = origin.event("paper_account_opened", user_id, {"account": str(account.id)}, at=now)
            AuditRepository(connection).add(event)
        return account

    def of_user(self, user_id: UUID) -> list[Account]:
        """Return a user's accounts, the oldest first."""
        with self._database.connect() as connection:
            return PaperAccountRepository(connection).of_user(user_id)

    def get(self, user_id: UUID, account_id: UUID) -> Account:
        """Return one of a user's accounts; raises NotFound."""
        with self._database.connect() as connection:
            return _found(connection, user_id, account_id)

    def delete(self, user_id: UUID, account_id: UUID, origin: Origin) -> None:
        """Delete an account with everything in it; raises NotFound, and Conflict while a strategy runs on it."""
        with self._database.connect() as connection:
            hold_user(connection, user_id)
            repository = PaperAccountRepository(connection)
            if repository.lock(account_id, user_id=user_id) is None:
                raise NotFound(_GONE)
            if TradingRuntimeRepository(connection).running_on(account_id):
                raise Conflict("a strategy runs on this account: stop it first")
            repository.delete(account_id, user_id=user_id)
            detail = {"account": str(account_id)}
            AuditRepository(connection).add(origin.event("paper_account_deleted", user_id, detail, at=self._clock()))

    def positions(
        self, user_id: UUID, account_id: UUID, *, limit: int, after: str | None
    ) -> tuple[list[Position], bool]:
        """Return one page of an account's positions, in order of the symbol, and whether there are more.

        Raises NotFound.
        """
        with self._database.connect() as connection:
            _found(connection, user_id, account_id)
            found = PaperPositionRepository(connection).page(account_id, limit=limit + 1, after=after)
        return found[:limit], len(found) > limit

    def fills(
        self, user_id: UUID, account_id: UUID, *, limit: int, before: int | None
    ) -> tuple[list[AccountFill], bool]:
        """Return one page of an account's fills, the newest first, and whether there are more; raises NotFound."""
        with self._database.connect() as connection:
            _found(connection, user_id, account_id)
            found = PaperFillRepository(connection).page(account_id, limit=limit + 1, before=before)
        return found[:limit], len(found) > limit


def _found(connection: Connection, user_id: UUID, account_id: UUID) -> Account:
    account = PaperAccountRepository(connection).find(account_id, user_id=user_id)
    if account is None:
        raise NotFound(_GONE)
    return account
