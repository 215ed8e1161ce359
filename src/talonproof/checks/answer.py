"""An answer is an exchange beside what the contract says of it; every check judges one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from talonproof.checks.dates import DateTimes, date_times
from talonproof.contract.contract import Contract, Operation, Response
from talonproof.contract.validators import Validator, Validators
from talonproof.finding import Judgement
from talonproof.http.exchange import Exchange

_ALSO: Mapping[tuple[str, int], int] = {("createReferralsForMultipleAdvocates", 200): 201}
"""Statuses that the prose gives where the table gives another; they are read as that one."""


class Form(StrEnum):
    """What a body is, before anything is asked of its content."""

    EMPTY = "empty"
    JSON = "json"
    OTHER = "other"
    """Not JSON: no parser that keeps to the standard reads it."""
    UNREAD = "unread"
    """Well-formed so far, and nested too deeply to be read here: nothing is said of it."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body as far as it could be read; ``value`` counts where the form is JSON."""

    form: Form
    value: Any = None


@dataclass(frozen=True, slots=True)
class Answer:
    """``response`` and ``validator`` are those of the answered status; None where none is documented.

    ``dates`` is where its schema has date-times (None: nowhere), ``paged`` whether it is one page of a list.
    """

    exchange: Exchange
    operation: Operation
    body: Body
    response: Response | None
    validator: Validator | None
    dates: DateTimes | None
    paged: bool

    @property
    def json(self) -> bool:
        """Whether the body could be read as JSON."""
        return self.body.form is Form.JSON

    @property
    def documented(self) -> bool:
        """Whether the contract lists the status for the operation."""
        return self.response is not None

    @property
    def media_type(self) -> str:
        """What the answer says its body is, without parameters; empty where it says nothing."""
        return plain(self.exchange.response_headers.get("content-type", ""))

    @property
    def media_types(self) -> tuple[str, ...]:
        """What the contract says the body of this status may be."""
        return () if self.response is None else tuple(map(plain, self.response.media_types))

    @property
    def governed(self) -> bool:
        """Whether the schema speaks of a body of this media type: it is that of one, and others may be listed."""
        sent = self.media_type
        json_types = [media_type for media_type in self.media_types if is_json_type(media_type)]
        chosen = min(json_types, key=lambda media_type: media_type != "application/json", default="")
        if sent in {"", chosen}:
            return True
        if chosen == "*/*":
            return is_json_type(sent)
        return not any(matches(sent, listed) for listed in self.media_types if listed != chosen)

    def holds(self, requirement: str, check: str) -> Judgement:
        """The requirement was exercised, and held."""
        return _held(requirement, check, self.operation.id)

    def broken(self, requirement: str, check: str, message: str, pointer: str = "") -> Judgement:
        """The requirement was exercised, and did not hold."""
        return Judgement(
            requirement, holds=False, check=check, operation=self.operation.id, message=message, pointer=pointer
        )

    def judged(self, requirement: str, check: str, problem: str, pointer: str = "") -> Judgement:
        """Broken if there is a problem, else held."""
        if problem:
            return self.broken(requirement, check, problem, pointer)
        return self.holds(requirement, check)


def plain(media_type: str) -> str:
    """A media type without parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def is_json_type(media_type: str) -> bool:
    """Whether a plain media type is one of JSON."""
    return media_type == "application/json" or media_type.endswith("+json") or media_type == "*/*"


def matches(sent: str, listed: str) -> bool:
    """Whether a plain media type is the listed one, or of the listed range."""
    return listed in {sent, "*/*"} or (listed.endswith("/*") and sent.startswith(listed[:-1]))


@cache
def _held(requirement: str, check: str, operation: str) -> Judgement:
    return Judgement(requirement, holds=True, check=check, operation=operation)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the contract says of one status of one operation."""

    response: Response | None = None
    validator: Validator | None = None
    dates: DateTimes | None = None
    paged: bool = False


class Reader:
    """Reads exchanges in the light of one contract; what it says of a status is looked up once."""

    def __init__(self, contract: Contract, validators: Validators) -> None:
        self._contract = contract
        self._validators = validators
        self._known: dict[tuple[str, int], _Known] = {}

    def read(self, exchange: Exchange) -> Answer | None:
        """The answer in an exchange; None where the contract does not know the operation."""
        operation = self._contract.operations.get(exchange.operation)
        if operation is None:
            return None
        key = (operation.id, exchange.status)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._look_up(operation, exchange.status)
        return Answer(
            exchange, operation, read_body(exchange), known.response, known.validator, known.dates, known.paged
        )

    def _look_up(self, operation: Operation, status: int) -> _Known:
        status = _ALSO.get((operation.id, status), status)
        response = operation.response(status)
        if response is None or response.schema is None:
            return _Known(response)
        return _Known(
            response,
            self._validators.response(operation.id, status),
            date_times(self._contract, response.schema),
            "hasMore" in self._contract.resolve(response.schema).get("required", ()),
        )


def read_body(exchange: Exchange) -> Body:
    """The body of an answer; what fails to parse for its depth alone is not held to be anything."""
    raw = exchange.response_body
    if not raw or raw.isspace():
        return Body(Form.EMPTY)
    if exchange.is_json:
        return Body(Form.JSON, exchange.json())
    try:
        json.loads(raw)
    except RecursionError:
        return Body(Form.UNREAD)
    except ValueError:
        pass
    return Body(Form.OTHER)
