"""The body against its schema: what is missing or mistyped, what is out of bounds, what is null.

One reading of a body gives several judgements, each under its own requirement, since their
sources carry them differently: a successful body must be complete and well typed, should keep
bounds, patterns and enums, and should leave out what has no value instead of sending null.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from talonproof.checks.answer import Answer, Form
from talonproof.checks.wording import place, shown, worded
from talonproof.contract.validators import SchemaError, Validator
from talonproof.finding import Judgement
from talonproof.generation.pointers import MISSING, get, join, parent, put

CHECKS: Mapping[str, str] = {
    "body-structure": "ERR-013",
    "body-bounds": "ERR-014",
    "null-property": "ERR-012",
    "date-time": "ERR-005",
    "body-of-401": "AUT-003",
    "error-body": "ERR-015",
    "error-source": "ERR-001",
}

STRUCTURE = "body-structure"
BOUNDS = "body-bounds"
NULLS = "null-property"
DATES = "date-time"

_INDEX = re.compile(r"/\d+(?=/|$)")
_SOURCE_KEYS = ("pointer", "parameter", "line")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a body: under which check it falls, where it is, what it is."""

    check: str
    pointer: str
    message: str


def problems(validator: Validator, body: Any) -> tuple[Problem, ...] | None:
    """All that is wrong with a body, in the order of the document; None where no validator can read it.

    Every place counts once per check, whatever the index: fifty rows without a name are one
    problem, that tells the first and how many more there are.
    """
    try:
        if validator.is_valid(body):
            return ()
        return tuple(_gathered(_sorted_out(validator.errors(body), body, validator)))
    except (ValueError, OverflowError, RecursionError):
        return None


def _sorted_out(errors: Iterable[SchemaError], body: Any, validator: Validator) -> Iterator[Problem]:
    """Each error under its check; a null, and a value of the wrong type, is told once and not again by its bounds."""
    found = tuple(errors)
    nulls = {e.pointer for e in found if e.pointer and get(body, e.pointer) is None and _is_member(body, e.pointer)}
    optional = nulls - _required(nulls, body, validator)
    mistyped = {e.pointer for e in found if e.keyword == "type"}
    told: set[str] = set()
    for error in found:
        pointer = error.pointer
        if pointer in optional:
            if pointer not in told:
                told.add(pointer)
                yield Problem(NULLS, pointer, f"{pointer} is null; a property without a value is left out")
        elif error.keyword == "required":
            name = str(error.expected)
            message = f"{name} is missing from {place(pointer)}"
            yield Problem(STRUCTURE, pointer + join(name), message)
        elif error.keyword == "type":
            yield Problem(STRUCTURE, pointer, worded(error, get(body, pointer)))
        elif pointer in mistyped:
            continue
        elif error.keyword == "format" and error.expected == "date-time":
            seen = shown(get(body, pointer))
            yield Problem(DATES, pointer, f"{pointer} is {seen}, which is no RFC 3339 date-time")
        else:
            yield Problem(BOUNDS, pointer, worded(error, get(body, pointer)))


def _is_member(body: Any, pointer: str) -> bool:
    """Whether the place is a property of an object, not an item of an array."""
    return isinstance(get(body, parent(pointer)), dict)


def _required(nulls: set[str], body: Any, validator: Validator) -> set[str]:
    """Those of the nulls that could not have been left out."""
    if not nulls:
        return nulls
    pruned = body
    for pointer in nulls:
        pruned = put(pruned, pointer, MISSING)
    errors = validator.errors(pruned)
    return nulls & {e.pointer + join(str(e.expected)) for e in errors if e.keyword == "required"}


def _gathered(found: Iterable[Problem]) -> Iterator[Problem]:
    """One problem for each check and place, with the number of its likes."""
    first: dict[tuple[str, str], Problem] = {}
    more: dict[tuple[str, str], set[str]] = {}
    for problem in found:
        key = (problem.check, _INDEX.sub("/*", problem.pointer))
        first.setdefault(key, problem)
        more.setdefault(key, set()).add(problem.pointer)
    for key, problem in first.items():
        others = len(more[key]) - 1
        suffix = f" (and {others} more like it)" if others else ""
        yield Problem(problem.check, problem.pointer, problem.message + suffix)


