"""A report that does not depend on which causes there are: two of the tests' own stand for all."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import diglot.report
from diglot.parity.causes import registry
from diglot.parity.causes.registry import Cause
from diglot.parity.difference import Difference
from diglot.report.document import Report


def _is_bool_with_int(difference: Difference) -> bool:
    return difference.code("postgresql") == "42883"


def _is_null_order(difference: Difference) -> bool:
    return difference.kind == "order"


CAUSES = (
    Cause(
        "bool-eq-int",
        "A boolean is compared with a number",
        "A boolean is compared with a number.\n\nText | with *Markdown*.",
        "compare with True or False",
        "",
        "",
        10,
        _is_bool_with_int,
    ),
    Cause("order-by-nulls", "NULLs sort elsewhere", "NULLs sort elsewhere.", "NULLS LAST", "", "", 0, _is_null_order),
)


@pytest.fixture(autouse=True)
def causes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two causes, whatever the catalogue holds."""
    monkeypatch.setattr(registry, "all_causes", lambda: CAUSES)


@pytest.fixture(scope="session")
def schema() -> Draft202012Validator:
    """The published schema of the report, which is itself valid."""
    found = json.loads((Path(diglot.report.__file__).parent / "schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def objections(schema: Draft202012Validator, report: Report) -> list[str]:
    """What the schema says against a report, after its way through JSON."""
    document: Any = json.loads(json.dumps(report.to_json(), allow_nan=False))
    return [f"{error.json_path}: {error.message}" for error in schema.iter_errors(document)]
