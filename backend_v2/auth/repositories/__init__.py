"""Read and write the auth tables; each repository works on a connection that somebody else commits.

Whoever locks several things does so in this order, so that nobody waits in a circle: the turn of an address,
of an email, the row of a user, then what is theirs.
"""

from backend_v2.auth.repositories.audit import AuditRepository
from backend_v2.auth.repositories.backup_codes import BackupCodeRepository
from backend_v2.auth.repositories.bootstrap_tokens import BootstrapTokenRepository
from backend_v2.auth.repositories.challenges import ChallengeRepository
from backend_v2.auth.repositories.email_challenges import EmailChallengeRepository
from backend_v2.auth.repositories.login_attempts import LoginAttemptRepository
from backend_v2.auth.repositories.passkeys import PasskeyRepository
from backend_v2.auth.repositories.sessions import SessionRepository
from backend_v2.auth.repositories.turns import wait_for_turn
from backend_v2.auth.repositories.users import UserRepository

__all__ = [
    "AuditRepository",
    "BackupCodeRepository",
    "BootstrapTokenRepository",
    "ChallengeRepository",
    "EmailChallengeRepository",
    "LoginAttemptRepository",
    "PasskeyRepository",
    "SessionRepository",
    "UserRepository",
    "wait_for_turn",
]
