"""The routes under `/api/onboarding`: its steps, and how far the user is with each."""

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint

from backend_v2.auth.signing_in import origin
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import caller, signed_in
from backend_v2.settings.onboarding_service import OnboardingService
from backend_v2.settings.schemas import OnboardingOut, StepIn, StepOut


def blueprint(service: OnboardingService) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("onboarding", __name__, url_prefix="/api/onboarding", tag="settings")

    @routes.get("")
    @routes.output(OnboardingOut)
    @signed_in
    def onboarding() -> dict[str, Any]:
        """Return every step of the signed-in user's onboarding, in its order."""
        steps = [StepOut(**asdict(one)) for one in service.steps(caller().user_id)]
        completed = all(one.status != "pending" for one in steps)
        return OnboardingOut(steps=steps, completed=completed).model_dump(mode="json")

    @routes.put("/<step>")
    @routes.input(StepIn, arg_name="body")
    @routes.output(StepOut)
    @routes.doc(responses=responses(409))
    @signed_in
    def move(step: str, body: StepIn) -> dict[str, Any]:
        """Set the status of a step; 409 for skipping one that may not be skipped."""
        return StepOut(**asdict(service.move(caller().user_id, step, body.status, origin()))).model_dump(mode="json")

    return routes
