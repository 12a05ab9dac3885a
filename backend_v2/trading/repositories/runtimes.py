"""Which strategies run."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.db.tables import trading
from backend_v2.db.upsert import upsert
from backend_v2.trading.records import Runtime

_TABLE = trading.trading_runtime
_COLUMNS = [_TABLE.c[name] for name in Runtime.__dataclass_fields__]


class TradingRuntimeRepository:
    """The table `trading_runtime`; a strategy that was never started has no row."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, strategy_id: UUID) -> Runtime | None:
        """Return the runtime of a strategy."""
        row = self._connection.execute(sa.select(*_COLUMNS).where(_TABLE.c.strategy_id == strategy_id)).first()
        return None if row is None else Runtime(**row._mapping)

    def change(self, runtime: Runtime, *, expected: int) -> bool:
        """Store a runtime if it still has the version `expected`; return False, and change nothing, when it has not.

        expected: 0 for one that has no row yet. Of two transactions that expect the same version one succeeds.
        """
        values = asdict(runtime)
        if expected == 0:
            statement = upsert(self._connection, _TABLE).values(values)
            statement = statement.on_conflict_do_nothing(index_elements=["strategy_id"])
        else:
            statement = sa.update(_TABLE).values(values)
            statement = statement.where(_TABLE.c.strategy_id == runtime.strategy_id, _TABLE.c.version == expected)
        return self._connection.execute(statement.returning(_TABLE.c.id)).first() is not None

    def beat(self, strategy_id: UUID, *, version: int, at: datetime) -> Runtime | None:
        """Note a heartbeat, if the strategy runs and has this version; return its runtime, or None."""
        statement = sa.update(_TABLE).where(_TABLE.c.strategy_id == strategy_id, _TABLE.c.version == version)
        statement = statement.where(_TABLE.c.state == "running").values(heartbeat_at=at).returning(*_COLUMNS)
        row = self._connection.execute(statement).first()
        return None if row is None else Runtime(**row._mapping)

    def running_on(self, account_id: UUID) -> int:
        """Return how many strategies run on an account."""
        statement = sa.select(sa.func.count()).where(_TABLE.c.account_id == account_id, _TABLE.c.state == "running")
        return self._connection.execute(statement).scalar_one()
