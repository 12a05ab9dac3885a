"""What is wrong with a value that should be stored as JSON, for one of the dialects at least."""

import math
from typing import Any


def flaw(value: Any) -> str | None:
    """Return what JSONB or JSON text could not hold, with its path, or None.

    Postgres refuses NaN, infinities, NUL and halves of surrogate pairs; SQLite would keep them as
    text. A key that is not text would come back as one. Values may be nested as deep as they like.
    """
    pending = [("$", value)]
    while pending:
        where, one = pending.pop()
        if isinstance(one, dict):
            problem = next(filter(None, (_flaw_of_key(key, where) for key in one)), None)
            pending.extend((f"{where}.{key}", member) for key, member in one.items())
        elif isinstance(one, list | tuple):
            problem = None
            pending.extend((f"{where}[{index}]", member) for index, member in enumerate(one))
        else:
            problem = _flaw_of_scalar(one, where)
        if problem is not None:
            return problem
    return None


def _flaw_of_key(key: Any, where: str) -> str | None:
    if not isinstance(key, str):
        return f"{where} has the key {key!r}, which is not text"
    return _flaw_of_scalar(key, f"a key of {where}")


def _flaw_of_scalar(value: Any, where: str) -> str | None:
    if isinstance(value, str):
        if "\0" in value:
            return f"{where} contains the character NUL"
        if any("\ud800" <= character <= "\udfff" for character in value):
            return f"{where} contains half of a surrogate pair"
        return None
    if isinstance(value, float):
        return None if math.isfinite(value) else f"{where} is {value}, which JSON does not have"
    if value is None or isinstance(value, bool | int):
        return None
    return f"{where} is a {type(value).__name__}, which JSON does not have"
