"""The routes under `/api/auth/backup-codes`."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response

from backend_v2.auth.backup_codes_service import BackupCodesService
from backend_v2.auth.schemas import BackupCodesOut, BackupCodesStateOut, RedeemBackupCodeIn, SignedInOut
from backend_v2.auth.signing_in import origin, signed_in_answer
from backend_v2.config import Config
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import caller, signed_in


def blueprint(service: BackupCodesService, config: Config) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("backup_codes", __name__, url_prefix="/api/auth/backup-codes", tag="auth")

    @routes.post("")
    @routes.output(BackupCodesOut, status_code=201)
    @signed_in
    def replace_backup_codes() -> dict[str, Any]:
        """Make ten new backup codes, in the place of all old ones; they are shown this once."""
        codes, created_at = service.replace(caller(), origin())
        return BackupCodesOut(codes=codes, created_at=created_at).model_dump(mode="json")

    @routes.get("")
    @routes.output(BackupCodesStateOut)
    @signed_in
    def backup_codes() -> dict[str, Any]:
        """Return how many backup codes there are, and how many are unused."""
        return BackupCodesStateOut.of(service.state(caller())).model_dump(mode="json")

    @routes.post("/redeem")
    @routes.input(RedeemBackupCodeIn, arg_name="body")
    @routes.output(SignedInOut)
    @routes.doc(responses=responses(401, 429))
    def redeem_backup_code(body: RedeemBackupCodeIn) -> Response:
        """Use a backup code up, and open a session."""
        return signed_in_answer(*service.redeem(email=body.email, code=body.code, origin=origin()), config)

    return routes
