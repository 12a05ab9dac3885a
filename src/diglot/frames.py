"""Name the line of the application that is behind the current call.

Errors blame a statement or a transaction; this module finds the first frame on the
stack that belongs neither to the harness, nor to a library, nor to Python itself.
"""

import sys
import sysconfig
from functools import lru_cache
from pathlib import Path
from types import FrameType

_HARNESS = str(Path(__file__).parent)
_STDLIB = sysconfig.get_path("stdlib")
_UNKNOWN = "<unknown>"


def callsite() -> str:
    """Return `path:line in function` of the nearest application frame."""
    found = application_frame()
    return f"{found[0]}:{found[1]} in {found[2]}" if found else _UNKNOWN


def application_frame() -> tuple[str, int, str] | None:
    """Return path, line and function of the nearest application frame, or None when there is none.

    A path below the working directory is given relative to it.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if _is_application(code.co_filename):
            return _short(code.co_filename), frame.f_lineno, code.co_name
        frame = frame.f_back
    return None


def application_frame_of(error: BaseException) -> tuple[str, int, str] | None:
    """Return path, line and function of the innermost application frame that `error` went through."""
    found = None
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if _is_application(code.co_filename):
            found = _short(code.co_filename), step.tb_lineno, code.co_name
        step = step.tb_next
    return found


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
