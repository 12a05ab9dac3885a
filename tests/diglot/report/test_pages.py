"""The examples on the documentation's pages are true."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from diglot.errors import parity as errors
from diglot.errors.base import DiglotError
from diglot.parity.codec import encode_value
from diglot.parity.divergences import Accepted
from diglot.parity.verdict import VERDICTS
from diglot.report.document import Report
from diglot.report.members import Members

DOCS = Path(__file__).parents[3] / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def block(name: str, language: str) -> str:
    """The page's fenced block in a language."""
    found = re.search(rf"^```{language}\n(.*?)^```", page(name), re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_example_of_a_report_is_one(schema: Draft202012Validator) -> None:
    """The document on the page keeps to the schema, and is read and written again as it stands."""
    document = json.loads(block("report.md", "json"))

    assert [f"{error.json_path}: {error.message}" for error in schema.iter_errors(document)] == []
    assert Report.from_json(Members(document)).to_json() == document


def test_example_of_a_divergence_is_one() -> None:
    """The entry on the page is read."""
    (entry,) = Accepted.parse(Path("divergences.toml"), block("divergences.md", "toml")).entries

    assert entry.key == "order-by-nulls:1a2b3c4d"


@pytest.mark.parametrize("verdict", VERDICTS)
def test_verdict_is_described(verdict: str) -> None:
    """Every verdict stands in the page's table."""
    assert f"`{verdict}`" in page("report.md")


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ((1, None), '{"type": "tuple", "items": [{"type": "int", "text": "1"}, null]}'),
        ({"a": 1}, '{"type": "dict", "items": [["a", {"type": "int", "text": "1"}]]}'),
        (b"\xff", '{"type": "bytes", "text": "ff"}'),
        ("\ud800", '{"type": "str", "text": "\\\\ud800", "escaped": true}'),
    ],
)
def test_form_of_a_value_is_described(value: object, form: str) -> None:
    """The forms in the page's table are those of the code."""
    assert json.dumps(encode_value(value)) == form
    assert f"`{form}`" in page("report.md")


def test_codes_of_errors_are_unique() -> None:
    """No two errors share a code, and all are DG3xx."""
    found = [one.code for one in vars(errors).values() if isinstance(one, type) and issubclass(one, DiglotError)]

    codes = sorted(code for code in found if code != DiglotError.code)
    assert codes == sorted(set(codes))
    assert [code for code in codes if not re.fullmatch(r"DG3\d\d", code)] == []
