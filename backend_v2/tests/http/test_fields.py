"""Fields take what their description says, and nothing else: each value is tried on both."""

import re
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from pydantic import TypeAdapter, ValidationError

from backend_v2.http import fields

LONG = "a" * 64
KEPT: list[tuple[Any, Any]] = [
    (fields.Email, "Ada.B+c@example.com"),
    (fields.Email, "a@b"),
    (fields.Name, "a"),
    (fields.Name, "Ada Lovelace"),
    (fields.Name, "\U0001f600"),
    (fields.Name, "a" * 100),
    (fields.Name, "\U0001f600" * 100),
    (fields.Prose, "one\n\ttwo\n"),
    (fields.Prose, " a "),
    (fields.Symbol, "aapl"),
    (fields.Symbol, "BRK.B"),
    (fields.Currency, "usd"),
    (fields.Day, "2024-02-29"),
    (fields.Day, "0001-01-01"),
    (fields.Price, "0.000001"),
    (fields.Price, "999999999999.999999"),
    (fields.Price, "000000000001"),
    (fields.Id, "00000000-0000-4000-8000-00000000000a"),
    (fields.RowId, 1),
    (fields.RowId, 2**63 - 1),
    (fields.PageToken, "a"),
]
REFUSED: list[tuple[Any, Any]] = [
    (fields.Email, ""),
    (fields.Email, "a@"),
    (fields.Email, "a b@c"),
    (fields.Email, "a@b\n"),
    (fields.Email, "a@b\0"),
    (fields.Email, "\xe4@b"),
    (fields.Email, "a" * 250 + "@bcde"),
    (fields.Email, None),
    (fields.Email, ["a@b"]),
    (fields.Name, ""),
    (fields.Name, " a"),
    (fields.Name, "a "),
    (fields.Name, "a\n"),
    (fields.Name, "a\nb"),
    (fields.Name, "a\0b"),
    (fields.Name, "\x85a"),
    (fields.Name, "a\x85b"),
    (fields.Name, "a\u2028b"),
    (fields.Name, "\xa0a"),
    (fields.Name, "\u3000a"),
    (fields.Name, "\ufeffa"),
    (fields.Name, "a" * 101),
    (fields.Name, 1),
    (fields.Name, {}),
    (fields.Prose, ""),
    (fields.Prose, " \n\t"),
    (fields.Prose, "\ufeff\x85"),
    (fields.Prose, "a\0"),
    (fields.Prose, "a" * 20_001),
    (fields.Symbol, "AAPL\n"),
    (fields.Symbol, ".A"),
    (fields.Symbol, "A" * 17),
    (fields.Symbol, "\u212a"),
    (fields.Currency, "usd\n"),
    (fields.Currency, "\u017f\u017f\u017f"),
    (fields.Day, "2024-1-31"),
    (fields.Day, "2024-02-30"),
    (fields.Day, "20240131"),
    (fields.Day, "2024-01-31T00:00:00"),
    (fields.Day, "\u0662\u0660\u0662\u0664-01-31"),
    (fields.Day, "2024-W05-3"),
    (fields.Day, 19_000),
    (fields.Day, None),
    (fields.Price, "0"),
    (fields.Price, "0.000000"),
    (fields.Price, "-1"),
    (fields.Price, "+1"),
    (fields.Price, " 1"),
    (fields.Price, "1\n"),
    (fields.Price, "1e3"),
    (fields.Price, "1_000"),
    (fields.Price, "1."),
    (fields.Price, ".5"),
    (fields.Price, "NaN"),
    (fields.Price, "Infinity"),
    (fields.Price, "\u0661"),
    (fields.Price, "1.0000000"),
    (fields.Price, "1.0000001"),
    (fields.Price, "0000000000001"),
    (fields.Price, "9" * 5000),
    (fields.Price, 1),
    (fields.Price, 1.5),
    (fields.Price, True),
    (fields.Price, []),
    (fields.Id, "0"),
    (fields.Id, "{00000000-0000-4000-8000-000000000000}"),
    (fields.Id, "urn:uuid:00000000-0000-4000-8000-000000000000"),
    (fields.Id, "00000000000040008000000000000000"),
    (fields.Id, "00000000-0000-4000-8000-000000000000\n"),
    (fields.Id, 7),
    (fields.RowId, 0),
    (fields.RowId, -1),
    (fields.RowId, 2**63),
    (fields.RowId, "1"),
    (fields.RowId, True),
    (fields.RowId, 1.5),
    (fields.RowId, None),
    (fields.PageToken, ""),
    (fields.PageToken, "a" * 301),
]


