"""Make a user an administrator, or no longer one: `python -m backend_v2.admin.grant EMAIL [--revoke]`.

The first administrator is made here, on the server; the user has to have registered. Exit codes: 0 when it is
so now, 1 when it cannot be, 2 when the command or the environment is wrong.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError

from backend_v2.admin.customer_service import CustomerService
from backend_v2.clock import utc_now
from backend_v2.db import init_persistence
from backend_v2.errors import ConfigInvalid, RaptorError


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the arguments say, in the database that the environment names; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m backend_v2.admin.grant", description=__doc__.partition("\n")[0])
    parser.add_argument("email", help="whose; in any case")
    parser.add_argument("--revoke", action="store_true", help="make the user no longer an administrator")
    arguments = parser.parse_args(argv)
    email, wanted = arguments.email.lower(), not arguments.revoke
    try:
        changed = _set_admin(email, is_admin=wanted)
    except ConfigInvalid as error:
        return _fail(2, str(error))
    except RaptorError as error:
        return _fail(1, str(error))
    except DBAPIError as error:
        return _fail(1, f"the database does not answer as it should: {error.orig}")
    now = "is an administrator" if wanted else "is no administrator"
    sys.stdout.write(f"{email} {now}{'' if changed else ' already'}\n")
    return 0


def _set_admin(email: str, *, is_admin: bool) -> bool:
    database = init_persistence(os.environ)
    try:
        return CustomerService(database, utc_now).set_admin(email, is_admin=is_admin)
    finally:
        database.engine.dispose()


def _fail(code: int, message: str) -> int:
    sys.stderr.write(f"grant: {message}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
