"""The routes under `/api/auth/bootstrap-tokens`."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, make_response

from backend_v2.auth.bootstrap_token_service import BootstrapTokenService
from backend_v2.auth.schemas import (
    BootstrapTokenOut,
    BootstrapTokensIn,
    BootstrapTokensOut,
    IssueBootstrapTokenIn,
    IssuedBootstrapTokenOut,
    RedeemBootstrapTokenIn,
    SignedInOut,
)
from backend_v2.auth.signing_in import origin, signed_in_answer
from backend_v2.config import Config
from backend_v2.http.pagination import Cursor
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import admin_only, caller


def blueprint(service: BootstrapTokenService, config: Config) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("bootstrap_tokens", __name__, url_prefix="/api/auth/bootstrap-tokens", tag="auth")
    cursor = Cursor("bootstrap tokens", key=config.page_key)

    @routes.post("")
    @routes.input(IssueBootstrapTokenIn, arg_name="body")
    @routes.output(IssuedBootstrapTokenOut, status_code=201)
    @admin_only
    def issue_bootstrap_token(body: IssueBootstrapTokenIn) -> dict[str, Any]:
        """Issue a token that lets an address in once; it is shown this once."""
        stored, token = service.issue(caller(), email=body.email, valid_hours=body.valid_hours, origin=origin())
        return IssuedBootstrapTokenOut.of(stored, token).model_dump(mode="json")

    @routes.get("")
    @routes.input(BootstrapTokensIn, location="query", arg_name="query")
    @routes.output(BootstrapTokensOut)
    @routes.doc(responses=responses(400))
    @admin_only
    def bootstrap_tokens(query: BootstrapTokensIn) -> dict[str, Any]:
        """Return the tokens that can still be redeemed, the newest first."""
        found, more = service.page(limit=query.limit, before=cursor.one(query.page_token, int))
        token = cursor.token(found[-1].id if more else None)
        out = BootstrapTokensOut(tokens=[BootstrapTokenOut.of(one) for one in found], next_page_token=token)
        return out.model_dump(mode="json")

    @routes.delete("/<int:token_id>")
    @routes.output({}, status_code=204)
    @admin_only
    def withdraw_bootstrap_token(token_id: int) -> Response:
        """Make an outstanding token worthless."""
        service.withdraw(caller(), token_id, origin())
        return make_response("", 204)

    @routes.post("/redeem")
    @routes.input(RedeemBootstrapTokenIn, arg_name="body")
    @routes.output(SignedInOut)
    @routes.doc(responses=responses(401, 429))
    def redeem_bootstrap_token(body: RedeemBootstrapTokenIn) -> Response:
        """Use a token up, and open a session for its address, which can then register its first passkey."""
        return signed_in_answer(*service.redeem(body.token, origin()), config)

    return routes
