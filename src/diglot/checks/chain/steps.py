"""One step of the chain, and how it failed."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import URL

from diglot.checks.finding import Fact
from diglot.errors.migrations import Irreversible, MigrationStepFailed, MigratorDied, StepTimedOut
from diglot.migrate.chain import Revision

_ABOUT_ROWS = ("22", "23")


@dataclass(frozen=True)
class Failure:
    """Why a step ended. sqlstate: "" when it was not the database that refused. site: `path:line`.

    unfinished: whether it was cut off, so that the server may still be at it.
    """

    problem: str
    sqlstate: str = ""
    site: str = ""
    irreversible: bool = False
    unfinished: bool = False

    @property
    def about_rows(self) -> bool:
        """Whether the database refused because of what is in the tables."""
        return self.sqlstate[:2] in _ABOUT_ROWS

    @property
    def shown(self) -> str:
        """The problem, with its SQLSTATE."""
        return f"{self.problem} [SQLSTATE {self.sqlstate}]" if self.sqlstate else self.problem

    def fact(self, label: str) -> Fact:
        """The problem as a finding's fact."""
        return label, self.shown


def attempt(step: Callable[[URL, str], None], url: URL, revision: Revision) -> Failure | None:
    """Take one step; return how it failed, or None. What is wrong with the whole chain is raised."""
    try:
        step(url, revision.id)
    except Irreversible as error:
        return Failure(error.problem, site=error.site or revision.site, irreversible=True)
    except MigrationStepFailed as error:
        return Failure(error.problem, error.sqlstate, error.site or revision.site)
    except StepTimedOut as error:
        problem = f"longer than {error.limit_s:g} s, at {error.running or 'a place unknown'}"
        return Failure(problem, site=revision.site, unfinished=True)
    except MigratorDied as error:
        return Failure(f"its process died: {error.how}", site=revision.site, unfinished=True)
    return None
