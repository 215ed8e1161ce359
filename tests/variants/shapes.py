"""Ways of writing the same answer: other numbers, times, properties and bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from talonproof.emulator.message import Reply
from tests.variants.variant import Asked, is_json, without

NAMED = frozenset(
    {"attributes", "additionalCosts", "subledgerBalances", "subLedgers", "subledgers", "programs", "props"}
)
"""Properties whose members are named by the account: nothing is added to them, and nothing in them is renamed."""

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
MOMENTS = frozenset({"created", "updated", "lastActivity", "startDate", "expiryDate", "timestamp", "joinDate"})
EAST = timezone(timedelta(hours=2))


def rewritten(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]], *, named: bool = False) -> Any:
    """The value with every object changed that the schemas describe, innermost first."""
    if isinstance(value, dict):
        inner = {
            name: one if name == "props" else rewritten(one, change, named=name in NAMED) for name, one in value.items()
        }
        return inner if named else change(inner)
    if isinstance(value, list):
        return [rewritten(one, change) for one in value]
    return value


def floats(value: Any, asked: Asked, number: int) -> Any:
    """Every integer is written with a fraction of zero."""
    if isinstance(value, dict):
        return {name: floats(one, asked, number) for name, one in value.items()}
    if isinstance(value, list):
        return [floats(one, asked, number) for one in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def noise(value: Any, _: Asked, number: int) -> Any:
    """Totals carry the noise of binary fractions, another one in each answer."""

    def noisy(found: dict[str, Any]) -> dict[str, Any]:
        totals = ("total", "cartItemTotal", "additionalCostTotal")
        return {
            name: one * (1 + number % 3 * 1e-13) if name in totals and isinstance(one, int | float) else one
            for name, one in found.items()
        }

    return rewritten(value, noisy)


def times(value: Any, asked: Asked, number: int) -> Any:
    """Calls that write show nanoseconds, reads what the database rounded them to; some of both have an offset."""
    written = asked.request.method != "GET"

    def moved(found: dict[str, Any]) -> dict[str, Any]:
        return {
            name: _elsewhere(one, written=written, far=bool(number % 2)) if name in MOMENTS else one
            for name, one in found.items()
        }

    return rewritten(value, moved)


def _elsewhere(text: Any, *, written: bool, far: bool) -> Any:
    if not isinstance(text, str) or not MOMENT.fullmatch(text):
        return text
    exact = datetime.fromisoformat(text)
    moment = (exact if written else exact + timedelta(microseconds=1)).astimezone(EAST if far else UTC)
    nanoseconds = "789" if written else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06}{nanoseconds}{'+02:00' if far else 'Z'}"


def more(value: Any, asked: Asked, number: int) -> Any:
    """Every object has properties that no schema knows, one of them null; the whole answer tells its number."""

    def extended(found: dict[str, Any]) -> dict[str, Any]:
        return {**found, "x-extension": {"list": [1, None], "text": "n/a"}, "sandboxed": None}

    found = rewritten(value, extended)
    if asked.operation == "getCustomerSession" and "customerSession" in found:
        found["customerSession"]["readings"] = [1]  # a call that writes shows none
    return (
        {**found, "answerNumber": number, "servedAt": f"{datetime.now(UTC):%H:%M:%S.%f}"}
        if isinstance(found, dict)
        else found
    )


OPTIONAL = frozenset(
    {"couponCodes", "referralCode", "identifiers", "loyaltyCards", "additionalCosts", "audienceMemberships"}
    | {"loyaltyMemberships", "referrals", "coupons", "giveaways", "achievements", "loyalty", "storeIntegrationId"}
)
"""Properties that need not be there where they have nothing to show."""

OF_COUPONS = frozenset({"reservationLimit", "reservationCounter", "reservation", "implicitlyReserved"})
"""What coupons need not show."""

OF_LINES = frozenset({"returnedQuantity", "remainingQuantity", "position"})


def left_out(value: Any, asked: Asked, _: int) -> Any:
    """What has nothing to show is not there, nor are the counters of cart items."""

    def bare(found: dict[str, Any]) -> dict[str, Any]:
        line = "sku" in found and "quantity" in found
        gone = {name for name in OPTIONAL if name in found and _nothing(found[name])}
        if "value" in found and "usageCounter" in found:
            gone |= OF_COUPONS
        if line:
            gone |= OF_LINES
            gone |= {"attributes"} if not found.get("attributes") else set()
        return {name: one for name, one in found.items() if name not in gone}

    found = rewritten(value, bare)
    if asked.operation == "getCustomerSession" and isinstance(found, dict) and not found.get("effects"):
        found.pop("effects", None)
    return found


def _nothing(value: Any) -> bool:
    return value in ("", [], {}, {"programs": {}})


def empty(value: Any, asked: Asked, _: int) -> Any:
    """What has nothing to show is there, and empty."""

    def full(found: dict[str, Any]) -> dict[str, Any]:
        if "cartItems" in found and "integrationId" in found:
            blank: dict[str, Any] = {"couponCodes": [], "identifiers": [], "loyaltyCards": [], "referralCode": ""}
            return {**blank, "additionalCosts": {}, **found}
        if "sku" in found and "quantity" in found:
            blank = {"attributes": {}, "additionalCosts": {}, "name": "", "category": ""}
            return {**blank, "returnedQuantity": 0, "remainingQuantity": found["quantity"], **found}
        if "advocateProfileIntegrationId" in found:
            return {"friendProfileIntegrationId": "", "importId": 0, "batchId": "", **found}
        if "audienceMemberships" in found:
            return {"loyaltyMemberships": [], **found}
        return found

    found = rewritten(value, full)
    if asked.operation == "getLoyaltyCardBalances" and "subledgerBalances" in found:
        kinds = ("activePoints", "pendingPoints", "spentPoints", "expiredPoints")
        return {"balance": dict.fromkeys(kinds, 0), **found}
    return found


def nulls(value: Any, _asked: Asked, _number: int) -> Any:
    """What has nothing to show is null."""

    def null(found: dict[str, Any]) -> dict[str, Any]:
        if "advocateProfileIntegrationId" in found:
            found = {"startDate": None, "expiryDate": None, "friendProfileIntegrationId": None, **found}
        return {name: None if name in OPTIONAL and _nothing(one) else one for name, one in found.items()}

    return rewritten(value, null)


UNPAGED = frozenset({"getReservedCustomers", "createReferralsForMultipleAdvocates"})
"""The operations whose lists have neither pages nor an order."""


def disorder(value: Any, asked: Asked, number: int) -> Any:
    """Properties, and arrays whose order nobody states, come in another order every other time."""

    def turned(found: dict[str, Any]) -> dict[str, Any]:
        names = ("couponCodes", "identifiers", "audienceMemberships", "effects", "profiles", "giveaways")
        names += ("coupons", "referrals") + ("data",) * (asked.operation in UNPAGED)
        order = list(found.items())[:: -1 if number % 2 else 1]
        return {
            name: one[:: -1 if number % 2 else 1] if name in names and isinstance(one, list) else one
            for name, one in order
        }

    return rewritten(value, turned)


def nameless_cards(value: Any, asked: Asked, _number: int) -> Any:
    """Cards do not show whose they are."""
    if asked.operation not in {"generateLoyaltyCard", "linkLoyaltyCardToProfile", "getLoyaltyCardBalances"}:
        return value
    return {name: one for name, one in value.items() if name != "profiles"}


def capitals(value: Any, _asked: Asked, _number: int) -> Any:
    """Codes are shown in capitals: whether case matters is a setting of the Application."""
    return rewritten(value, lambda found: _with_codes(found, str.upper))


def small_letters(value: Any, _asked: Asked, _number: int) -> Any:
    """Codes are shown in small letters: that is one of the settings."""
    return rewritten(value, lambda found: _with_codes(found, str.lower))


def _with_codes(found: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """An object of an answer with its codes written in another way: those of a session, a coupon, a referral."""
    codes = found.get("couponCodes")
    shown = {**found, "couponCodes": [change(code) for code in codes]} if codes else dict(found)
    name = "value" if "reservationCounter" in found else "code" if "advocateProfileIntegrationId" in found else ""
    return {**shown, name: change(shown[name])} if name in shown else shown


def defaults(value: Any, _asked: Asked, _number: int) -> Any:
    """Sessions, items, profiles and events have attributes that nobody sent: the account gives them a value."""

    def given(found: dict[str, Any]) -> dict[str, Any]:
        shown = found.get("attributes")
        return {**found, "attributes": {"region": "EU", "since": 2020, **shown}} if isinstance(shown, dict) else found

    return rewritten(value, given)


FAR = 2**31 + 7
"""What is added to every number that names something."""

IDS = re.compile(r"id|.*[a-z](Id|ID)")


def large_ids(value: Any, _asked: Asked, _number: int) -> Any:
    """Whatever has a number has one above 2^31."""

    def large(found: dict[str, Any]) -> dict[str, Any]:
        shown = {name: one + FAR if IDS.fullmatch(name) and type(one) is int else one for name, one in found.items()}
        programs = shown.get("programs")
        if isinstance(programs, dict):
            shown["programs"] = {str(int(name) + FAR): one for name, one in programs.items()}
        return shown

    return rewritten(value, large)


def other_forms(answer: Reply) -> Reply:
    """Chunked, indented JSON in ASCII, under headers in capitals and a media type with a parameter."""
    if answer.body and not is_json(answer):
        return answer
    answer = without(answer, "content-length")
    body = json.dumps(answer.document(), indent=2).encode() if answer.body else b""
    headers = {name.upper(): value for name, value in answer.headers.items() if name != "content-type"}
    if body:
        headers["Content-Type"] = "Application/JSON;charset=UTF-8"
    return Reply(answer.status, headers, body)


def no_date(answer: Reply) -> Reply:
    """A server without a clock says no date."""
    return without(answer, "date")


def lots(value: Any, asked: Asked, number: int) -> Any:
    """A rule draws a lot for every session update, as experiments do: every second one has an effect more."""
    effects = value.get("effects") if isinstance(value, dict) else None
    if asked.operation != "updateCustomerSessionV2" or not isinstance(effects, list) or number % 2:
        return value
    drawn = {"campaignId": 99, "rulesetId": 99, "ruleIndex": 0, "ruleName": "Lots", "effectType": "showNotification"}
    return {**value, "effects": [*effects, {**drawn, "props": {"notificationType": "Info", "title": "t", "body": "b"}}]}
