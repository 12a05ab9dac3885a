"""The routes under `/api/auth`: passkey ceremonies, sessions, passkeys, the account."""

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, jsonify, make_response

from backend_v2.auth import schemas
from backend_v2.auth.account_service import AccountService
from backend_v2.auth.customer_session_service import CustomerSessionService
from backend_v2.auth.signing_in import origin, signed_in_answer
from backend_v2.auth.webauthn_service import WebauthnService
from backend_v2.config import Config
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import caller, clear_session, optional_caller, set_session, signed_in


def blueprint(
    webauthn: WebauthnService, sessions: CustomerSessionService, account: AccountService, config: Config
) -> APIBlueprint:
    """Return the routes over these services."""
    routes = APIBlueprint("auth", __name__, url_prefix="/api/auth", tag="auth")
    _ceremonies(routes, webauthn, sessions, config)
    _sessions(routes, sessions, config)
    _passkeys(routes, account)
    _account(routes, account, config)
    return routes


def _ceremonies(
    routes: APIBlueprint, webauthn: WebauthnService, sessions: CustomerSessionService, config: Config
) -> None:
    @routes.post("/register/options")
    @routes.input(schemas.RegisterOptionsIn, arg_name="body")
    @routes.output(schemas.OptionsOut)
    @routes.doc(responses=responses(401))
    def register_options(body: schemas.RegisterOptionsIn) -> dict[str, Any]:
        """Return creation options for a new user, or for one more passkey of the signed-in user."""
        options = webauthn.registration_options(
            email=body.email, display_name=body.display_name, caller=optional_caller()
        )
        return {"publicKey": options}

    @routes.post("/register")
    @routes.input(schemas.RegisterIn, arg_name="body")
    @routes.output(schemas.RegisteredOut, status_code=201)
    @routes.doc(responses=responses(401, 409))
    def register(body: schemas.RegisterIn) -> Response:
        """Verify a new passkey; a new user is created and signed in."""
        user, passkey, token = webauthn.register(
            body.credential, name=body.name, caller=optional_caller(), origin=origin()
        )
        out = schemas.RegisteredOut(user=schemas.UserOut.of(user), passkey=schemas.PasskeyOut.of(passkey))
        response = make_response(jsonify(out.model_dump(mode="json")), 201)
        if token is not None:
            set_session(response, token, config)
        return response

    @routes.post("/login/options")
    @routes.input(schemas.LoginOptionsIn, arg_name="body")
    @routes.output(schemas.OptionsOut)
    @routes.doc(responses=responses(429))
    def login_options(body: schemas.LoginOptionsIn) -> dict[str, Any]:
        """Return request options, for one user's passkeys or for any discoverable one."""
        return {"publicKey": webauthn.login_options(email=body.email, origin=origin())}

    @routes.post("/login")
    @routes.input(schemas.LoginIn, arg_name="body")
    @routes.output(schemas.SignedInOut)
    @routes.doc(responses=responses(401, 429))
    def login(body: schemas.LoginIn) -> Response:
        """Verify an assertion and open a session."""
        return signed_in_answer(*webauthn.login(body.credential, origin=origin()), config)

    @routes.post("/logout")
    @routes.output({}, status_code=204)
    @signed_in
    def logout() -> Response:
        """End the session that asks."""
        sessions.revoke(caller(), caller().session_id, origin())
        response = make_response("", 204)
        clear_session(response, config)
        return response


def _sessions(routes: APIBlueprint, sessions: CustomerSessionService, config: Config) -> None:
    @routes.get("/session")
    @routes.output(schemas.SignedInOut)
    @signed_in
    def session() -> dict[str, Any]:
        """Return who is signed in."""
        user, current = sessions.get(caller())
        return schemas.SignedInOut.of(user, current).model_dump(mode="json")

    @routes.get("/sessions")
    @routes.output(schemas.SessionsOut)
    @signed_in
    def session_list() -> dict[str, Any]:
        """Return the live sessions of the signed-in user, the newest first."""
        found = [schemas.SessionOut.of(one, current=caller().session_id) for one in sessions.list(caller())]
        return schemas.SessionsOut(sessions=found).model_dump(mode="json")

    @routes.delete("/sessions/<uuid:session_id>")
    @routes.output({}, status_code=204)
    @signed_in
    def revoke_session(session_id: UUID) -> Response:
        """End one of the signed-in user's sessions; its next request is refused."""
        sessions.revoke(caller(), session_id, origin())
        response = make_response("", 204)
        if session_id == caller().session_id:
            clear_session(response, config)
        return response


def _passkeys(routes: APIBlueprint, account: AccountService) -> None:
    @routes.get("/passkeys")
    @routes.output(schemas.PasskeysOut)
    @signed_in
    def passkey_list() -> dict[str, Any]:
        """Return the signed-in user's passkeys, the oldest first."""
        found = [schemas.PasskeyOut.of(one) for one in account.passkeys(caller())]
        return schemas.PasskeysOut(passkeys=found).model_dump(mode="json")

    @routes.patch("/passkeys/<uuid:passkey_id>")
    @routes.input(schemas.RenamePasskeyIn, arg_name="body")
    @routes.output(schemas.PasskeyOut)
    @signed_in
    def rename_passkey(passkey_id: UUID, body: schemas.RenamePasskeyIn) -> dict[str, Any]:
        """Rename a passkey."""
        passkey = account.rename_passkey(caller(), passkey_id, body.name, origin())
        return schemas.PasskeyOut.of(passkey).model_dump(mode="json")

    @routes.delete("/passkeys/<uuid:passkey_id>")
    @routes.output({}, status_code=204)
    @routes.doc(responses=responses(409))
    @signed_in
    def revoke_passkey(passkey_id: UUID) -> Response:
        """Revoke a passkey; the last one only when unused backup codes exist."""
        account.revoke_passkey(caller(), passkey_id, origin())
        return make_response("", 204)


def _account(routes: APIBlueprint, account: AccountService, config: Config) -> None:
    @routes.delete("/account")
    @routes.output({}, status_code=204)
    @signed_in
    def delete_account() -> Response:
        """Delete the signed-in user with everything that is theirs."""
        account.delete_account(caller(), origin())
        response = make_response("", 204)
        clear_session(response, config)
        return response