def _is_taken(kind: Any, value: Any) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


def _fits_description(kind: Any, value: Any) -> bool:
    """Say whether a value fits the JSON schema; `$` is the end of the text there, as ECMA has it."""
    schema = TypeAdapter(kind).json_schema()
    if "pattern" in schema:
        schema["pattern"] = re.sub(r"\$$", r"\\Z", schema["pattern"])
    checker = jsonschema.FormatChecker(["date", "uuid"])
    return bool(jsonschema.Draft202012Validator(schema, format_checker=checker).is_valid(value))


@pytest.mark.parametrize(
    ("kind", "value"), KEPT, ids=lambda one: repr(one)[:30] if not hasattr(one, "__metadata__") else ""
)
def test_value_that_fits_is_taken(kind: Any, value: Any) -> None:
    """What the description allows is taken."""
    assert _is_taken(kind, value)
    assert _fits_description(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"), REFUSED, ids=lambda one: repr(one)[:30] if not hasattr(one, "__metadata__") else ""
)
def test_value_that_does_not_fit_is_refused(kind: Any, value: Any) -> None:
    """What is refused does not fit the description either, so that nobody is led astray by it."""
    assert not _is_taken(kind, value)
    assert not _fits_description(kind, value)


@pytest.mark.parametrize("kind", [fields.Email, fields.Name, fields.Prose, fields.Symbol, fields.PageToken])
def test_half_of_a_surrogate_pair_is_refused(kind: Any) -> None:
    """Half of a character is no text: no database keeps it, and no answer could hold it."""
    assert not _is_taken(kind, "a\ud800")
    assert not _is_taken(kind, "\udfff")


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        (fields.Email, "ADA@Example.COM", "ada@example.com"),
        (fields.Symbol, "aapl", "AAPL"),
        (fields.Currency, "usd", "USD"),
    ],
)
def test_case_is_the_same_for_all(kind: Any, given: str, kept: str) -> None:
    """Addresses are kept in lower case, symbols and currencies in capitals."""
    assert TypeAdapter(kind).validate_python(given) == kept


@pytest.mark.parametrize("value", ["1", "50", 7, 500])
def test_limit_is_taken_from_a_query(value: object) -> None:
    """The text of a query is a number when it looks like one."""
    assert TypeAdapter(fields.Limit).validate_python(value) == int(str(value))


@pytest.mark.parametrize(
    "value", ["", " 1", "1 ", "1.0", "1e2", "+1", "01", "1_0", "\u0661", "0x1", "9" * 5000, True, 1.0, None, [], {}]
)
def test_limit_that_is_no_number_is_refused(value: object) -> None:
    """What Python would take for a number and a JSON schema would not is refused."""
    assert not _is_taken(fields.Limit, value)


@pytest.mark.parametrize("value", ["1", "True", "TRUE", "yes", "", "on", 1, 1.0, None, [], {}, ["true"]])
def test_flag_is_true_or_false_and_nothing_else(value: object) -> None:
    """A flag of a query says true or false; junk that cannot be hashed is refused like any other."""
    assert not _is_taken(fields.QueryFlag, value)
    assert TypeAdapter(fields.QueryFlag).validate_python("true") is True
    assert TypeAdapter(fields.QueryFlag).validate_python("false") is False
