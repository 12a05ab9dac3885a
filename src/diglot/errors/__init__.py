"""Everything Diglot can say is wrong: one class per cause, one module per area.

Codes: DG1xx settings and usage, DG2xx templates and migrations, DG3xx parity, DG4xx
isolation, DG5xx embedded and installed servers, DG6xx servers reached by URL, DG7xx passkeys,
DG8xx both dialects in lockstep, DG9xx checks.
"""

from diglot.errors.base import DiglotError

__all__ = ["DiglotError"]
