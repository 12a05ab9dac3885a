"""Say whether a run collected every contract that the project has."""

import pytest


def is_whole(config: pytest.Config) -> bool:
    """Say whether nothing on the command line narrowed the run down: no path, no expression, no last failures."""
    option = config.option
    narrowed = ("keyword", "markexpr", "deselect", "lf", "stepwise", "ignore", "ignore_glob")
    if any(getattr(option, name, None) for name in narrowed):
        return False
    return config.args_source is not pytest.Config.ArgsSource.ARGS
