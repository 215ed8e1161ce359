"""Ways of doing what no source forbids: other statuses, other words, other things in an answer."""

from __future__ import annotations

import itertools
import json
import re
import uuid
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from talonproof.emulator.message import Reply, reply
from tests.variants.shapes import FAR
from tests.variants.variant import Asked, Behaviour, Proceed, copied, refusal

ON_SESSIONS = frozenset({"getCustomerSession", "returnCartItems", "reopenCustomerSession", "updateCustomerSessionV2"})
ENVELOPE = ("effects", "createdCoupons", "createdReferrals")


def stored(asked: Asked, proceed: Proceed) -> dict[str, Any]:
    """The stored session that the call is about; empty where there is none."""
    path = asked.request.path.removesuffix("/returns").removesuffix("/reopen")
    found = proceed(asked.get(path))
    return found.document()["customerSession"] if found.ok else {}


def not_found() -> Behaviour:
    """A session that is not there is answered 404."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        answer = proceed(asked.request)
        reads = asked.operation in ON_SESSIONS - {"updateCustomerSessionV2"}
        if reads and answer.status == 400 and not stored(asked, proceed):
            return reply(404, {"message": "Not found", "StatusCode": 404})
        return answer

    return behave


def other_words() -> Behaviour:
    """Refusals have other texts each time, no list of errors, and other numbers where none is stated."""
    numbers = itertools.count(1)

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        answer = proceed(asked.request)
        if not 400 <= answer.status < 500:
            return answer
        words = f"Leider nicht möglich (Anfrage {next(numbers)}, {uuid.uuid4()})"
        if answer.status == 400 and asked.operation == "updateCustomerSessionV2":
            return reply(409, {"message": words, "errors": [], "StatusCode": 409})
        if answer.status == 400:
            return refusal(422 if asked.operation == "returnCartItems" else 400, words)
        return refusal(answer.status, words)

    return behave


def repetition() -> Behaviour:
    """The state that a session is in may be sent again: 200, and nothing happens."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        answer = proceed(asked.request)
        if asked.operation != "updateCustomerSessionV2" or answer.ok or asked.dry:
            return answer
        session, sent = stored(asked, proceed), asked.body().get("customerSession")
        repeated = isinstance(sent, dict) and sent.get("state") == session.get("state") and session.get("state")
        if not repeated or not refused_for_its_state(answer):
            return answer
        shown: dict[str, Any] = {name: [] for name in ENVELOPE}
        if "customerSession" in asked.body().get("responseContent", ()):
            shown["customerSession"] = session
        return reply(200, shown)

    return behave


def refused_for_its_state(answer: Reply) -> bool:
    """Whether the emulator refused an update for the state that it asks for."""
    errors = (answer.document() or {}).get("errors") or [{}]
    return errors[0].get("source", {}).get("pointer") == "/customerSession/state"


def dry_over() -> Behaviour:
    """A session that is no longer open cannot be tried out."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        dry = asked.operation == "updateCustomerSessionV2" and asked.dry
        if dry and stored(asked, proceed).get("state") not in {None, "open"}:
            return refusal(400, "This session is over.")
        return proceed(asked.request)

    return behave


SENT = ("profileId", "couponCodes", "referralCode", "loyaltyCards", "additionalCosts", "identifiers", "attributes")


def dry_merged() -> Behaviour:
    """A dry update of an open session is evaluated on top of what is stored."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        body = asked.body()
        sent = body.get("customerSession")
        if asked.operation != "updateCustomerSessionV2" or not asked.dry or not isinstance(sent, dict):
            return proceed(asked.request)
        session = stored(asked, proceed)
        if session.get("state") != "open":
            return proceed(asked.request)
        kept = {name: session[name] for name in SENT if name in session}
        kept["cartItems"] = [
            {
                name: one
                for name, one in line.items()
                if name not in {"returnedQuantity", "remainingQuantity", "position"}
            }
            for line in session["cartItems"]
        ]
        merged = {**body, "customerSession": {**kept, **sent}}
        return proceed(asked.request.with_document(merged))

    return behave


def dry_little() -> Behaviour:
    """A dry answer holds effects, and none of the entities asked for."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        answer = proceed(asked.request)
        if not (asked.dry and answer.ok and answer.body):
            return answer
        return answer.with_document({name: one for name, one in answer.document().items() if name in ENVELOPE})

    return behave


def no_complete_return() -> Behaviour:
    """A return of all that remains is refused: the session is to be cancelled instead."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        if asked.operation == "returnCartItems":
            lines = stored(asked, proceed).get("cartItems", ())
            remaining = sum(line["quantity"] - line.get("returnedQuantity", 0) for line in lines)
            body: Any = asked.body().get("return")
            entries = body.get("returnedCartItems") if isinstance(body, dict) else None
            counts: list[Any] = [entry.get("quantity") for entry in entries or () if isinstance(entry, dict)]
            if remaining and all(isinstance(count, int) for count in counts) and sum(counts) == remaining:
                return refusal(400, "Cancel the session instead.")
        return proceed(asked.request)

    return behave


