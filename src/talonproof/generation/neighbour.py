"""What Schemathesis generates for the operations of a contract, and what its checks say of answers.

Schemathesis is used as a library: it neither sends anything (that is our client's business, and its guard's) nor sees
a key, and its pytest plugin stays out. Importing it and reading a document take about a second each, so both wait
until an engine is asked for.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from itertools import islice
from typing import Any, Final, cast

import httpx
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from talonproof.contract.contract import Contract
from talonproof.generation.pointers import MISSING, join
from talonproof.http.exchange import Exchange

_CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
"""Those of its checks that judge an answer by the document alone."""

_MOST: Final = 2_000
"""Calls of the coverage phase that are looked at for one operation; some documents have no end of them."""

_OF_THE_WIRE: Final = ("content-encoding", "content-length", "transfer-encoding")
"""Headers of an answer that speak of its bytes on the wire, which the exchange holds decoded."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A call that Schemathesis would send; ``body`` is MISSING where there is none.

    ``scenario`` is its word for what is tried, the same for many calls; ``positive`` is whether it holds the call to
    fit the contract. ``content_type`` is a header that the scenario is about, ``media_type`` the one for which the
    body was made. ``origin`` is its own case, which its checks want to see again.
    """

    operation: str
    scenario: str
    positive: bool
    path: Mapping[str, object]
    query: Mapping[str, object]
    body: Any
    content_type: str | None
    origin: Any = field(repr=False, compare=False)
    media_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    cookies: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class Failure:
    """What a check of Schemathesis holds against an answer.

    ``kind`` is the name of its class, ``pointer`` the place in the body that breaks the schema, ``keyword`` the
    keyword that is broken there; both are empty where the failure is of another kind.
    """

    kind: str
    title: str
    pointer: str = ""
    keyword: str = ""


class Engine:
    """Schemathesis for one contract; :func:`engine` keeps one for each."""

    def __init__(self, contract: Contract) -> None:
        import schemathesis  # noqa: PLC0415 - it takes a second, and few runs need it
        from schemathesis import checks  # noqa: PLC0415
        from schemathesis.core import NOT_SET  # noqa: PLC0415
        from schemathesis.core.failures import FailureGroup  # noqa: PLC0415

        checks.load_all_checks()
        registry = cast("Any", checks.CHECKS)  # pyright: ignore[reportUnknownMemberType]
        self._modes: list[Any] = list(schemathesis.GenerationMode)
        self._schema: Any = schemathesis.openapi.from_dict(_without_keys(contract))
        self._methods = {operation.id: operation.method for operation in contract.operations.values()}
        self._checks: list[Any] = registry.get_by_names(_CHECKS)
        self._no_body: Any = NOT_SET
        self._failed: Any = FailureGroup
        self._covering: dict[str, tuple[Suggestion, ...]] = {}

    def covering(self, operation: str) -> tuple[Suggestion, ...]:
        """What the coverage phase tries of an operation, always the same.

        Left out are other methods than the operation's own, and bodies that are no JSON value.
        """
        if operation not in self._covering:
            found = self._schema.find_operation_by_id(operation)
            with _without_warnings():
                self._covering[operation] = tuple(
                    suggestion
                    for case in islice(
                        self._schema.iter_coverage_cases(
                            found,
                            generation_modes=self._modes,
                            generation_config=self._schema.config.generation_for(operation=found, phase="coverage"),
                        ),
                        _MOST,
                    )
                    if (suggestion := self._suggestion(operation, case)) is not None
                )
        return self._covering[operation]

    def fuzzing(self, operation: str) -> SearchStrategy[Suggestion]:
        """What the fuzzing phase draws for an operation: calls that fit the contract, and calls that do not."""
        found = self._schema.find_operation_by_id(operation)
        with _without_warnings():
            drawn: list[SearchStrategy[Any]] = [found.as_strategy(generation_mode=mode) for mode in self._modes]
        # What is no call of ours is drawn again.
        some = st.one_of(drawn).map(lambda case: self._suggestion(operation, case))
        return cast("SearchStrategy[Suggestion]", some.filter(lambda suggestion: suggestion is not None))

    def failures(self, suggestion: Suggestion, exchange: Exchange) -> tuple[Failure, ...]:
        """What Schemathesis' checks of answers hold against the one to a suggestion, in the order of their kinds.

        Whether the call should have been refused is not asked: by the time it is sent, ids of the run stand in it.
        """
        try:
            with _without_warnings():
                suggestion.origin.validate_response(_response(exchange), checks=self._checks)
        except self._failed as group:
            found = [_failure(one) for one in group.exceptions]
            return tuple(sorted(found, key=lambda one: (one.kind, one.pointer, one.keyword)))
        return ()

    def _suggestion(self, operation: str, case: Any) -> Suggestion | None:
        if case.method.upper() != self._methods[operation]:
            return None
        body = case.body
        if body is self._no_body:
            body = MISSING
        elif not _is_json(body):
            return None
        phase, headers = case.meta.phase.data, {name.lower(): value for name, value in case.headers.items()}
        content_type = headers.get("content-type")
        return Suggestion(
            operation=operation,
            scenario=str(getattr(phase, "scenario", "fuzzing")),
            positive=bool(case.meta.generation.mode.is_positive),
            path=dict(case.path_parameters or {}),
            query=dict(case.query or {}),
            body=body,
            content_type=str(content_type) if content_type else None,
            origin=case,
            media_type=None if body is MISSING else case.media_type,
            headers={name: str(value) for name, value in headers.items() if name != "content-type"},
            cookies=dict(case.cookies or {}),
        )


@cache
def engine(contract: Contract) -> Engine:
    """The engine for a contract, made when it is first asked for."""
    return Engine(contract)


def sampled(suggestions: Iterable[Suggestion], shuffle: Callable[[list[Any]], None]) -> Iterator[Suggestion]:
    """All of them, so ordered that any first few are of many kinds; ``shuffle`` orders a list in place.

    Calls that keep the contract and calls that break it take turns, and so do the scenarios of each.
    """
    kinds: dict[bool, dict[str, list[Suggestion]]] = {True: {}, False: {}}
    for suggestion in suggestions:
        kinds[suggestion.positive].setdefault(suggestion.scenario, []).append(suggestion)
    ordered: list[list[Suggestion]] = []
    for scenarios in kinds.values():
        rows = list(scenarios.values())
        for row in (*rows, rows):
            shuffle(row)
        ordered.append(list(_in_turn(rows)))
    yield from _in_turn(ordered)


def _in_turn(rows: Sequence[Sequence[Suggestion]]) -> Iterator[Suggestion]:
    for turn in range(max(map(len, rows), default=0)):
        yield from (row[turn] for row in rows if turn < len(row))


def _without_keys(contract: Contract) -> Any:
    """The document as Schemathesis may change it, its operations with ids that it need not give them, and no keys.

    What a call without a key is answered is known.
    """
    copied = json.loads(json.dumps(contract.document))
    copied.pop("security", None)
    copied.get("components", {}).pop("securitySchemes", None)
    for operation in contract.operations.values():
        item = copied["paths"][operation.path]
        if "$ref" in item:
            item = copied["paths"][operation.path] = json.loads(json.dumps(contract.resolve(item)))
        node = item[operation.method.lower()]
        node.pop("security", None)
        node["operationId"] = operation.id
    return copied


@contextmanager
def _without_warnings() -> Generator[None]:
    """Silence about patterns that are no Python, and whatever else Schemathesis remarks: nobody here can act on it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _response(exchange: Exchange) -> httpx.Response:
    """The answer in the form that Schemathesis reads."""
    headers = [(name, value) for name, value in exchange.response_headers.items() if name not in _OF_THE_WIRE]
    request = httpx.Request(exchange.method, exchange.url, content=exchange.request_body)
    response = httpx.Response(exchange.status, headers=headers, content=exchange.response_body, request=request)
    response.elapsed = timedelta(seconds=exchange.seconds)
    return response


def _failure(failed: Any) -> Failure:
    pointer = getattr(failed, "instance_path", ())
    keyword = getattr(failed, "schema_path", ())
    return Failure(
        kind=type(failed).__name__,
        title=str(failed.title),
        pointer=join(*pointer),
        keyword=str(keyword[-1]) if keyword else "",
    )
