"""What can go wrong while rows are made for a migrated database (DG93x)."""

from diglot.errors.base import DiglotError


class SeedFailed(DiglotError):
    """The project's own function for rows ended with an error."""

    code = "DG930"

    def __init__(self, *, reference: str, revision: str, problem: str, site: str) -> None:
        super().__init__(
            f"the seed function {reference} failed after revision {revision}, at {site}: {problem}. "
            f"Fix: let it write only what the schema of that revision has; it is called as seed(connection, revision)"
        )
