"""An operation that nothing is known of but its document: generated calls, and what any document says of answers.

The calls are those of Schemathesis: all that its coverage phase tries, then as many as are wanted of those that its
fuzzing phase draws. Our client sends them, within what the guard allows, and our checks judge the answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final, cast
from urllib.parse import quote, unquote, urlencode

from hypothesis.errors import HypothesisException

from talonproof.checks import ANYWHERE
from talonproof.checks.neighbour import ABOUT, unseen, worded
from talonproof.contract.contract import Contract, Operation
from talonproof.contract.security import Demand, demands
from talonproof.contract.serialise import serialise
from talonproof.errors import ConfigError
from talonproof.generation.breaches import Breach, breaches
from talonproof.generation.neighbour import Engine, Suggestion, engine, sampled
from talonproof.generation.pointers import MISSING
from talonproof.http.exchange import Call, Credential, Exchange
from talonproof.http.guard import Guard
from talonproof.requirement import Catalogue, Requirement, Source
from talonproof.run.case import NOTHING, Case
from talonproof.run.explore import explore
from talonproof.run.outcome import Blocked, Unsupported
from talonproof.run.plan import Row, Spec
from talonproof.target import Footprint
from talonproof.verdict import Reason, Verdict

COVERED: Final = 400
"""The most calls of the coverage phase that are sent of an operation."""

DRAWN: Final = 50
"""How many calls are drawn for an operation."""

TOO_MUCH: Final = "each call that can be made of it does more than the run allows"

REFUSES: Final = "ERR-011"
SERVER_ERROR: Final = "ERR-009"

_TEXTS: Final[Mapping[str, str]] = {
    "ERR-004": "The body of a successful answer has a media type that the document lists for its status.",
    "ERR-007": "A successful answer has a status that the document lists for the operation.",
}
"""Clauses that are worded for this API alone, as they hold for any."""

_BOUNDS: Final = frozenset(
    {
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems",
        "minProperties", "maxProperties", "multipleOf", "pattern", "enum", "const", "required",
    }
)  # fmt: skip
"""What a call breaks beyond doubt: a bound, an enumeration, or that something is required."""

_PROBES: Final = frozenset({"malformed_content_type", "unsupported_content_type"})
"""Scenarios whose call is wrong in its headers, which no clause wants refused."""

_OURS: Final = frozenset(
    {
        "host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer", "expect", "keep-alive",
        "proxy-authorization", "cookie",
    }
)  # fmt: skip
"""Headers that belong to the connection, or that no generated value may replace."""

_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
_HEADER_VALUE: Final = re.compile(r"[!-~](?:[ -~\t]*[!-~])?|")

_SILENCE: Final = 3
"""After so many answers in a row that say nothing of the API (429, 503, none at all) an operation is given up."""


ALSO: Final = tuple(sorted({*ANYWHERE.values(), REFUSES} - {SERVER_ERROR}))
"""The requirements that a trial may judge; a server error is always judged."""


def try_out(case: Case, operation: str, requests: int) -> None:
    """Tries an operation of the case's own document by at most so many requests, with the key of any other call.

    Ends the case where nothing can be tried of it.
    """
    contract = case.bench.contract
    wanted = {name: replace(demand, problem="") for name, demand in demands(contract).items()}
    guard = case.bench.client.guard
    fuzz = Fuzz(contract, lambda: engine(contract), guard, wanted, credential=Credential.LIVE)
    trial = fuzz.trial(contract.operation(operation), case.seed)
    match trial:
        case Trial():
            fuzz.carry_out(case, trial.within(requests))
        case Reason():
            case.unsupported(trial, TOO_MUCH)
        case _:
            case.unsupported(Reason.NEVER_TRIGGERED, trial)


def catalogue(rows: Catalogue, source: str) -> Catalogue:
    """The clauses that hold for any document, as that document states them."""
    wanted = {*ANYWHERE.values(), REFUSES}
    return Catalogue(rows.edition, tuple(_of_any(row, source) for row in rows if row.id in wanted))


def _of_any(row: Requirement, source: str) -> Requirement:
    inferred = any(each.inferred for each in row.sources)
    sources = (Source("SPEC", source, inferred=inferred),) if row.sources else ()
    return replace(row, text=_TEXTS.get(row.id, row.text), sources=sources, operations=("all",), waits="")


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried of one operation: calls of the coverage phase, in the order of the seed, and ``drawn`` ones.

    ``note`` says what is not tried of it; empty where everything is.
    """

    operation: Operation
    calls: tuple[Suggestion, ...]
    drawn: int
    note: str = ""

    @property
    def requests(self) -> int:
        """The most requests that it sends."""
        return len(self.calls) + self.drawn

    def within(self, requests: int) -> Trial:
        """The trial of at most so many requests, a quarter of them drawn."""
        if self.requests <= requests:
            return self
        drawn = min(self.drawn, requests // 4)
        calls = self.calls[: requests - drawn]
        return replace(self, calls=calls, drawn=min(self.drawn, requests - len(calls)))


class Fuzz:
    """What the operations of a document are tried with, within what a guard allows."""

    def __init__(
        self,
        contract: Contract,
        engine: Callable[[], Engine],
        guard: Guard,
        demands: Mapping[str, Demand],
        *,
        credential: Credential = Credential.DOCUMENT,
    ) -> None:
        self._contract = contract
        self._engine = engine
        self._guard = guard
        self._demands = demands
        self._credential = credential

    def spec(self, operation: Operation) -> Spec:
        """The case of an operation; what it may send is not known yet."""
        return Spec(
            id=f"fuzz/document::answers[{operation.id}]",
            title=f"{operation.method} {operation.path}",
            about=operation.summary or "Generated calls are answered as the document says.",
            requirements=(SERVER_ERROR,),
            also=ALSO,
            footprint=self._least(operation),
            requests=0,
            operations=(operation.id,),
        )

    def _least(self, operation: Operation) -> Footprint:
        """What a call of the operation does at least, as far as that is known without its arguments."""
        return self._guard.assess(Call(operation.id)).footprint

    def trial(self, operation: Operation, seed: int) -> Trial | str | Reason:
        """What is tried of an operation with a seed; a reason, or words for one, where nothing can be."""
        if problem := self._demands[operation.id].problem:
            return problem
        engine = self._engine()
        try:
            suggested = engine.covering(operation.id)
        except Exception as error:  # noqa: BLE001 - another's library meets a document that nobody has seen before
            return f"Schemathesis can make no call of it: {_first_line(error)}"
        calls: dict[str, Suggestion] = {}
        refused = 0
        unwritten: dict[str, None] = {}
        for suggestion in sampled(suggested, Random(seed).shuffle):
            call = self.call(suggestion)
            if call is None:
                if _body(suggestion)[2] is None:
                    unwritten[str(suggestion.media_type)] = None
                continue
            if not self._guard.allows(call):
                refused += 1
                continue
            calls.setdefault(_written(call), suggestion)
        note = f"bodies that are {' or '.join(unwritten)} are not written here" if unwritten else ""
        if not calls:
            return Reason.FOOTPRINT if refused else note or f"no call of {operation.id} can be made from the document"
        return Trial(operation, tuple(calls.values())[:COVERED], DRAWN, note)

    def first(self, operation: Operation) -> Call | None:
        """A call that fits the document, and that the guard allows; None where there is none."""
        if self._demands[operation.id].problem:
            return None
        try:
            suggested = self._engine().covering(operation.id)
        except Exception:  # noqa: BLE001 - it is told where the trial is made
            return None
        calls = (self.call(suggestion) for suggestion in suggested if suggestion.positive)
        return next((call for call in calls if call is not None and self._guard.allows(call)), None)

    def harmless(self, operation: Operation) -> Call | None:
        """A call that fits the document and only reads; None where there is none."""
        call = self.first(operation) if operation.method in {"GET", "HEAD"} else None
        return call if call is not None and self._guard.assess(call).footprint is Footprint.READ else None

    def call(self, suggestion: Suggestion) -> Call | None:
        """The call as it will be sent; None where a header, an address or a body of its kind is not written."""
        operation = self._contract.operation(suggestion.operation)
        body, raw, media_type = _body(suggestion)
        headers = _headers(suggestion, operation)
        if headers is not None and "accept" not in headers and not _answers_json(operation):
            headers["accept"] = "*/*"
        if media_type is None or headers is None:
            return None
        path = {name: unquote(value) if isinstance(value, str) else value for name, value in suggestion.path.items()}
        try:
            serialise(operation, path, suggestion.query)
        except ConfigError:
            return None
        return Call(
            operation.id,
            path=path,
            query=suggestion.query,
            body=None if body is NOTHING else body,
            has_body=body is not NOTHING,
            raw_body=raw,
            credential=self._credential,
            content_type=media_type or None,
            headers=headers,
        )

    def carry_out(self, case: Case, trial: Trial) -> None:
        """Sends the calls of a trial and judges the answers; on the second attempt, those that showed something."""
        sender = _Sender(self, case, self._engine())
        known: frozenset[str] = frozenset()
        if case.attempt == 1:
            case.replays.append([])
            telling = case.replays[0]
            for suggestion in trial.calls:
                before = set(case.shown)
                _example(case, suggestion)
                sender.send(suggestion)
                if set(case.shown) - before:
                    telling.append(suggestion)
            known = frozenset(case.shown)
        else:
            for suggestion in case.replays.pop(0):
                _example(case, suggestion)
                sender.send(suggestion)
        if trial.drawn:
            self._draw(case, trial, sender, known)
        if trial.note:
            case.observe(SERVER_ERROR, f"{trial.operation.id}: {trial.note}", unsent=True)
        sender.conclude()

    def _draw(self, case: Case, trial: Trial, sender: _Sender, known: frozenset[str]) -> None:
        """Sends drawn calls, and looks for what is not ``known`` yet."""

        def once(suggestion: Suggestion) -> None:
            sender.send(suggestion)
            for mark in known:
                case.shown.pop(mark, None)

        planned, case.examples = case.examples, trial.drawn
        try:
            explore(case, self._engine().fuzzing(trial.operation.id), once, show=_plain)
        except HypothesisException as error:
            case.observe(
                SERVER_ERROR, f"{trial.operation.id}: nothing more can be drawn ({type(error).__name__})", unsent=True
            )
        finally:
            case.examples = planned


def _example(case: Case, suggestion: Suggestion) -> None:
    case.begin_example()
    case.example = json.dumps(_plain(suggestion), sort_keys=True)


class _Sender:
    """Sends suggestions in a case, and judges what comes back."""

    def __init__(self, fuzz: Fuzz, case: Case, engine: Engine) -> None:
        self._fuzz = fuzz
        self._case = case
        self._engine = engine
        self._silent = 0
        self._silence: Blocked | None = None
        self._answered = 0
        self._left_out = 0

    def send(self, suggestion: Suggestion) -> None:
        """Sends a suggestion, unless it cannot be written or the run may not make the call."""
        call = self._fuzz.call(suggestion)
        if call is None or not self._case.bench.client.guard.allows(call):
            self._left_out += call is not None
            return
        try:
            exchange = self._case.send(
                call.operation,
                path=call.path,
                query=call.query,
                body=call.body if call.has_body else NOTHING,
                raw_body=call.raw_body,
                credential=call.credential,
                content_type=call.content_type,
                headers=call.headers,
            )
        except Blocked as blocked:
            self._silent += 1
            self._silence = blocked
            if self._silent >= _SILENCE:
                raise
            return
        self._silent = 0
        self._answered += 1
        self._judge(suggestion, exchange)

    def conclude(self) -> None:
        """Ends the case for its reason if nothing at all could be judged in it."""
        if not self._answered and self._case.attempt == 1:
            if self._silence is not None:
                raise self._silence
            raise Unsupported(Reason.FOOTPRINT, TOO_MUCH)

    def _judge(self, suggestion: Suggestion, exchange: Exchange) -> None:
        """Judges the refusal of what breaks the document, and records what Schemathesis alone holds against it."""
        case, bench, operation = self._case, self._case.bench, suggestion.operation
        worst = None if suggestion.scenario in _PROBES else self._worst(exchange.call)
        if worst is not None and (exchange.ok or exchange.refused):
            case.judge(
                REFUSES,
                exchange.refused,
                f"{operation} breaks the {worst.keyword} of {worst.where}: answered {exchange.status}, expected a 4xx",
                of=exchange,
                pointer=worst.pointer,
                check=f"refuses-{worst.place}-{worst.keyword}",
            )
        for failure in unseen(self._engine.failures(suggestion, exchange), bench.passive.judge(exchange)):
            case.observe(ABOUT.get(failure.kind, (SERVER_ERROR,))[0], worded(operation, failure))

    def _worst(self, call: Call) -> Breach | None:
        if call.raw_body is not None:
            return None
        found = breaches(self._case.bench.contract, self._case.bench.validators, call)
        return next((breach for breach in found if breach.keyword in _BOUNDS), None)


def share(trials: Mapping[str, Trial], requests: int | None) -> Iterator[tuple[str, Trial | None]]:
    """The trials cut so that together they send at most so many requests; None for one that has no turn.

    What the small ones leave goes to the large ones.
    """
    left, waiting = requests, dict(trials)
    given: dict[str, Trial | None] = {}
    for name, trial in sorted(trials.items(), key=lambda item: item[1].requests):
        if left is None:
            given[name] = trial
            continue
        cut = trial.within(left // len(waiting)) if left >= len(waiting) else trial.within(min(left, 1))
        given[name] = cut if cut.requests else None
        left -= cut.requests
        del waiting[name]
    yield from ((name, given[name]) for name in trials)


def rows(
    fuzz: Fuzz, specs: Sequence[Spec], contract: Contract, seeds: Callable[[str], int], requests: int | None
) -> tuple[tuple[Row, ...], Mapping[str, Trial]]:
    """The cases of a plan, and the trial of each that runs, by its id."""
    trials: dict[str, Trial] = {}
    out: dict[str, Row] = {}
    for spec in specs:
        found = fuzz.trial(contract.operation(spec.operations[0]), seeds(spec.id))
        if isinstance(found, Trial):
            trials[spec.id] = found
        elif isinstance(found, Reason):
            out[spec.id] = Row(spec, 0, 0, Verdict.UNSUPPORTED, found, TOO_MUCH)
        else:
            out[spec.id] = Row(spec, 0, 0, Verdict.UNSUPPORTED, Reason.NEVER_TRIGGERED, found)
    given = dict(share(trials, requests))
    for spec in specs:
        if spec.id not in given:
            continue
        trial = given[spec.id]
        if trial is None:
            detail = f"--max-requests {requests} leaves none for it"
            out[spec.id] = Row(spec, 0, 0, Verdict.NOT_RUN, Reason.MAX_REQUESTS, detail)
        else:
            out[spec.id] = Row(spec, trial.requests, trial.drawn)
    return tuple(out[spec.id] for spec in specs), {name: trial for name, trial in given.items() if trial}


def _written(call: Call) -> str:
    raw = None if call.raw_body is None else call.raw_body.decode("utf-8", "replace")
    parts = [call.path, call.query, call.has_body, call.body, raw, call.content_type, call.headers]
    return json.dumps(parts, sort_keys=True, default=str)


def _plain(suggestion: Suggestion) -> dict[str, Any]:
    """A suggestion as JSON, the same for the same call."""
    parts = {
        "path": suggestion.path,
        "query": suggestion.query,
        "headers": suggestion.headers,
        "cookies": suggestion.cookies,
        **({} if suggestion.body is MISSING else {"body": suggestion.body}),
        "content_type": suggestion.content_type or suggestion.media_type,
    }
    return {"operation": suggestion.operation, **{name: part for name, part in parts.items() if part or name == "body"}}


def _body(suggestion: Suggestion) -> tuple[Any, bytes | None, str | None]:
    """The body as a JSON value or as bytes, and its media type: empty for the usual one, None for one not written."""
    about = suggestion.content_type or ""
    if suggestion.body is MISSING:
        return NOTHING, None, about
    media_type = (suggestion.media_type or "application/json").partition(";")[0].strip().lower()
    sent = about or ("" if media_type in {"application/json", "*/*"} else media_type)
    if media_type in {"application/json", "*/*"} or media_type.endswith("+json"):
        return suggestion.body, None, sent
    body: object = suggestion.body
    if media_type == "application/x-www-form-urlencoded" and isinstance(body, dict):
        members = cast("dict[str, Any]", body)
        flat = [(name, _field(one)) for name, value in members.items() for one in _each(value)]
        return NOTHING, urlencode(flat, errors="replace").encode(), sent
    if media_type.startswith("text/") and isinstance(body, str):
        return NOTHING, body.encode("utf-8", "replace"), sent
    return NOTHING, None, None


def _each(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _field(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _headers(suggestion: Suggestion, operation: Operation) -> dict[str, str] | None:
    """The headers that the document describes; None where a value cannot be sent in one."""
    described = {p.name.lower() for p in operation.parameters if p.location == "header"}
    found = {
        name: value
        for name, value in suggestion.headers.items()
        if name in described and name not in _OURS and _HEADER_NAME.fullmatch(name)
    }
    if suggestion.cookies:
        found["cookie"] = "; ".join(
            f"{quote(name)}={quote(_field(value), errors='replace')}" for name, value in suggestion.cookies.items()
        )
    return found if all(_HEADER_VALUE.fullmatch(value) for value in found.values()) else None


def _answers_json(operation: Operation) -> bool:
    """Whether a successful answer may be JSON, as far as the document tells."""
    listed = [kind for status in operation.success for kind in operation.responses[status].media_types]
    return not listed or any("json" in kind or "*" in kind for kind in listed)


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__
