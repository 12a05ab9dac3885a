"""The requirements of a deployment are those of the project."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_requirements_are_the_app_group() -> None:
    """`requirements.txt` and the dependency group `app` list the same, in the same order."""
    lines = (ROOT / "backend_v2/requirements.txt").read_text().splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    required = [line for line in lines if line and not line.startswith("#")]

    assert required == project["dependency-groups"]["app"]
