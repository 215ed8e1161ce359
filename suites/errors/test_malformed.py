"""Bodies that are no JSON, or no JSON object, are refused, change nothing and break nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from strategies.hostile import HOSTILE, Hostile
from strategies.malformed import BROKEN, TOLERATED, WRONG_TOP, Malformed
from strategies.placeholders import PROFILE, SESSION
from strategies.untouched import Aim, Untouched, a_profile, a_session, no_profile
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.case import Case
from talonproof.run.outcome import Blocked
from talonproof.verdict import Reason

AT_SMOKE = next(text for text in BROKEN if text.label == "an object cut short")

LAWFUL = '{"customerSession": {"state": "open"}}'


def post(case: Case, operation: str, ids: Mapping[str, str], text: Malformed) -> Exchange:
    """The answer to a body as it is, sent to an operation on something of the run's own."""
    path = {
        "updateCustomerSessionV2": {"customerSessionId": ids.get(SESSION)},
        "returnCartItems": {"customerSessionId": ids.get(SESSION)},
        "updateCustomerProfileV2": {"integrationId": ids.get(PROFILE)},
        "trackEventV2": {},
    }[operation]
    return case.send(operation, path=path, raw_body=text.raw)


AIMS: Mapping[str, tuple[Callable[[Case], Aim], int, str]] = {
    "updateCustomerSessionV2": (lambda case: a_session(case, "open"), 3, "consume"),
    "returnCartItems": (lambda case: a_session(case, "closed"), 3, "consume"),
    "updateCustomerProfileV2": (a_profile, 3, "create"),
    "trackEventV2": (no_profile, 2, "consume"),
}
"""By operation with a body: what calls are aimed at, the requests for making and reading that, and the footprint."""


def operations(calls: Callable[[str], int], **depths: str) -> list[Any]:
    """A parameter for each operation with a body, for the calls it gets; at release depth unless another is given."""
    return [
        pytest.param(
            name,
            marks=scenario(
                "ERR-002", "ERR-009", "ERR-011", also=("ERR-015",),
                footprint=footprint, requests=calls(name) + around, depth=depths.get(name, "release"),
            ),
            id=name,
        )
        for name, (_, around, footprint) in AIMS.items()
    ]  # fmt: skip


def judge_refused(case: Case, exchange: Exchange, text: Malformed) -> None:
    """Judges that a body was refused, at the level of what is missing from it; a 5xx is judged apart."""
    if exchange.ok or exchange.refused:
        case.judge(
            "ERR-011",
            exchange.refused,
            f"{exchange.operation} with {text.label} for a body: answered {exchange.status}, expected a 4xx",
            of=exchange,
            check=text.label.replace(" ", "-"),
            expected="4xx",
        )


@pytest.mark.parametrize("name", operations(lambda _: 1, updateCustomerSessionV2="smoke"))
def test_broken_json(case: Case, name: str) -> None:
    """A body that ends in the middle is refused and changes nothing."""
    untouched = Untouched(case, lambda: AIMS[name][0](case))
    judge_refused(case, untouched.send(AT_SMOKE.label, lambda ids: post(case, name, ids, AT_SMOKE)), AT_SMOKE)
    untouched.judge()


WRONG_BODIES: tuple[Malformed, ...] = (*(text for text in BROKEN if text is not AT_SMOKE), *WRONG_TOP)


@pytest.mark.parametrize("name", operations(lambda _: len(WRONG_BODIES)))
def test_no_json_object(case: Case, name: str) -> None:
    """A body that no parser takes for JSON, or that is no object, is refused and changes nothing."""
    lacking = bool((case.bench.contract.resolve(case.bench.contract.operation(name).body or {})).get("required"))
    untouched = Untouched(case, lambda: AIMS[name][0](case))
    for text in WRONG_BODIES:
        exchange = untouched.send(text.label, lambda ids, text=text: post(case, name, ids, text))
        # what is no object lacks what is required; where nothing is required, no clause wants it refused
        if lacking or text not in WRONG_TOP:
            judge_refused(case, exchange, text)
    untouched.judge()


@scenario("ERR-009", footprint="consume", requests=len(TOLERATED), depth="release")
def test_almost_json(case: Case) -> None:
    """A body that some parsers take for JSON and others do not is no reason to fail."""
    for text in TOLERATED:
        case.send("updateCustomerSessionV2", path={"customerSessionId": case.new_id("session")}, raw_body=text.raw)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            text,
            marks=scenario("ERR-009", footprint="dry", requests=1, depth="release"),
            id=text.label.replace(" ", "-"),
        )
        for text in HOSTILE
    ],
)
def test_hostile_json(case: Case, text: Hostile) -> None:
    """A body that is JSON, and deep, long, huge or strange, is no reason to fail."""
    path = {"customerSessionId": case.new_id("session")}
    try:
        case.send("updateCustomerSessionV2", path=path, query={"dry": True}, raw_body=text.raw)
    except Blocked as stopped:  # whatever stands before the server may hang up on such a body
        case.unsupported(Reason.NEVER_TRIGGERED, f"the body does not reach the server: {stopped}")


@scenario("ERR-009", footprint="dry", requests=3, depth="release")
def test_other_media_types(case: Case) -> None:
    """A body under another media type than JSON may be taken or refused, and is no reason to fail."""
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=iso-8859-1"):
        case.send(
            "updateCustomerSessionV2",
            path={"customerSessionId": case.new_id("session")},
            query={"dry": True},
            raw_body=LAWFUL.encode(),
            content_type=content_type,
        )
