"""Note which mails of ours arrived."""

from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.mail.records import Delivery, StoredDelivery
from backend_v2.mail.repositories import DeliveryRepository, Position


class PostmarkDeliveryService:
    """Deliveries of mail that went out."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def receive(self, delivery: Delivery) -> bool:
        """Store a delivery; return False, and change nothing, when it was told before."""
        now = self._clock()
        with self._database.connect() as connection:
            deliveries = DeliveryRepository(connection)
            # Asked first, since an insert that conflicts uses up a number on Postgres.
            if deliveries.find(delivery.message_id, delivery.recipient) is not None:
                return False
            return deliveries.add(delivery, at=now) is not None

    def page(self, *, limit: int, before: Position | None) -> tuple[list[StoredDelivery], bool]:
        """Return one page of deliveries, the newest first, and whether there are more."""
        with self._database.connect() as connection:
            found = DeliveryRepository(connection).page(limit=limit + 1, before=before)
        return found[:limit], len(found) > limit
