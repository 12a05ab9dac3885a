"""Lead a user through the steps of the onboarding."""

from uuid import UUID

from backend_v2.auth.customer_session_service import Origin
from backend_v2.auth.hold import hold_user
from backend_v2.auth.repositories import AuditRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import Conflict, NotFound
from backend_v2.settings.records import NOT_TO_SKIP, STEPS, Step
from backend_v2.settings.repositories import OnboardingRepository


class OnboardingService:
    """How far users are with their onboarding."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def steps(self, user_id: UUID) -> list[Step]:
        """Return every step in its order; one that was never touched is pending. Nothing is written."""
        with self._database.connect() as connection:
            touched = {one.step: one for one in OnboardingRepository(connection).of_user(user_id)}
        return [touched.get(step, Step(step, "pending", None)) for step in STEPS]

    def move(self, user_id: UUID, step: str, status: str, origin: Origin) -> Step:
        """Set the status of a step; one that has it already stays as it is, its instant too.

        Raises NotFound for an unknown step, Conflict when the step may not be skipped, Unauthorized when
        the user has just gone.
        """
        if step not in STEPS:
            raise NotFound("there is no such step")
        if status == "skipped" and step in NOT_TO_SKIP:
            raise Conflict(f"{step} may not be skipped")
        now = self._clock()
        with self._database.connect() as connection:
            hold_user(connection, user_id)
            repository = OnboardingRepository(connection)
            before = next((one for one in repository.of_user(user_id) if one.step == step), None)
            if before is not None and before.status == status:
                return before
            after = repository.save(user_id, step, status=status, at=now)
            detail = {"step": step, "status": status}
            AuditRepository(connection).add(origin.event("onboarding_step", user_id, detail, at=now))
        return after
