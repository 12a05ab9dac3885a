"""What can be wrong with settings, options and markers (DG1xx)."""

from collections.abc import Iterable
from difflib import get_close_matches

from diglot.errors.base import DiglotError


class SettingsUnreadable(DiglotError):
    """The settings file is not valid TOML."""

    code = "DG101"

    def __init__(self, *, path: str, problem: str) -> None:
        super().__init__(f"{path} cannot be read as TOML: {problem}. Fix: correct the file at that place")


class UnknownSetting(DiglotError):
    """A key is not one that Diglot knows."""

    code = "DG102"

    def __init__(self, *, table: str, key: str, valid: Iterable[str]) -> None:
        names = sorted(valid)
        near = get_close_matches(key, names, n=1)
        hint = f"write {near[0]!r}" if near else f"use one of {', '.join(names)}"
        super().__init__(f"unknown key {key!r} in [{table}]: it is none of {', '.join(names)}. Fix: {hint}")


class InvalidSetting(DiglotError):
    """A key has a value that it cannot have."""

    code = "DG103"

    def __init__(self, *, table: str, key: str, value: object, expected: str) -> None:
        super().__init__(f"[{table}] {key} is {value!r}, but {expected}. Fix: change {key!r} in [{table}]")


class SettingsMissing(DiglotError):
    """The harness was asked for, but the project says nothing about itself."""

    code = "DG104"

    def __init__(self, *, path: str, key: str) -> None:
        super().__init__(
            f"{path} has no `{key}`, so Diglot does not know how to build the database. Fix: add\n"
            "    [tool.diglot.sqlite]\n"
            '    migrations = { scripts = "path/to/sql" }  # or alembic = "...", call = "module:function"\n'
            "    [tool.diglot.postgresql]\n"
            '    migrations = { alembic = "path/to/alembic.ini" }'
        )


class UnknownDialect(DiglotError):
    """A dialect was named that Diglot does not speak."""

    code = "DG105"

    def __init__(self, *, name: str, said_in: str) -> None:
        near = get_close_matches(name.lower(), ["sqlite", "postgresql"], n=1, cutoff=0.5)
        fix = f"write {near[0]}" if near else "write sqlite or postgresql"
        super().__init__(f"unknown dialect {name!r} in {said_in}: Diglot speaks sqlite and postgresql. Fix: {fix}")


class UnknownIsolation(DiglotError):
    """An isolation was named that does not exist."""

    code = "DG106"

    def __init__(self, *, name: str, said_in: str, valid: Iterable[str]) -> None:
        super().__init__(
            f"unknown isolation {name!r} in {said_in}: there are {', '.join(valid)}. Fix: write one of them"
        )


class MarkerInvalid(DiglotError):
    """A marker lacks its reason or has arguments that it does not take."""

    code = "DG107"

    def __init__(self, *, marker: str, test: str, problem: str, example: str) -> None:
        super().__init__(f"marker {marker!r} on {test}: {problem}. Fix: {example}")


class ImportFailed(DiglotError):
    """An object named in the settings could not be imported."""

    code = "DG108"

    def __init__(self, *, reference: str, said_in: str, problem: str, breaks_off: bool = False) -> None:
        fix = "correct it, or set what it reads when it is imported" if breaks_off else "write 'package.module:name'"
        super().__init__(f"{said_in} = {reference!r} cannot be imported: {problem}. Fix: {fix}")


class AppNotBound(DiglotError):
    """The configured application cannot be given the test's database."""

    code = "DG109"

    def __init__(self, *, reference: str, problem: str) -> None:
        super().__init__(
            f"app = {reference!r} cannot be bound to the test's database: {problem}. "
            f"Fix: name a factory that takes `engine`, or override the fixture `diglot_app` in conftest.py"
        )


class HalfRun(DiglotError):
    """A dialect was selected, has tests, and none of them ran."""

    code = "DG110"

    def __init__(self, *, missing: str, collected: int, ran: str) -> None:
        other = f"only {ran} ran" if ran else "no test ran on any dialect"
        fix = f"say so with --dialect {ran}" if ran else "select at least one test"
        super().__init__(
            f"half a run is not a run: {missing} was selected and {collected} of its tests were collected, but none "
            f"ran; {other}. Fix: run its tests as well, or {fix}"
        )


class UnknownParity(DiglotError):
    """A mode of parity was named that does not exist."""

    code = "DG111"

    def __init__(self, *, name: str, said_in: str, valid: Iterable[str]) -> None:
        names = list(valid)
        near = get_close_matches(name, names, n=1)
        fix = f"write {near[0]}" if near else "write one of them"
        super().__init__(f"unknown parity {name!r} in {said_in}: there are {', '.join(names)}. Fix: {fix}")
