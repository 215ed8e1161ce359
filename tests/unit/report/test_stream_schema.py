"""reports/run.schema.json and the code that reads a stream say the same."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema
import pytest

from talonproof.config import Depth
from talonproof.report.reading import parse_record
from talonproof.requirement import Level
from talonproof.target import Footprint
from talonproof.verdict import Reason, Verdict
from talonproof.workspace import find_workspace


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The schema of a line."""
    return json.loads((find_workspace().reports / "run.schema.json").read_text())


@pytest.fixture(scope="module")
def validator(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    """The schema as a validator, formats asserted."""
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def test_a_stream_is_valid(build: Any, validator: jsonschema.Draft202012Validator) -> None:
    """Each line of a complete run conforms."""
    assert [] == [error.message for record in build.sample() for error in validator.iter_errors(record)]


def _required(record: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of all members of all objects below a record."""
    found: list[tuple[Any, ...]] = []
    items = record.items() if isinstance(record, dict) else enumerate(record) if isinstance(record, list) else ()
    for key, value in items:
        if isinstance(record, dict):
            found.append((*place, key))
        found += _required(value, (*place, key))
    return found


def _without(record: Any, place: tuple[Any, ...]) -> Any:
    changed = copy.deepcopy(record)
    holder = changed
    for key in place[:-1]:
        holder = holder[key]
    del holder[place[-1]]
    return changed


def test_what_the_reader_needs_the_schema_requires(build: Any, validator: jsonschema.Draft202012Validator) -> None:
    """No line that conforms is refused: what the reader refuses without, the schema does not let go."""
    refused = 0
    for record in build.sample():
        for place in _required(record):
            less = _without(record, place)
            try:
                parse_record(less)
            except ValueError:
                refused += 1
                assert not validator.is_valid(less), place

    assert refused > 20


def test_nothing_unknown_gets_in(build: Any, validator: jsonschema.Draft202012Validator) -> None:
    """A member that the schema does not describe is an error, in every record and in every part of one."""
    for record in build.sample():
        assert not validator.is_valid(record | {"surprise": 1})
    finding = build.finding("SES-218") | {"surprise": 1}
    assert not validator.is_valid(build.case("a", "fail", findings=[finding]))


@pytest.mark.parametrize(
    ("name", "words"),
    [("verdict", Verdict), ("level", Level), ("reason", [*Reason, None])],
)
def test_the_words_are_those_of_the_code(schema: dict[str, Any], name: str, words: Any) -> None:
    """Verdicts, levels and reasons: the same words, in the same order."""
    assert list(words) == schema["$defs"][name]["enum"]


def test_depths_and_footprints_are_those_of_the_code(schema: dict[str, Any]) -> None:
    """The words of the flags are the words of the header."""
    header = schema["$defs"]["header"]["properties"]

    assert list(Depth) == header["depth"]["enum"]
    assert [footprint.label for footprint in Footprint] == header["max_footprint"]["enum"]


def test_a_case_that_does_not_run_says_why(build: Any, validator: jsonschema.Draft202012Validator) -> None:
    """Left out without a verdict or a reason: not valid; planned with a verdict: neither."""
    silent = build.planned("a", [], planned=False)
    judged = build.planned("a", [], verdict="unsupported", reason="binding")

    assert not validator.is_valid(build.header(cases=[silent]))
    assert not validator.is_valid(build.header(cases=[judged]))
