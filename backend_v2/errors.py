"""What can be wrong with what Raptor is asked: one class per cause, without a word of HTTP.

`http/problems.py` turns each into an answer; `title` is what it is called there.
"""

from datetime import datetime
from decimal import Decimal


class RaptorError(Exception):
    """The base of every error that Raptor raises by itself."""

    title = "Error"


class ConfigInvalid(RaptorError):
    """A setting in the environment cannot be used."""

    title = "Configuration invalid"

    def __init__(self, *, name: str, problem: str, fix: str) -> None:
        super().__init__(f"{name} cannot be used: {problem}. Fix: {fix}")


class NaiveInstant(RaptorError):
    """A datetime without a time zone was to be stored."""

    title = "Instant without a time zone"

    def __init__(self, *, value: datetime) -> None:
        super().__init__(f"{value.isoformat()} has no time zone, so it names no instant. Fix: datetime.now(UTC)")


class NumberDoesNotFit(RaptorError):
    """A number has more digits than its column, or is a float, of which nobody knows how many were meant."""

    title = "Number does not fit"

    def __init__(self, *, value: Decimal | float, precision: int, scale: int) -> None:
        super().__init__(
            f"{value!s:.60} does not fit: the column holds {precision - scale} digits before the point "
            f"and {scale} after it, as Decimal"
        )


class UnitsMultiplied(RaptorError):
    """Exact decimals were to be multiplied or divided in SQL, where the dialects would disagree."""

    title = "Units multiplied"

    def __init__(self, *, operator: str) -> None:
        super().__init__(
            f"{operator} on an exact decimal in SQL: SQLite would do it in units, Postgres in the number. "
            f"Fix: select the columns and compute with Decimal"
        )


class TextDoesNotFit(RaptorError):
    """A text is longer than its column, or holds what a database cannot."""

    title = "Text does not fit"

    def __init__(self, *, problem: str) -> None:
        super().__init__(f"the text does not fit: {problem}")


class JsonDoesNotFit(RaptorError):
    """A value cannot be stored as JSON on every database. problem: what, with its path."""

    title = "JSON does not fit"

    def __init__(self, *, problem: str) -> None:
        super().__init__(f"the value does not fit: {problem}")


class MigrationEdited(RaptorError):
    """A SQLite script was changed after it had been applied."""

    title = "Migration edited"

    def __init__(self, *, script: str, applied: str, found: str) -> None:
        super().__init__(
            f"script {script} was applied with checksum {applied[:12]}, the file has {found[:12]}. "
            f"Fix: restore the file and write a new script, or delete the development database"
        )


class MigrationFailed(RaptorError):
    """A SQLite script could not be applied; nothing of it was."""

    title = "Migration failed"

    def __init__(self, *, script: str, problem: str) -> None:
        super().__init__(f"script {script} failed and was rolled back: {problem}. Fix: correct the script")


class NotFound(RaptorError):
    """There is no such thing, or it is not the caller's."""

    title = "Not found"


class Conflict(RaptorError):
    """The request contradicts what is stored."""

    title = "Conflict"


class Unauthorized(RaptorError):
    """The caller is not who they say, or does not say."""

    title = "Unauthorized"


class Forbidden(RaptorError):
    """The caller may not do this."""

    title = "Forbidden"


class BadRequest(RaptorError):
    """The request is well formed and cannot be served."""

    title = "Bad request"


class TooManyRequests(RaptorError):
    """The caller has to wait. retry_after_s: how long, in whole seconds."""

    title = "Too many requests"

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class UpstreamUnavailable(RaptorError):
    """A service that Raptor depends on did not answer as it should."""

    title = "Upstream unavailable"


class UpstreamBusy(RaptorError):
    """A service that Raptor depends on asks for patience. retry_after_s: how much, in whole seconds."""

    title = "Upstream busy"

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NotReady(RaptorError):
    """The database cannot be reached, or has another schema than the code."""

    title = "Not ready"
