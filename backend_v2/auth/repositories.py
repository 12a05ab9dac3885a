"""Read and write the auth tables; each repository works on a connection that somebody else commits."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.auth.records import Challenge, Event, Passkey, Session, User
from backend_v2.db.tables import auth
from backend_v2.db.upsert import upsert


class UserRepository:
    """The table `users`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, user: User) -> bool:
        """Insert a user; return False, and change nothing, when the email or the handle is taken."""
        statement = _insert_unless_taken(self._connection, auth.users, asdict(user)).returning(auth.users.c.id)
        return self._connection.execute(statement).first() is not None

    def get(self, user_id: UUID) -> User | None:
        """Return the user with this id."""
        row = self._connection.execute(sa.select(auth.users).where(auth.users.c.id == user_id)).first()
        return None if row is None else User(**row._mapping)

    def find_by_email(self, email: str) -> User | None:
        """Return the user with this email, in lower case."""
        row = self._connection.execute(sa.select(auth.users).where(auth.users.c.email == email)).first()
        return None if row is None else User(**row._mapping)

    def delete(self, user: User) -> bool:
        """Delete a user with everything that is theirs; return whether there was one."""
        self._connection.execute(sa.delete(auth.audit_log).where(auth.audit_log.c.user_id == user.id))
        self._connection.execute(sa.delete(auth.email_challenges).where(auth.email_challenges.c.email == user.email))
        return self._connection.execute(sa.delete(auth.users).where(auth.users.c.id == user.id)).rowcount == 1


class PasskeyRepository:
    """The table `webauthn_credentials`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, passkey: Passkey) -> bool:
        """Insert a passkey; return False, and change nothing, when its credential id is taken."""
        table = auth.webauthn_credentials
        statement = _insert_unless_taken(self._connection, table, asdict(passkey)).returning(table.c.id)
        return self._connection.execute(statement).first() is not None

    def find(self, credential_id: bytes) -> Passkey | None:
        """Return the passkey with this credential id, whoever's it is."""
        table = auth.webauthn_credentials
        row = self._connection.execute(sa.select(table).where(table.c.credential_id == credential_id)).first()
        return None if row is None else Passkey(**row._mapping)

    def of_user(self, user_id: UUID) -> list[Passkey]:
        """Return a user's passkeys, the oldest first."""
        table = auth.webauthn_credentials
        statement = sa.select(table).where(table.c.user_id == user_id).order_by(table.c.created_at, table.c.id)
        return [Passkey(**row._mapping) for row in self._connection.execute(statement)]

    def record_use(self, passkey: Passkey, *, sign_count: int, backed_up: bool, at: datetime) -> bool:
        """Note a login; return False when another one has moved the counter since `passkey` was read."""
        table = auth.webauthn_credentials
        unchanged = (table.c.id == passkey.id) & (table.c.sign_count == passkey.sign_count)
        values = {"sign_count": sign_count, "backed_up": backed_up, "last_used_at": at}
        return self._connection.execute(sa.update(table).where(unchanged).values(values)).rowcount == 1

    def rename(self, passkey_id: UUID, *, user_id: UUID, name: str) -> Passkey | None:
        """Give a user's passkey another name; return it, or None when it is not theirs."""
        table = auth.webauthn_credentials
        theirs = (table.c.id == passkey_id) & (table.c.user_id == user_id)
        row = self._connection.execute(sa.update(table).where(theirs).values(name=name).returning(*table.c)).first()
        return None if row is None else Passkey(**row._mapping)

    def delete(self, passkey_id: UUID, *, user_id: UUID) -> bool:
        """Delete a user's passkey; return whether it was there and theirs."""
        table = auth.webauthn_credentials
        theirs = (table.c.id == passkey_id) & (table.c.user_id == user_id)
        return self._connection.execute(sa.delete(table).where(theirs)).rowcount == 1

    def lock_user(self, user_id: UUID) -> None:
        """Make other transactions on this user's passkeys wait (SQLite has one writer anyway)."""
        self._connection.execute(sa.select(auth.users.c.id).where(auth.users.c.id == user_id).with_for_update())

    def unused_backup_codes(self, user_id: UUID) -> int:
        """Return how many backup codes the user could still redeem."""
        table = auth.backup_codes
        unused = (table.c.user_id == user_id) & table.c.used_at.is_(None)
        return int(self._connection.scalar(sa.select(sa.func.count()).select_from(table).where(unused)) or 0)


