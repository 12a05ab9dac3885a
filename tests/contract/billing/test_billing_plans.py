"""What Postgres is asked, and how it finds pages of snapshots, changes and alarms: by indexes, without a sort."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, event

from backend_v2.billing.repositories import (
    BillingAlertConfigRepository,
    BillingAlertEventRepository,
    BillingSnapshotRepository,
)
from backend_v2.db.tables import billing
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH

pytestmark = pytest.mark.only_on("postgresql", reason="SQLite explains its plans in another way, and needs none here")

VENDORS, MONTHS = 20, 100


def _fill(connection: Connection) -> None:
    """Record 2,000 snapshots, and an alarm about each."""
    vendors = [f"vendor-{number}" for number in range(VENDORS)]
    days = [date(2016, 1, 1) + timedelta(days=30 * number) for number in range(MONTHS)]
    facts = {"amount_minor": 9, "currency": "USD", "source": "api", "fetched_at": EPOCH}
    snapshots = [
        {"vendor": vendor, "period_start": day, "period_end": day, **facts} for day in days for vendor in vendors
    ]
    connection.execute(sa.insert(billing.vendor_billing_snapshots), snapshots)
    rule = {"threshold_minor": 1, "currency": "USD", "enabled": True, "updated_at": EPOCH}
    connection.execute(sa.insert(billing.billing_alert_configs), [{"vendor": one, **rule} for one in vendors])
    configs, stored = billing.billing_alert_configs, billing.vendor_billing_snapshots
    source = sa.select(
        configs.c.id, stored.c.id, stored.c.amount_minor, configs.c.threshold_minor, stored.c.fetched_at
    ).join(configs, configs.c.vendor == stored.c.vendor)
    names = ["config_id", "snapshot_id", "amount_minor", "threshold_minor", "raised_at"]
    connection.execute(sa.insert(billing.billing_alert_events).from_select(names, source.order_by(stored.c.id)))
    connection.execute(sa.text("ANALYZE"))


def _plan(connection: Connection, ask: Callable[[], Any]) -> str:
    """Return the plan of the one statement that `ask` sends."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    ask()
    event.remove(connection, "before_cursor_execute", note)
    ((statement, parameters),) = sent
    return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))


@pytest.mark.parametrize("before", [None, (date(2020, 1, 1), 900)], ids=["first page", "later page"])
@pytest.mark.parametrize("name", ["page", "changes"])
def test_page_of_snapshots_is_read_from_its_index(diglot: Diglot, name: str, before: tuple[date, int] | None) -> None:
    """A page of all vendors, of snapshots or of changes, is read from the index of the list, in its order."""
    with diglot.connect() as connection:
        _fill(connection)
        ask = getattr(BillingSnapshotRepository(connection), name)

        plan = _plan(connection, lambda: ask(vendor=None, limit=51, before=before))

    assert "Index Scan Backward using ix_vendor_billing_snapshots_list" in plan
    assert ("Index Cond: (ROW(" in plan) == (before is not None)
    assert "Seq Scan" not in plan
    assert "Sort" not in plan


@pytest.mark.parametrize("before", [None, 900], ids=["first page", "later page"])
def test_page_of_alarms_is_read_from_its_key(diglot: Diglot, before: int | None) -> None:
    """A page of alarms is read from the primary key, and their snapshots are looked up."""
    with diglot.connect() as connection:
        _fill(connection)
        repository = BillingAlertEventRepository(connection)

        plan = _plan(connection, lambda: repository.page(vendor=None, limit=51, before=before))

    assert "pk_billing_alert_events" in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan


def test_configs_are_ordered_by_bytes(diglot: Diglot) -> None:
    """The order of vendors is stated as that of their bytes, which a database may have as its own or not."""
    diglot.statements.clear()

    with diglot.connect() as connection:
        BillingAlertConfigRepository(connection).all()

    (statement,) = [str(one) for one in diglot.statements]
    assert 'vendor) COLLATE "C"' in statement
