"""Name the line of the application that is behind the current call.

Errors blame a statement or a transaction; this module finds the first frame on the
stack that belongs neither to the harness, nor to a library, nor to Python itself.
"""

import sys
import sysconfig
from functools import lru_cache
from pathlib import Path

_HARNESS = str(Path(__file__).parent)
_STDLIB = sysconfig.get_path("stdlib")
_UNKNOWN = "<unknown>"


def callsite() -> str:
    """Return `path:line in function` of the nearest application frame.

    A path below the working directory is given relative to it.
    """
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if _is_application(code.co_filename):
            return f"{_short(code.co_filename)}:{frame.f_lineno} in {code.co_name}"
        if frame.f_back is None:
            break
        frame = frame.f_back
    return _UNKNOWN


@lru_cache(maxsize=4096)
def _is_application(filename: str) -> bool:
    if filename.startswith((_HARNESS, "<")):
        return False
    return "site-packages" not in filename and not filename.startswith(_STDLIB)


@lru_cache(maxsize=4096)
def _short(filename: str) -> str:
    try:
        return str(Path(filename).relative_to(Path.cwd()))
    except ValueError:
        return filename
