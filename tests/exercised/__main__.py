"""Run the contract suite, say what it exercised, and fail when something is left out."""

import sys

from tests.exercised.coverage import SuiteFailed, gaps, report, run_suite
from tests.exercised.declared import answers, methods


def main(arguments: list[str]) -> int:
    """Return 0 when everything is exercised, 1 when not, 2 when the suite itself failed."""
    try:
        seen = run_suite(*arguments)
    except SuiteFailed as failure:
        print(failure, file=sys.stderr)  # noqa: T201 - a command
        return 2
    print(report(seen))  # noqa: T201 - a command
    return 1 if gaps(seen, declared_methods=methods(), declared_answers=answers()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