class ChallengeRepository:
    """The table `webauthn_challenges`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, challenge: Challenge) -> None:
        """Insert a challenge."""
        self._connection.execute(sa.insert(auth.webauthn_challenges).values(asdict(challenge)))

    def consume(self, challenge: bytes, *, ceremony: str) -> Challenge | None:
        """Take a challenge out; of any number of callers one gets it, the others None."""
        table = auth.webauthn_challenges
        wanted = (table.c.challenge == challenge) & (table.c.ceremony == ceremony)
        row = self._connection.execute(sa.delete(table).where(wanted).returning(*table.c)).first()
        return None if row is None else Challenge(**row._mapping)

    def delete_expired(self, now: datetime) -> int:
        """Delete what can no longer be used; return how many."""
        table = auth.webauthn_challenges
        return self._connection.execute(sa.delete(table).where(table.c.expires_at <= now)).rowcount


class SessionRepository:
    """The table `customer_sessions`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, session: Session) -> None:
        """Insert a session."""
        self._connection.execute(sa.insert(auth.customer_sessions).values(asdict(session)))

    def find(self, token_sha256: bytes) -> tuple[Session, User] | None:
        """Return the session with this token, and its user."""
        sessions, users = auth.customer_sessions, auth.users
        statement = sa.select(sessions, *(column.label(f"owner_{column.name}") for column in users.c))
        statement = statement.join(users, users.c.id == sessions.c.user_id)
        row = self._connection.execute(statement.where(sessions.c.token_sha256 == token_sha256)).first()
        if row is None:
            return None
        values = row._mapping
        session = Session(**{column.name: values[column] for column in sessions.c})
        return session, User(**{column.name: values[f"owner_{column.name}"] for column in users.c})

    def live(self, user_id: UUID, now: datetime) -> list[Session]:
        """Return a user's sessions that can still be used, the newest first."""
        table = auth.customer_sessions
        alive = (table.c.user_id == user_id) & table.c.revoked_at.is_(None) & (table.c.expires_at > now)
        statement = sa.select(table).where(alive).order_by(table.c.created_at.desc(), table.c.id)
        return [Session(**row._mapping) for row in self._connection.execute(statement)]

    def touch(self, session_id: UUID, *, seen_at: datetime, expires_at: datetime) -> None:
        """Let a session live on."""
        table = auth.customer_sessions
        values = {"last_seen_at": seen_at, "expires_at": expires_at}
        self._connection.execute(sa.update(table).where(table.c.id == session_id).values(values))

    def revoke(self, session_id: UUID, *, user_id: UUID, at: datetime) -> bool:
        """End a user's session; return whether it was theirs and still alive."""
        table = auth.customer_sessions
        alive = (table.c.id == session_id) & (table.c.user_id == user_id) & table.c.revoked_at.is_(None)
        return self._connection.execute(sa.update(table).where(alive).values(revoked_at=at)).rowcount == 1


class AuditRepository:
    """The tables `audit_log` and `login_attempts`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, event: Event) -> None:
        """Write one line of the audit log."""
        self._connection.execute(sa.insert(auth.audit_log).values(asdict(event)))

    def of_user(self, user_id: UUID) -> list[Event]:
        """Return a user's lines, in the order in which they were written."""
        table = auth.audit_log
        statement = sa.select(table).where(table.c.user_id == user_id).order_by(table.c.id)
        return [Event(**_without_id(row._mapping)) for row in self._connection.execute(statement)]

    def add_failed_login(self, *, user_id: UUID | None, ip_address: str, reason: str, at: datetime) -> None:
        """Note a login that failed."""
        values = {"user_id": user_id, "ip_address": ip_address, "reason": reason, "attempted_at": at}
        self._connection.execute(sa.insert(auth.login_attempts).values(values))

    def failed_logins(self, *, since: datetime, ip_address: str | None = None, user_id: UUID | None = None) -> int:
        """Return how many logins have failed since then, from an address or for a user."""
        table = auth.login_attempts
        statement = sa.select(sa.func.count()).select_from(table).where(table.c.attempted_at > since)
        if ip_address is not None:
            statement = statement.where(table.c.ip_address == ip_address)
        if user_id is not None:
            statement = statement.where(table.c.user_id == user_id)
        return int(self._connection.scalar(statement) or 0)


def _without_id(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}


def _insert_unless_taken(connection: Connection, table: sa.Table, values: dict[str, Any]) -> Any:
    """Return an INSERT that does nothing on a conflict: a failed one would poison a Postgres transaction."""
    return upsert(connection, table).values(values).on_conflict_do_nothing()
