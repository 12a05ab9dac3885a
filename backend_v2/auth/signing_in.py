"""What the routes share: where a request comes from, and the answer that opens a session."""

from flask import Response, jsonify, make_response, request

from backend_v2.auth.customer_session_service import Origin
from backend_v2.auth.records import Session, User
from backend_v2.auth.schemas import SignedInOut
from backend_v2.config import Config
from backend_v2.http.request_id import current_request_id
from backend_v2.http.session_cookie import set_session


def origin() -> Origin:
    """Return where the request that is being served comes from."""
    return Origin(request.remote_addr or "unknown", request.headers.get("User-Agent", ""), current_request_id())


def signed_in_answer(user: User, session: Session, token: str, config: Config) -> Response:
    """Return who is signed in now; the token goes into the cookie, and nowhere else."""
    response = make_response(jsonify(SignedInOut.of(user, session).model_dump(mode="json")))
    set_session(response, token, config)
    return response
