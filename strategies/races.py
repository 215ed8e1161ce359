"""Races for a session, a profile, a coupon, a budget: the calls, what each does, and what answers show of the thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any, Final, cast

from strategies.firing import customer, effects_of, props_of, session_for
from strategies.racing import Ask, canonical
from strategies.redeeming import about
from strategies.showing import lines_of
from talonproof.http.exchange import Call, Exchange
from talonproof.model.observed import amount, same
from talonproof.model.things import Adding, Sums, Taking, Values, Write
from talonproof.run.case import Case
from talonproof.target import Bindings

PRICE: Final = 2.5


class SessionRace:
    """Updates of one session. ``start`` is what it is created with, of all that the updates then send parts of."""

    def __init__(self, session: str, bindings: Bindings) -> None:
        self.session = session
        self._attribute = bindings.session_attribute
        self.start = self._content("start")

    def partial_updates(self) -> list[Ask]:
        """Updates of one property each, the properties taking turns."""
        names = list(self.start)
        return [self._ask({names[n % len(names)]: self._content(f"{n}")[names[n % len(names)]]}) for n in range(8)]

    def full_updates(self) -> list[Ask]:
        """Updates that all send the same properties, each with values of its own."""
        return [self._ask(self._content(f"{n}")) for n in range(4)]

    def shows(self, exchange: Exchange) -> Values | None:
        """The properties in an answer, as far as it shows them; None where it shows no session."""
        session = exchange.at("customerSession")
        return self.values(cast("dict[str, Any]", session)) if isinstance(session, dict) else None

    def values(self, session: Mapping[str, Any]) -> Values:
        """The properties of a session, sent or shown."""
        found: dict[str, str] = {}
        if "cartItems" in session:
            lines = [[line.get("sku"), line.get("quantity"), line.get("price")] for line in lines_of(session)]
            found["cartItems"] = canonical(lines)
        if isinstance(identifiers := session.get("identifiers"), list):
            found["identifiers"] = canonical(sorted(map(str, cast("list[Any]", identifiers))))
        held = session.get("attributes")
        if self._attribute and isinstance(held, dict) and self._attribute in held:
            found["attributes"] = canonical(cast("dict[str, Any]", held)[self._attribute])
        return frozenset(found.items())

    def _content(self, mark: str) -> dict[str, Any]:
        line = {"name": "a", "sku": f"tp-{mark}", "quantity": 1, "price": PRICE}
        content: dict[str, Any] = {"identifiers": [f"tp-{mark}"], "cartItems": [line]}
        return content | ({"attributes": {self._attribute: mark}} if self._attribute else {})

    def _ask(self, sent: Mapping[str, Any]) -> Ask:
        body = {"customerSession": dict(sent), "responseContent": ["customerSession"]}
        call = Call("updateCustomerSessionV2", {"customerSessionId": self.session}, {}, body, has_body=True)
        told = ", ".join(f"{name} {value}" for name, value in sorted(self.values(sent)))
        return Ask(call, Write(self.values(sent)), f"update {told}", self.shows)


class ProfileRace:
    """Updates of one profile, events of it, and sessions of it that are closed at once.

    The actions are pairs: what is written to its attribute, and what is added to what it counts.
    """

    def __init__(self, profile: str, sessions: Sequence[str], bindings: Bindings) -> None:
        self.profile = profile
        self._bindings = bindings
        attribute, event = bindings.profile_attribute, bindings.event_type
        closings = [self._close(session) for session in sessions]
        writes = [self._write(f"{n}") for n in range(3)] if attribute else []
        events = [self._track() for _ in range(2)] if event else []
        self.asks = [ask for some in zip_longest(closings, writes, events) for ask in some if ask is not None]

    def shows(self, exchange: Exchange) -> tuple[Values, Sums] | None:
        """What an inventory shows of the attribute and of the counters; None where it shows no profile."""
        profile = exchange.at("profile")
        if not isinstance(profile, dict):
            return None
        held = exchange.at("profile", "attributes", self._bindings.profile_attribute or "")
        counted = {name: amount(exchange.at("profile", name)) for name in ("closedSessions", "totalSales")}
        sums = frozenset((name, value) for name, value in counted.items() if value is not None)
        return (frozenset({("attribute", canonical(held))}) if held is not None else frozenset()), sums

    def start(self) -> dict[str, Any]:
        """The update that makes the profile."""
        return {"attributes": {self._bindings.profile_attribute: "start"}} if self._bindings.profile_attribute else {}

    def starting(self) -> tuple[Values, Sums]:
        """What there is of a profile that was just made."""
        written = {("attribute", canonical("start"))} if self._bindings.profile_attribute else set[tuple[str, str]]()
        return frozenset(written), frozenset({("closedSessions", Decimal(0)), ("totalSales", Decimal(0))})

    def _write(self, value: str) -> Ask:
        body = {"attributes": {self._bindings.profile_attribute: value}}
        call = Call("updateCustomerProfileV2", {"integrationId": self.profile}, {}, body, has_body=True)
        return Ask(call, (Write.of({"attribute": canonical(value)}), Adding()), f"attribute {canonical(value)}")

    def _close(self, session: str) -> Ask:
        line = {"name": "a", "sku": "tp-a", "quantity": 1, "price": PRICE}
        content = {"profileId": self.profile, "state": "closed", "cartItems": [line]}
        body = {"customerSession": content, "responseContent": ["customerSession"]}
        call = Call("updateCustomerSessionV2", {"customerSessionId": session}, {}, body, has_body=True)
        counted = frozenset({("closedSessions", Decimal(1)), ("totalSales", Decimal(str(PRICE)))})
        return Ask(call, (Write(), Adding(counted)), f"close a session of {PRICE}")

    def _track(self) -> Ask:
        body: dict[str, Any] = {"profileId": self.profile, "type": self._bindings.event_type, "attributes": {}}
        call = Call("trackEventV2", {}, {"silent": "no"}, body, has_body=True)
        return Ask(call, (Write(), Adding()), "track an event")


def redemptions(case: Case, coupon: str, count: int) -> list[Ask]:
    """Closing of so many sessions with one coupon, each of a customer of its own; what they get of it are uses."""

    def given(answer: Exchange) -> Decimal | None:
        if about(answer, "acceptCoupon", coupon):
            return Decimal(1)
        return Decimal(0) if about(answer, "rejectCoupon", coupon) else None

    sessions = [session_for(case, "acceptCoupon", couponCodes=[coupon], state="closed") for _ in range(count)]
    return [_closing(case, session, "close a session with the coupon", Decimal(1), given) for session in sessions]


def purchases(case: Case, label: str, count: int) -> list[Ask]:
    """Closing of so many sessions of one customer that show an effect; what they get is the discount of its campaign.

    Each would take all that there is.
    """
    fired, profile = case.fired(label), customer(case)

    def given(answer: Exchange) -> Decimal:
        of_it = [e for e in effects_of(answer) if same(e.get("campaignId"), fired.campaign)]
        values = [
            amount(props_of(effect).get("value")) for effect in of_it if effect.get("effectType") == "setDiscount"
        ]
        return sum((value for value in values if value is not None), Decimal(0))

    sessions = [session_for(case, label, profile=profile, state="closed") for _ in range(count)]
    return [_closing(case, session, "close a session", Decimal("Infinity"), given) for session in sessions]


def _closing(
    case: Case, session: Mapping[str, Any], told: str, wanted: Decimal, given: Callable[[Exchange], Decimal | None]
) -> Ask:
    body = {"customerSession": session, "responseContent": ["customerSession"]}
    call = Call("updateCustomerSessionV2", {"customerSessionId": case.new_id("session")}, {}, body, has_body=True)
    return Ask(call, Taking(wanted), told, given)