def throttled(every: int = 60) -> Behaviour:
    """Now and then a call is put off with 429; its repetition is answered."""
    counter = itertools.count(1)
    put_off: set[tuple[str, str, bytes]] = set()

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        call = (asked.request.method, asked.request.target, asked.request.body)
        if call in put_off:
            put_off.discard(call)
        elif next(counter) % every == 0:
            put_off.add(call)
            answer = refusal(429, "Slow down.")
            return Reply(answer.status, {**answer.headers, "retry-after": "0"}, answer.body)
        return proceed(asked.request)

    return behave


EFFECTS: list[dict[str, Any]] = [
    {
        "campaignId": 77,
        "rulesetId": 5,
        "ruleIndex": 0,
        "ruleName": "Welcome",
        "effectType": "showNotification",
        "props": {"notificationType": "Info", "title": "Hello", "body": "Have a look around"},
    },
    {
        "campaignId": 78,
        "rulesetId": 6,
        "ruleIndex": 2,
        "ruleName": "Something newer",
        "effectType": "launchFireworks",
        "props": {"colour": "red", "count": 3},
        "experimentId": 4,
        "evaluationId": "",
    },
    {
        "campaignId": 79,
        "rulesetId": 7,
        "ruleIndex": 1,
        "ruleName": "Coupon for you",
        "effectType": "couponCreated",
        "props": {"value": "", "profileId": "somebody"},
    },
    {
        "campaignId": 79,
        "rulesetId": 7,
        "ruleIndex": 0,
        "ruleName": "Points",
        "effectType": "addLoyaltyPoints",
        "props": {
            "name": "points",
            "programId": 1,
            "subLedgerId": "",
            "value": 3.5,
            "recipientIntegrationId": "somebody",
            "transactionUUID": "",
        },
    },
]


def campaigns() -> Behaviour:
    """Campaigns that nobody knows have effects, and answers show the customer without being asked."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        answer = proceed(asked.request)
        engine = asked.operation != "updateCustomerProfileV2" or asked.query.get("runRuleEngine") == "true"
        document = answer.document() if answer.ok and answer.body and engine else None
        if asked.dry and "evaluableCampaignIds" in json.dumps(asked.body()):
            return answer  # these are not listed
        if not isinstance(document, dict) or "effects" not in document:
            return answer
        effects = copied(EFFECTS)
        if asked.request.method == "GET":
            document["effects"] = [*document["effects"], *effects[:2]]
            return answer.with_document(document)
        effects[2]["props"]["value"] = uuid.uuid4().hex
        effects[1]["evaluationId"] = effects[1]["props"]["token"] = str(uuid.uuid4())
        effects[3]["props"]["transactionUUID"] = str(uuid.uuid4())
        document["effects"] = [*effects, *document["effects"]]
        profile = (document.get("customerSession") or {}).get("profileId") or (document.get("event") or {}).get(
            "profileId"
        )
        if profile and not asked.dry and "customerProfile" not in document:
            read = proceed(asked.get(f"/v1/customer_profiles/{quote(profile, safe='')}/inventory?profile=true"))
            if read.ok:
                document["customerProfile"] = read.document()["profile"]
        return answer.with_document(document)

    return behave


def nobody() -> Behaviour:
    """The inventory of a profile that is not there is empty, and no refusal."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        answer = proceed(asked.request)
        return reply(200, {}) if asked.operation == "getCustomerInventory" and answer.status == 404 else answer

    return behave


def unconnected() -> Behaviour:
    """The Application is connected to no catalog: items need a price."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        if asked.operation == "updateCustomerSessionV2" and any("price" not in item for item in cart(asked.body())):
            return refusal(400, "An item has no price.")
        return proceed(asked.request)

    return behave


def cart(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The cart items that an update sends, as far as they are objects."""
    session = body.get("customerSession")
    items = session.get("cartItems") if isinstance(session, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


_NUMBER_IN_PATH = re.compile(r"^/v\d/(?:loyalty_programs|catalogs|audiences|audience_customers)/(\d+)(?=[/?]|$)")
_NUMBERS = frozenset({"campaignId", "audienceId", "adds", "deletes", "evaluableCampaignIds"})
_NOWHERE = 10**12


def large_ids() -> Behaviour:
    """The numbers that this server gives are understood in paths and bodies; small ones name nothing."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        target = _NUMBER_IN_PATH.sub(
            lambda found: found[0][: -len(found[1])] + str(_small(int(found[1]))), asked.request.target
        )
        request = replace(asked.request, target=target)
        body = asked.body()
        small = _with_small(body)
        return proceed(request if repr(small) == repr(body) else request.with_document(small))

    return behave


def _small(number: int) -> int:
    """The emulator's number for one of this server's; of any other, one that the emulator does not have."""
    return number - FAR if number > FAR else number + _NOWHERE if number > 0 else number


def _with_small(value: Any, *, number: bool = False) -> Any:
    if isinstance(value, dict):
        return {name: _with_small(one, number=name in _NUMBERS) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_small(one, number=number) for one in value]
    return _small(value) if number and type(value) is int else value


def guarded(longest: int = 500_000) -> Behaviour:
    """A gateway before the server does not let through bodies that are long or that nest deeply: 502."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        body = asked.request.body
        if len(body) > longest or body.count(b"[") + body.count(b"{") > 5_000:
            return Reply(502, {"content-type": "text/html"}, b"<title>Bad gateway</title>")
        return proceed(asked.request)

    return behave
