"""Whether a target holds what its file says, as far as reads and dry calls can show it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from talonproof.http.exchange import Credential, Exchange
from talonproof.run.doctor.asking import Asking
from talonproof.target import POOLS, Bindings

_CENT: Final = 0.01
_ITEM: Final[Mapping[str, Any]] = {"name": "mug", "sku": "tp-mug", "quantity": 1, "price": 10.5}
_TEXT: Final = "talonproof"

COUPONS: Final = ("soft_coupon", "mandatory_coupon", "visible_coupon", "limited_coupon", "recipient_coupon")
"""Bindings that are the code of a coupon."""


class State(StrEnum):
    """What is known of a binding."""

    THERE = "there"
    MISSING = "missing"
    UNSEEN = "unseen"
    UNBOUND = "unbound"


@dataclass(frozen=True, slots=True)
class Held:
    """One binding or key: whether the target has it, and what was seen."""

    name: str
    state: State
    detail: str = ""


def look_at_bindings(asking: Asking) -> tuple[Held, ...]:
    """What there is to say of every binding, in their order."""
    bound = asking.bindings
    names = [name for name in Bindings.names() if name not in bound.missing([name])]
    seen = {held.name: held for held in _seen(asking, names)}
    unseen = "neither a read nor a dry call can show it"

    def held(name: str) -> Held:
        if name not in names:
            return Held(name, State.UNBOUND)
        return seen.get(name, Held(name, State.UNSEEN, unseen))

    return tuple(held(name) for name in Bindings.names())


def look_at_keys(asking: Asking, roles: Mapping[str, str]) -> tuple[Held, ...]:
    """Whether the keys besides the live one are what they should be; ``roles`` are those there are, with the keys."""
    found: list[Held] = []
    for role in ("expired", "other_application", "test"):
        name = f"{role}_key"
        if not roles.get(role):
            found.append(Held(name, State.UNBOUND))
            continue
        path = {"customerSessionId": asking.own("session")}
        if role == "test":
            body = {"customerSession": {"state": "open"}}
            answer = asking.ask("updateCustomerSessionV2", path, {"dry": True}, body, credential=Credential.TEST)
            fits = answer is not None and answer.ok
        else:
            credential = Credential.EXPIRED if role == "expired" else Credential.OTHER_APPLICATION
            answer = asking.ask("getCustomerSession", path, credential=credential)
            fits = answer is not None and (answer.status == 401) is (role == "expired")
        if answer is None or answer.infrastructure:
            found.append(Held(name, State.UNSEEN, "it could not be tried"))
        else:
            state = State.THERE if fits else State.MISSING
            found.append(Held(name, state, "" if fits else f"a call with it is answered {answer.status}"))
    return tuple(found)


def _seen(asking: Asking, names: list[str]) -> Iterator[Held]:
    for look in (_sessions, _ledgers, _tiers, _inventory, _coupons):
        yield from (held for held in look(asking) if held.name in names)
    for parts, send in ((_SESSION, _send_session), (_PROFILE, _send_profile), (_EVENT, _send_event)):
        yield from _together(asking, [name for name in parts if name in names], parts, send)
    yield from (held for held in _catalog(asking) if held.name in names)


def _judged(name: str, answer: Exchange | None, wrong: str = "") -> Held:
    """A binding by the answer to a call that works only with it."""
    if answer is None or answer.infrastructure:
        return Held(name, State.UNSEEN, "it could not be looked at")
    if not answer.ok:
        told: Any = answer.at("errors", 0, "title") or answer.at("message") or ""
        return Held(name, State.MISSING, f"{answer.operation} is answered {answer.status} {told}".strip())
    return Held(name, State.MISSING, wrong) if wrong else Held(name, State.THERE)


def _sessions(asking: Asking) -> Iterator[Held]:
    for name, state in (("open_session", "open"), ("closed_session", "closed")):
        if session := getattr(asking.bindings, name):
            answer = asking.ask("getCustomerSession", {"customerSessionId": session})
            actual = answer.at("customerSession", "state") if answer is not None and answer.ok else state
            yield _judged(name, answer, "" if actual == state else f"the session is {actual}")


def _ledgers(asking: Asking) -> Iterator[Held]:
    """Program and owner are looked at together: either may be the wrong one."""
    for program, owner, balances, rows in (
        ("profile_program", "populated_profile", "getLoyaltyBalances", "getLoyaltyProgramProfileTransactions"),
        ("card_program", "populated_card", "getLoyaltyCardBalances", "getLoyaltyCardTransactions"),
    ):
        answer = asking.ledger_list(balances)
        if answer is None:
            continue
        yield _judged(program, answer)
        listed = asking.ledger_list(rows, pageSize=1)
        empty = listed is not None and listed.ok and listed.at("data") == []
        yield _judged(owner, answer, "it has no transactions" if empty else "")
    subledger = asking.bindings.subledger
    answer = asking.ledger_list("getLoyaltyBalances")
    if subledger and answer is not None:
        there = answer.at("subledgerBalances", subledger) is not None
        yield _judged("subledger", answer, "" if there else f"populated_profile has no balance in {subledger}")


def _tiers(asking: Asking) -> Iterator[Held]:
    program, owner = asking.bindings.tier_program, asking.bindings.populated_profile
    if program and owner:
        path = {"loyaltyProgramId": program, "integrationId": owner}
        answer = asking.ask("getLoyaltyBalances", path, {"includeTiers": True})
        names = ("currentTier", "nextTierName")
        told = answer is not None and answer.ok and any(answer.at("balance", name) for name in names)
        yield _judged("tier_program", answer, "" if told else "the balance of populated_profile tells of no tier")


def _inventory(asking: Asking) -> Iterator[Held]:
    if profile := asking.bindings.session_profile:
        answer = asking.ask("getCustomerInventory", {"integrationId": profile}, {"profile": True})
        yield _judged("session_profile", answer)


def _coupons(asking: Asking) -> Iterator[Held]:
    for name in COUPONS:
        if code := getattr(asking.bindings, name):
            yield _judged(name, asking.ask("getReservedCustomers", {"couponValue": code}))
    for name in POOLS:
        codes = getattr(asking.bindings, name)
        pool = [asking.ask("getReservedCustomers", {"couponValue": code}) for code in codes]
        wrong = [code for code, answer in zip(codes, pool, strict=True) if answer and answer.refused]
        if wrong:
            yield Held(name, State.MISSING, f"not there: {', '.join(wrong)}")
        elif pool:
            yield _judged(name, pool[0])


Part = Callable[[Bindings], Mapping[str, Any]]
"""What a binding adds to the body of a call."""

_SESSION: Final[Mapping[str, Part]] = {
    "session_attribute": lambda b: {"attributes": {b.session_attribute: _TEXT}},
    "number_attribute": lambda b: {"attributes": {b.number_attribute: 1}},
    "item_attribute": lambda b: {"cartItems": [{**_ITEM, "attributes": {b.item_attribute: _TEXT}}]},
    "additional_cost": lambda b: {"additionalCosts": {b.additional_cost: {"price": 1}}},
    "second_additional_cost": lambda b: {"additionalCosts": {b.second_additional_cost: {"price": 1}}},
    "store": lambda b: {"storeIntegrationId": b.store},
}
_PROFILE: Final[Mapping[str, Part]] = {
    "profile_attribute": lambda b: {"attributes": {b.profile_attribute: _TEXT}},
    "audience": lambda b: {"audiencesChanges": {"adds": [b.audience], "deletes": []}},
}
_EVENT: Final[Mapping[str, Part]] = {
    "event_type": lambda b: {"type": b.event_type},
    "event_attribute": lambda b: {"type": b.event_type, "attributes": {b.event_attribute: _TEXT}},
}


def _together(
    asking: Asking,
    names: list[str],
    parts: Mapping[str, Part],
    send: Callable[[Asking, dict[str, Any]], Exchange | None],
) -> Iterator[Held]:
    """All that goes into one dry call at once, and each by itself where that is refused."""
    if not names:
        return
    answer = send(asking, _merged([parts[name](asking.bindings) for name in names]))
    for name in names:
        alone = answer if answer is None or not answer.refused or len(names) == 1 else None
        yield _judged(name, alone or (send(asking, dict(parts[name](asking.bindings))) if answer else None))


def _merged(bodies: list[Mapping[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for body in bodies:
        for key, value in body.items():
            both = isinstance(value, dict) and isinstance(merged.get(key), dict)
            merged[key] = {**merged[key], **value} if both else value
    return merged


def _send_session(asking: Asking, session: dict[str, Any]) -> Exchange | None:
    return asking.dry_session(session)


def _send_profile(asking: Asking, update: dict[str, Any]) -> Exchange | None:
    query = {"runRuleEngine": True, "dry": True}
    return asking.ask("updateCustomerProfileV2", {"integrationId": asking.own("profile")}, query, update)


def _send_event(asking: Asking, event: dict[str, Any]) -> Exchange | None:
    if not event.get("type"):
        return None
    return asking.ask("trackEventV2", {}, {"dry": True}, {"profileId": asking.own("profile"), **event})


def _catalog(asking: Asking) -> Iterator[Held]:
    sku, price = asking.bindings.catalog_sku, asking.bindings.catalog_price
    if not sku:
        return
    answer = asking.dry_session({"cartItems": [{"sku": sku, "quantity": 1}]})
    yield _judged("catalog_sku", answer)
    actual = answer.at("customerSession", "cartItemTotal") if answer is not None and answer.ok else None
    wrong = isinstance(actual, int | float) and price is not None and abs(actual - price) > _CENT
    yield _judged("catalog_price", answer, f"one {sku} costs {actual}" if wrong else "")


def as_records(found: tuple[Held, ...]) -> list[dict[str, str]]:
    """What was found as plain JSON."""
    return [dataclasses.asdict(held) for held in found]
