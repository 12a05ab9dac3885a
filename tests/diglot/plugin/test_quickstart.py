"""The quickstart of the README does what it says, in a project that has nothing else."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[3] / "README.md"
RUNS_FROM_HERE = '\n[tool.pytest.ini_options]\npythonpath = ["."]\nfilterwarnings = ["error"]\n'


def _block(language: str) -> str:
    """The README's only block of code in this language."""
    [block] = re.findall(rf"```{language}\n(.*?)```", README.read_text(), re.DOTALL)
    return str(block)


def test_quickstart_runs_on_both_dialects(shop: pytest.Pytester) -> None:
    """With the README's settings, the README's tests pass on both dialects."""
    (shop.path / "pyproject.toml").write_text(_block("toml") + RUNS_FROM_HERE)
    shop.makepyfile(_block("python"))

    result = shop.runpytest_subprocess()

    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines("diglot: sqlite * 2 passed | postgresql * 2 passed | no contract differs")
