"""What can keep a check from running (DG9xx)."""

from collections.abc import Iterable
from difflib import get_close_matches

from diglot.errors.base import DiglotError


class UnknownCheck(DiglotError):
    """A check was named that does not exist."""

    code = "DG901"

    def __init__(self, *, name: str, valid: Iterable[str]) -> None:
        names = list(valid)
        near = get_close_matches(name, names, n=1)
        fix = f"write {near[0]}" if near else "write one of them, or all"
        super().__init__(f"unknown check {name!r}: there are {', '.join(names)}. Fix: {fix}")


class MetadataMissing(DiglotError):
    """A check needs the metadata, and the settings name none."""

    code = "DG902"

    def __init__(self, *, path: str, found: str = "") -> None:
        problem = f"[tool.diglot] metadata is {found}, not a MetaData" if found else "[tool.diglot] names no metadata"
        super().__init__(
            f"{path}: {problem}, and this check compares with it. "
            f"Fix: metadata = 'package.module:name', the MetaData of your tables (or the declarative base)"
        )


class SchemaNotMade(DiglotError):
    """The metadata's tables could not be created on Postgres."""

    code = "DG903"

    def __init__(self, *, problem: str) -> None:
        super().__init__(
            f"metadata.create_all() fails on an empty Postgres database: {problem}. Fix: correct the metadata; what "
            f"it needs beside tables (extensions, functions) belongs into a `before_create` event"
        )


class CheckBroken(DiglotError):
    """A check ended with an error that it did not expect."""

    code = "DG904"

    def __init__(self, *, check: str, problem: str, where: str) -> None:
        super().__init__(
            f"the check {check} broke off: {problem} (at {where}). Nothing is known of what it checks. "
            f"Fix: if the error is not the project's own, report it with this text"
        )
