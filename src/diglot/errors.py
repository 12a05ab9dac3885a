"""Everything Diglot can say is wrong: one class per cause, each with a stable code.

An error writes its own message from the facts it is given: what is wrong, the two
facts that disagree, and `Fix:` with a command.
"""


class DiglotError(Exception):
    """The base of every error that Diglot raises; `code` is stable across releases."""

    code = "DG000"

    def __str__(self) -> str:
        return f"{self.code}: {super().__str__()}"
