"""What can be wrong with a file of traced statements (DG91x)."""

from diglot.errors.base import DiglotError

_MADE_BY = "pytest --dialect sqlite --diglot-statements FILE"


class TraceMissing(DiglotError):
    """The file of traced statements cannot be read."""

    code = "DG911"

    def __init__(self, *, path: str, problem: str) -> None:
        super().__init__(f"the traced statements {path} cannot be read: {problem}. Fix: {_MADE_BY}")


class TraceMalformed(DiglotError):
    """The file is there, and it is not one of traced statements."""

    code = "DG912"

    def __init__(self, *, path: str, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line} is not a traced statement: {problem}. Fix: make the file anew: {_MADE_BY}")


class SourceMissing(DiglotError):
    """No source file is known in which SQL could be looked for."""

    code = "DG913"

    def __init__(self, *, path: str, looked_for: str) -> None:
        super().__init__(
            f"{path} names no source in which SQL could be looked for: {looked_for}. "
            f"Fix: [tool.diglot.checks] sources = ['src/package'], or [tool.diglot] app = 'package.module:name'"
        )
