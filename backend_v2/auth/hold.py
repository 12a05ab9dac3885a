"""Make sure that a user is there, and stays until the transaction ends."""

from uuid import UUID

from sqlalchemy import Connection

from backend_v2.auth.records import User
from backend_v2.auth.repositories import UserRepository
from backend_v2.errors import Unauthorized


def hold_user(connection: Connection, user_id: UUID) -> User:
    """Return the user, whom nobody else changes or deletes meanwhile; raises Unauthorized when they have just gone.

    To be called before rows of theirs are locked: a deletion locks the user first, and two that lock
    in different orders wait for each other.
    """
    user = UserRepository(connection).lock(user_id)
    if user is None:
        raise Unauthorized("the user is gone")
    return user
