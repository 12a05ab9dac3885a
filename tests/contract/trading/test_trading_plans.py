"""How Postgres finds an account's orders: by their index, whatever else the table holds."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend_v2.db.tables import trading
from backend_v2.trading.repositories import PaperOrderRepository
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH
from tests.contract.trading.conftest import SAVINGS, SPARE, order


@pytest.mark.only_on("postgresql", reason="SQLite explains in other words; the index is the same there")
@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("before", [None, (EPOCH + timedelta(seconds=1500), UUID(int=1500))], ids=["first", "next"])
@pytest.mark.parametrize("status", [None, "open"])
def test_orders_are_read_from_their_index(diglot: Diglot, before: Any, status: str | None) -> None:
    """A page of one account's orders is read backwards from the index, without a sort."""
    rows = [
        asdict(order(number, created_at=EPOCH + timedelta(seconds=number), account_id=(SAVINGS, SPARE)[number % 2]))
        for number in range(1, 2001)
    ]
    with diglot.connect() as connection:
        connection.execute(sa.insert(trading.paper_orders), rows)
        connection.execute(sa.text("ANALYZE paper_orders"))
        diglot.statements.clear()
        found = PaperOrderRepository(connection).page(SAVINGS, status=status, symbol=None, limit=50, before=before)
        sent = diglot.statements[0]

        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {sent.sql}", sent.parameters).scalars())

    assert len(found) == 50
    assert "ix_paper_orders_list" in plan
    assert "Sort" not in plan
    assert "Seq Scan" not in plan
