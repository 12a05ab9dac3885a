"""Slow down whoever guesses: after too many failed tries to get in, none is made for a while.

A try is noted before anything is verified, and taken back when it did not fail: it counts as failed for as long
as nobody knows better. So of any number of tries at once no more than the limit get past.
"""

import hashlib
import hmac
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address as parsed
from uuid import UUID

from sqlalchemy import Connection

from backend_v2.auth.records import Event, User
from backend_v2.auth.repositories import AuditRepository, LoginAttemptRepository, UserRepository, wait_for_turn
from backend_v2.clock import Clock
from backend_v2.config import Config
from backend_v2.db.database import Database
from backend_v2.errors import RaptorError, TooManyRequests, Unauthorized

WINDOW = timedelta(minutes=15)
PER_ADDRESS = 20
PER_USER = 5
_KEPT = timedelta(days=30)
_NOBODY = UUID(int=0)


class LoginGuard:
    """Counts tries that failed, per address and per user."""

    def __init__(self, database: Database, config: Config, clock: Clock) -> None:
        self._database = database
        self._config = config
        self._clock = clock

    def check(self, *, ip_address: str) -> None:
        """Raise TooManyRequests when a try from this address would be refused."""
        with self._database.connect() as connection:
            self._refuse_address(LoginAttemptRepository(connection), network(ip_address), self._clock())

    @contextmanager
    def attempt(self, ip_address: str) -> Iterator[int]:
        """Note a try from an address, and yield its number; raises TooManyRequests when there were too many.

        Inside, `claim` says for whom it is; `succeeded`, `failed` or `counts` how it went. It is taken back when the
        block ends with an error other than Unauthorized: then nothing was tried.
        """
        attempt = self._begin(network(ip_address))
        try:
            yield attempt
        except Unauthorized:
            raise
        except RaptorError:
            with self._database.connect() as connection:
                self.succeeded(connection, attempt)
            raise

    def claim(self, attempt: int, *, email: str, user: User | None) -> None:
        """Say for whom a try is; raises TooManyRequests when there were too many for them.

        An email that is no user's is counted as one that is, so that nobody finds out which it is.
        """
        now = self._clock()
        with self._database.connect() as connection:
            attempts = LoginAttemptRepository(connection)
            if user is not None and UserRepository(connection).lock(user.id) is not None:
                _refuse(attempts.of_user(user.id, since=now - WINDOW, limit=PER_USER), PER_USER, now)
                attempts.assign(attempt, user.id)
            else:
                stranger = self._stranger(email)
                wait_for_turn(connection, stranger)
                _refuse(attempts.of_stranger(stranger, since=now - WINDOW, limit=PER_USER), PER_USER, now)
                attempts.explain(attempt, stranger)

    def succeeded(self, connection: Connection, attempt: int) -> None:
        """Take a try back, in the caller's transaction: it counts for nothing."""
        LoginAttemptRepository(connection).remove(attempt)

    def counts(self, attempt: int, reason: str) -> None:
        """Say why a try counts; one for a stranger keeps saying that it is."""
        with self._database.connect() as connection:
            LoginAttemptRepository(connection).explain(attempt, reason)

    def failed(self, attempt: int, event: Event) -> None:
        """Write down that a try failed, for the event's `reason`; of a user who has gone it names none."""
        with self._database.connect() as connection:
            here = UserRepository(connection).lock(event.user_id or _NOBODY)
            LoginAttemptRepository(connection).explain(attempt, (event.detail or {})["reason"])
            AuditRepository(connection).add(event if here is not None else replace(event, user_id=None))

    def _begin(self, address: str) -> int:
        now = self._clock()
        with self._database.connect() as connection:
            attempts = LoginAttemptRepository(connection)
            wait_for_turn(connection, f"login attempt from {address}")
            self._refuse_address(attempts, address, now)
            attempts.delete_old(now - _KEPT)
            return attempts.add(ip_address=address, at=now)

    def _refuse_address(self, attempts: LoginAttemptRepository, address: str, now: datetime) -> None:
        failed = attempts.of_address(address, since=now - WINDOW, limit=PER_ADDRESS)
        _refuse(failed, PER_ADDRESS, now)

    def _stranger(self, email: str) -> str:
        """Return what stands for an email that is no user's: always the same, and nobody can read it."""
        digest = hmac.new(self._config.page_key, b"stranger\0" + email.encode(), hashlib.sha256)
        return f"no such user {digest.hexdigest()[:32]}"


def network(ip_address: str) -> str:
    """Return what counts as one address: of IPv6 the 64 bits that a household is given."""
    try:
        address = parsed(ip_address)
    except ValueError:
        return ip_address
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Network((int(address), 64), strict=False))
    return ip_address


def retry_after_s(oldest: datetime, window: timedelta, now: datetime) -> int:
    """Return in how many whole seconds an instant will have left a window that ends now."""
    return max(1, math.ceil((oldest + window - now).total_seconds()))


def _refuse(failed: list[datetime], most: int, now: datetime) -> None:
    """Raise TooManyRequests when `failed`, the newest first, has `most` instants; room comes when the last leaves."""
    if len(failed) >= most:
        raise TooManyRequests("too many failed logins", retry_after_s=retry_after_s(failed[most - 1], WINDOW, now))
