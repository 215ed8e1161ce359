"""What an answer as a whole must hold: its effects, its page, the session and the moment it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from talonproof.checks.answer import Answer
from talonproof.checks.wording import place, shown
from talonproof.contract.contract import Operation
from talonproof.finding import Judgement
from talonproof.generation.pointers import MISSING, get

CHECKS: Mapping[str, str] = {
    "effects-envelope": "SES-051",
    "reopen-effects": "REO-001",
    "giveaway-state": "SES-022",
    "session-asked-for": "SES-062",
    "return-session": "RET-006",
    "page": "PAG-007",
    "created-now": "ERR-006",
}

NEAR = timedelta(minutes=1)
"""How far the moment of a creation may lie from the Date of the answer that reports it."""

_ENVELOPE = ("effects", "createdCoupons", "createdReferrals")
_WITH_ENVELOPE = frozenset({"updateCustomerSessionV2", "returnCartItems", "updateCustomerProfileV2", "trackEventV2"})

_CREATED: Mapping[str, tuple[str, ...]] = {
    "updateCustomerSessionV2": ("/event/created",),
    "returnCartItems": ("/return/created", "/event/created"),
    "trackEventV2": ("/event/created",),
    "createReferral": ("/created",),
    "createReferralsForMultipleAdvocates": ("/data/0/created",),
    "createAudienceV2": ("/created",),
    "generateLoyaltyCard": ("/created",),
}
"""What each call certainly created itself, when it was not dry. A session or a profile may be older."""


def judge(answer: Answer) -> Iterator[Judgement]:
    """Judges successful JSON objects; what is no object is the business of the schema checks."""
    if not (answer.exchange.ok and answer.documented and answer.validator is not None):
        return
    body = answer.body.value
    if not answer.json or not isinstance(body, dict):
        return
    operation = answer.operation.id
    if operation in _WITH_ENVELOPE:
        yield from _arrays(answer, body, "effects-envelope", _ENVELOPE)
    if operation == "reopenCustomerSession":
        yield from _arrays(answer, body, "reopen-effects", ("effects",))
    if operation == "updateCustomerSessionV2":
        yield from _giveaways(answer, body)
    if operation == "getCustomerSession":
        yield from _session_asked_for(answer, body)
    if operation == "returnCartItems":
        yield from _return_session(answer, body)
    limit = _page_limit(answer) if answer.paged else None
    if limit is not None:
        yield from _page(answer, body, limit)
    yield from _created_now(answer, body)


def _arrays(answer: Answer, body: Any, check: str, names: Iterable[str]) -> Iterator[Judgement]:
    """The named properties are there, and arrays."""
    requirement, whole = CHECKS[check], True
    for name in names:
        value = get(body, f"/{name}")
        if isinstance(value, list):
            continue
        whole = False
        seen = f"{name} is missing from the body" if value is MISSING else f"/{name} is {shown(value)}"
        yield answer.broken(requirement, check, f"{seen}, expected an array", f"/{name}")
    if whole:
        yield answer.holds(requirement, check)


def _giveaways(answer: Answer, body: Any) -> Iterator[Judgement]:
    """A giveaway is awarded by closing only; until then it is announced, without its code.

    Where neither the request nor the answer says the state, an award proves nothing.
    """
    effects: Any = get(body, "/effects")
    if not isinstance(effects, list):
        return
    states = (get(body, "/customerSession/state"), get(answer.exchange.call.body, "/customerSession/state"))
    known = {state for state in states if isinstance(state, str)}
    seen = False
    for index, effect in enumerate(effects):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        kind = get(effect, "/effectType")
        problem = ""
        if kind == "awardGiveaway" and known:
            seen = True
            if "closed" not in known:
                problem = f"/effects/{index} awards a giveaway in a session that is {' or '.join(sorted(known))}"
        elif kind == "willAwardGiveaway":
            seen = True
            if get(effect, "/props/code") is not MISSING:
                problem = f"/effects/{index} announces a giveaway together with its code"
        if problem:
            yield answer.broken("SES-022", "giveaway-state", problem, f"/effects/{index}")
            return
    if seen:
        yield answer.holds("SES-022", "giveaway-state")


def _session_asked_for(answer: Answer, body: Any) -> Iterator[Judgement]:
    """The session is the one whose id was in the path; its effects, where given, are an array."""
    check = "session-asked-for"
    asked = str(answer.exchange.call.path.get("customerSessionId", ""))
    pointer = "/customerSession/integrationId"
    found = get(body, pointer)
    effects = get(body, "/effects")
    if found != asked:
        seen = f"{pointer} is missing" if found is MISSING else f"{pointer} is {shown(found)}"
        yield answer.broken("SES-062", check, f"{seen}, expected the id asked for, {shown(asked)}", pointer)
    elif effects is not MISSING and not isinstance(effects, list):
        yield answer.broken("SES-062", check, f"/effects is {shown(effects)}, expected an array", "/effects")
    else:
        yield answer.holds("SES-062", check)


def _return_session(answer: Answer, body: Any) -> Iterator[Judgement]:
    """The return, where the answer holds one, belongs to the session in the path."""
    pointer = "/return/sessionIntegrationId"
    found = get(body, pointer)
    if found is MISSING:
        return
    asked = str(answer.exchange.call.path.get("customerSessionId", ""))
    problem = "" if found == asked else f"{pointer} is {shown(found)}, expected {shown(asked)}"
    yield answer.judged("RET-006", "return-session", problem, pointer)


def _page(answer: Answer, body: Any, limit: int) -> Iterator[Judgement]:
    """A page says whether there is more, and holds at most as many rows as were asked for."""
    check, whole = "page", True
    more, rows = get(body, "/hasMore"), get(body, "/data")
    for pointer, value, kind, words in (
        ("/hasMore", more, bool, "a boolean"),
        ("/data", rows, list, "an array"),
    ):
        if not isinstance(value, kind):
            whole = False
            seen = f"{pointer[1:]} is missing from {place('')}" if value is MISSING else f"{pointer} is {shown(value)}"
            yield answer.broken("PAG-007", check, f"{seen}, expected {words}", pointer)
    if isinstance(rows, list) and len(rows) > limit:  # pyright: ignore[reportUnknownArgumentType]
        whole = False
        message = f"/data holds {len(rows)} rows, at most {limit} were asked for"  # pyright: ignore[reportUnknownArgumentType]
        yield answer.broken("PAG-007", check, message, "/data")
    if whole:
        yield answer.holds("PAG-007", check)


_UNBOUND = 10**9
"""More rows than any answer holds: a size that is no number bounds nothing."""


def _page_limit(answer: Answer) -> int | None:
    """The most rows this answer may hold; None where the operation takes no size.

    It is the size sent, and the operation's default where none was sent. That a size out of bounds is
    refused is another clause, and a weaker one: what is served for it is judged by the size sent, if it is one.
    """
    bounds = _page_sizes(answer.operation)
    if bounds is None:
        return None
    default, _ = bounds
    sent = answer.exchange.call.query.get("pageSize")
    if sent is None:
        return default
    return int(str(sent)) if re.fullmatch(r"[1-9][0-9]{0,8}", str(sent)) else _UNBOUND


def _page_sizes(operation: Operation) -> tuple[int, int] | None:
    for parameter in operation.query_parameters:
        if parameter.name == "pageSize":
            maximum = parameter.schema.get("maximum")
            if maximum is None:
                return None
            return int(parameter.schema.get("default", maximum)), int(maximum)
    return None


def _created_now(answer: Answer, body: Any) -> Iterator[Judgement]:
    """What this very call created carries the server's time, not one of the request's or of another place."""
    if _is_dry(answer):
        return
    now = _date(answer.exchange.response_headers.get("date", ""))
    if now is None:
        return
    for pointer in _CREATED.get(answer.operation.id, ()):
        created = _moment(get(body, pointer))
        if created is None:
            continue
        problem = ""
        if abs(created - now) > NEAR:
            problem = f"{pointer} is {created.isoformat()}, but the server answered at {now.isoformat()}"
        yield answer.judged("ERR-006", "created-now", problem, pointer)


def _is_dry(answer: Answer) -> bool:
    """Whether the call may have been evaluated only; every spelling but a plain no counts."""
    dry = answer.exchange.call.query.get("dry", False)
    return str(dry).lower() not in {"false", "0"} or answer.exchange.call.credential == "test"


def _date(header: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(header)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else None
