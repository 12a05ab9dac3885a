"""Say which database a test runs on, in the words that markers and reports use."""

from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import Version


@dataclass(frozen=True)
class Dialect:
    """One database that a test runs on: `sqlite` or `postgresql`, its version and its driver."""

    name: str
    version: str
    driver: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True)
class Requirements:
    """What `only_on("postgresql>=15")` asks for: a dialect's name and the versions that fit."""

    name: str
    specifier: str
    _requirement: Requirement

    @classmethod
    def parse(cls, text: str) -> "Requirements":
        """Read a name with an optional version specifier; raises ValueError when it is neither."""
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            raise ValueError(str(error)) from error
        return cls(requirement.name, str(requirement.specifier), requirement)

    def fits_version(self, version: str) -> bool:
        """Say whether a server of `version` fits; without a specifier every version does."""
        return self._requirement.specifier.contains(Version(version), prereleases=True)
