"""How Postgres finds a page of customers, and one of a customer's events: by their indexes, without a sort."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, event

from backend_v2.admin.repositories import CustomerRepository
from backend_v2.auth.repositories import AuditRepository
from backend_v2.db.tables import auth
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH

pytestmark = pytest.mark.only_on("postgresql", reason="SQLite explains its plans in another way, and needs none here")

CUSTOMERS, LINES, USERS = 2000, 2000, 20


def _plan(connection: Connection, ask: Any) -> str:
    """Return the plan of the one statement that `ask` sends."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    ask()
    event.remove(connection, "before_cursor_execute", note)
    ((statement, parameters),) = sent
    return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))


def _users(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": uuid4(),
            "user_handle": str(number).encode(),
            "email": f"{number}@x.example",
            "display_name": "x",
            "is_admin": False,
            "suspended_at": None,
            "created_at": EPOCH + timedelta(seconds=number // 2),
        }
        for number in range(count)
    ]


@pytest.mark.parametrize("after", [None, EPOCH + timedelta(seconds=500)], ids=["first page", "later page"])
def test_page_of_customers_is_read_from_its_index(diglot: Diglot, after: datetime | None) -> None:
    """A page of customers, the first or a later one, is read from the index of the list, in its order."""
    before = None if after is None else (after, UUID(int=2**127))
    with diglot.connect() as connection:
        connection.execute(sa.insert(auth.users), _users(CUSTOMERS))
        connection.execute(sa.text("ANALYZE users"))
        repository = CustomerRepository(connection)

        plan = _plan(connection, lambda: repository.page(query=None, suspended=None, limit=21, before=before))

    assert "ix_users_list" in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan


@pytest.mark.parametrize("before", [None, LINES - 40], ids=["first page", "later page"])
def test_page_of_events_is_read_from_its_index(diglot: Diglot, before: int | None) -> None:
    """A page of one customer's events is read from the index of the list, in its order."""
    users = sorted(_users(USERS), key=lambda one: str(one["id"]))  # as long runs of one customer, which plans look at
    lines = [
        {"occurred_at": EPOCH, "event": "login", "user_id": user["id"]}
        for user in users
        for _ in range(LINES // USERS)
    ]
    with diglot.connect() as connection:
        connection.execute(sa.insert(auth.users), users)
        connection.execute(sa.insert(auth.audit_log), lines)
        connection.execute(sa.text("ANALYZE audit_log"))
        repository = AuditRepository(connection)

        plan = _plan(connection, lambda: repository.page(users[-1]["id"], limit=21, before=before))

    assert "ix_audit_log_list" in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan
