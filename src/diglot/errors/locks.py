"""What can keep the locks of migrations from being checked (DG920, DG921)."""

from diglot.errors.base import DiglotError


class SquawkMissing(DiglotError):
    """The linter of migrations is not installed."""

    code = "DG920"

    def __init__(self, *, looked_in: str) -> None:
        super().__init__(
            f"the locks that migrations take are judged by squawk, and there is no squawk in {looked_in}, "
            f"nor on PATH. Fix: pip install 'diglot[checks]'"
        )


class SquawkFailed(DiglotError):
    """Squawk ran, and did not give the report that was asked for."""

    code = "DG921"

    def __init__(self, *, program: str, problem: str) -> None:
        super().__init__(
            f"{program} gave no report: {problem}. Fix: pip install --upgrade 'diglot[checks]', "
            f"then run `squawk --version` to see that it starts"
        )