def judge(answer: Answer) -> Iterator[Judgement]:
    """Judges the body of a documented answer; an undocumented status says nothing of its body.

    Where the document lists several media types, only the one that has the schema is judged by it.
    """
    if answer.validator is None or answer.exchange.infrastructure or not answer.governed:
        return
    if answer.exchange.ok:
        yield from _success(answer, answer.validator)
    elif answer.exchange.refused:
        yield from _refusal(answer, answer.validator)


def _success(answer: Answer, validator: Validator) -> Iterator[Judgement]:
    if not answer.json:
        unreadable = _unreadable(answer)
        if unreadable:
            yield answer.broken("ERR-013", STRUCTURE, unreadable)
        return
    body = answer.body.value
    found = problems(validator, body)
    if found is None:
        return
    for problem in found:
        yield answer.broken(CHECKS[problem.check], problem.check, problem.message, problem.pointer)
    seen = {problem.check for problem in found}
    for check in (STRUCTURE, BOUNDS, NULLS):
        if check not in seen:
            yield answer.holds(CHECKS[check], check)
    if DATES not in seen and answer.dates is not None and answer.dates.in_value(body):
        yield answer.holds(CHECKS[DATES], DATES)


def _refusal(answer: Answer, validator: Validator) -> Iterator[Judgement]:
    """The body of a listed refusal: that of a 401 has a requirement of its own, and a status to repeat."""
    check = "body-of-401" if answer.exchange.status == 401 else "error-body"
    requirement = CHECKS[check]
    if not answer.json:
        unreadable = _unreadable(answer)
        if unreadable:
            yield answer.broken(requirement, check, unreadable)
        return
    body = answer.body.value
    found = problems(validator, body)
    if found is None:
        return
    whole = True
    for problem in found:
        mine = NULLS if problem.check == NULLS else check
        whole = whole and mine == NULLS
        yield answer.broken(CHECKS[mine], mine, problem.message, problem.pointer)
    if all(problem.check != NULLS for problem in found):
        yield answer.holds(CHECKS[NULLS], NULLS)
    repeated = answer.exchange.at("StatusCode")
    if check == "body-of-401" and _is_integer(repeated) and repeated != 401:
        whole = False
        yield answer.broken(requirement, check, f"StatusCode is {shown(repeated)} in a 401", "/StatusCode")
    if whole:
        yield answer.holds(requirement, check)
    yield from _sources(answer, body)


def _sources(answer: Answer, body: Any) -> Iterator[Judgement]:
    """Every error names exactly one of a pointer, a parameter and a line as its source."""
    sources: list[tuple[int, Any]] = [
        (index, source)
        for index, error in enumerate(_list(body, "errors"))
        if isinstance(source := _member(error, "source"), dict)
    ]
    wrong: list[tuple[int, str]] = []
    for index, source in sources:
        named = [key for key in _SOURCE_KEYS if _member(source, key) is not None]
        if len(named) != 1:
            wrong.append((index, " and ".join(named) or "none of them"))
    if wrong:
        index, named = wrong[0]
        more = f" (and {len(wrong) - 1} more like it)" if len(wrong) > 1 else ""
        pointer = f"/errors/{index}/source"
        message = f"{pointer} names {named}, expected exactly one of {', '.join(_SOURCE_KEYS)}{more}"
        yield answer.broken("ERR-001", "error-source", message, pointer)
    elif sources:
        yield answer.holds("ERR-001", "error-source")


def _unreadable(answer: Answer) -> str:
    """Why there is no JSON to judge; nothing where a deeper reader might find some."""
    match answer.body.form:
        case Form.EMPTY:
            return "the answer has no body, expected JSON"
        case Form.OTHER:
            start = answer.exchange.response_body[:40].decode("utf-8", errors="backslashreplace")
            return f"the body is not JSON; it starts with {shown(start)}"
        case _:
            return ""


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]


def _list(value: Any, name: str) -> list[Any]:
    found = _member(value, name)
    return found if isinstance(found, list) else []  # pyright: ignore[reportUnknownVariableType]
