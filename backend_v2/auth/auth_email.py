"""The routes under `/api/auth/email`."""

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, jsonify, make_response

from backend_v2.auth.email_challenge_service import EmailChallengeService
from backend_v2.auth.schemas import (
    EmailChallengeOut,
    SendEmailChallengeIn,
    SessionOut,
    UserOut,
    VerifiedOut,
    VerifyEmailChallengeIn,
)
from backend_v2.auth.signing_in import origin
from backend_v2.config import Config
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import optional_caller, set_session


def blueprint(service: EmailChallengeService, config: Config) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("auth_email", __name__, url_prefix="/api/auth/email", tag="auth")

    @routes.post("/challenges")
    @routes.input(SendEmailChallengeIn, arg_name="body")
    @routes.output(EmailChallengeOut, status_code=202)
    @routes.doc(responses=responses(401, 403, 429, 502))
    def send_email_challenge(body: SendEmailChallengeIn) -> dict[str, Any]:
        """Send six digits to an address, whether or not there is an account."""
        sent = service.send(email=body.email, purpose=body.purpose, caller=optional_caller(), origin=origin())
        return EmailChallengeOut(challenge_id=sent.id, expires_at=sent.expires_at).model_dump(mode="json")

    @routes.post("/challenges/<uuid:challenge_id>/verify")
    @routes.input(VerifyEmailChallengeIn, arg_name="body")
    @routes.output(VerifiedOut)
    @routes.doc(responses=responses(401, 429))
    def verify_email_challenge(challenge_id: UUID, body: VerifyEmailChallengeIn) -> Response:
        """Take the six digits back; a recovery opens a session, and ends all others."""
        entry = service.verify(challenge_id, body.code, caller=optional_caller(), origin=origin())
        out = VerifiedOut(
            verified=True,
            user=None if entry is None else UserOut.of(entry.user),
            session=None if entry is None else SessionOut.of(entry.session, current=entry.session.id),
        )
        response = make_response(jsonify(out.model_dump(mode="json")))
        if entry is not None:
            set_session(response, entry.token, config)
        return response

    return routes
