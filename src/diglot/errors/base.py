"""The base of every error: a stable code in front of a message made from facts."""


class DiglotError(Exception):
    """The base of every error that Diglot raises; `code` is stable across releases.

    A subclass takes facts as keyword arguments and writes the message itself: what is
    wrong, the two facts that disagree, and `Fix:` with what to do.
    """

    code = "DG000"

    def __str__(self) -> str:
        return f"{self.code}: {super().__str__()}"
