"""The operations of the API as a case sends them, and the states it arranges through them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from talonproof.http.exchange import Credential, Exchange
from talonproof.run.case import Case

CART: tuple[Mapping[str, Any], ...] = (
    {"name": "mug", "sku": "tp-mug", "quantity": 3, "price": 10.5},
    {"name": "plate", "sku": "tp-plate", "quantity": 2, "price": 4.25},
)
"""The cart of an arranged session: two lines, three and two units."""

LISTS = {
    "getLoyaltyCardTransactions": "card",
    "getLoyaltyCardPoints": "card",
    "getLoyaltyProgramProfileTransactions": "profile",
    "getLoyaltyProgramProfilePoints": "profile",
    "getLoyaltyCardBalances": "card",
    "getLoyaltyBalances": "profile",
}
"""The reading operations of loyalty, by whose points they tell."""


class Api:
    """One method an operation. Arguments that are None are not sent."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def put_session(
        self,
        session: str,
        body: Mapping[str, Any],
        *,
        dry: bool | None = None,
        now: str | None = None,
        content: Sequence[str] | None = ("customerSession",),
        credential: Credential = Credential.LIVE,
    ) -> Exchange:
        """Update customer session; ``body`` is the ``customerSession``, ``content`` the ``responseContent``."""
        request: dict[str, Any] = {"customerSession": dict(body)}
        if content is not None:
            request["responseContent"] = list(content)
        return self.case.send(
            "updateCustomerSessionV2",
            path={"customerSessionId": session},
            query={"dry": dry, "now": now},
            body=request,
            credential=credential,
        )

    def get_session(self, session: str, *, credential: Credential = Credential.LIVE) -> Exchange:
        """Get customer session."""
        return self.case.send("getCustomerSession", path={"customerSessionId": session}, credential=credential)

    def return_items(
        self,
        session: str,
        lines: Sequence[Mapping[str, Any]],
        *,
        dry: bool | None = None,
        content: Sequence[str] | None = ("customerSession",),
    ) -> Exchange:
        """Return cart items; ``lines`` are the ``returnedCartItems``."""
        request: dict[str, Any] = {"return": {"returnedCartItems": [dict(line) for line in lines]}}
        if content is not None:
            request["responseContent"] = list(content)
        return self.case.send("returnCartItems", path={"customerSessionId": session}, query={"dry": dry}, body=request)

    def reopen(self, session: str) -> Exchange:
        """Reopen customer session."""
        return self.case.send("reopenCustomerSession", path={"customerSessionId": session})

    def put_profile(
        self, profile: str, body: Mapping[str, Any], *, run_rule_engine: bool | None = None, dry: bool | None = None
    ) -> Exchange:
        """Update customer profile."""
        return self.case.send(
            "updateCustomerProfileV2",
            path={"integrationId": profile},
            query={"runRuleEngine": run_rule_engine, "dry": dry},
            body=dict(body),
        )

    def track_event(self, body: Mapping[str, Any], *, silent: str | None = "no", dry: bool | None = None) -> Exchange:
        """Track event."""
        return self.case.send("trackEventV2", query={"silent": silent, "dry": dry}, body=dict(body))

    def inventory(self, profile: str, /, **sections: bool) -> Exchange:
        """Get customer inventory; each section is a flag such as ``profile=True``."""
        return self.case.send("getCustomerInventory", path={"integrationId": profile}, query=sections)

    def put_profiles(self, profiles: Sequence[Mapping[str, Any]], *, silent: str | None = None) -> Exchange:
        """Update multiple customer profiles; each has an ``integrationId``."""
        body = {"customerProfiles": [dict(profile) for profile in profiles]}
        return self.case.send("updateCustomerProfilesV2", query={"silent": silent}, body=body)

    def erase(self, profile: str) -> Exchange:
        """Delete customer's personal data."""
        return self.case.send("deleteCustomerData", path={"integrationId": profile})

    def create_audience(self, body: Mapping[str, Any]) -> Exchange:
        """Create audience."""
        return self.case.send("createAudienceV2", body=dict(body))

    def rename_audience(self, audience: int, name: str) -> Exchange:
        """Update audience name."""
        return self.case.send("updateAudienceV2", path={"audienceId": audience}, body={"name": name})

    def delete_audience(self, audience: int) -> Exchange:
        """Delete audience."""
        return self.case.send("deleteAudienceV2", path={"audienceId": audience})

    def empty_audience(self, audience: int) -> Exchange:
        """Delete audience memberships."""
        return self.case.send("deleteAudienceMembershipsV2", path={"audienceId": audience})

    def put_members(self, changes: Sequence[Mapping[str, Any]]) -> Exchange:
        """Update multiple customer profiles' audiences; ``changes`` are the ``data``."""
        return self.case.send("updateCustomerProfileAudiences", body={"data": [dict(change) for change in changes]})

    def put_attributes_of_members(self, audience: int, attributes: Mapping[str, Any]) -> Exchange:
        """Update profile attributes for all customers in audience."""
        return self.case.send("updateAudienceCustomersAttributes", path={"audienceId": audience}, body=dict(attributes))

    def make_card(self, body: Mapping[str, Any]) -> Exchange:
        """Generate loyalty card, in the program of cards that is bound."""
        program = {"loyaltyProgramId": self.case.bindings.card_program}
        return self.case.send("generateLoyaltyCard", path=program, body=dict(body))

    def link_card(self, card: str, profile: str) -> Exchange:
        """Link customer profile to card, in the program of cards that is bound."""
        path = {"loyaltyProgramId": self.case.bindings.card_program, "loyaltyCardId": card}
        return self.case.send("linkLoyaltyCardToProfile", path=path, body={"integrationId": profile})

    def card_balances(self, card: str) -> Exchange:
        """Get card's point balances, of any card of the program that is bound."""
        path = {"loyaltyProgramId": self.case.bindings.card_program, "loyaltyCardId": card}
        return self.case.send("getLoyaltyCardBalances", path=path)

    def sync_catalog(
        self, catalog: int | None, body: Mapping[str, Any], *, credential: Credential = Credential.LIVE
    ) -> Exchange:
        """Sync cart item catalog."""
        path = {"catalogId": catalog}
        return self.case.send("syncCatalog", path=path, body=dict(body), credential=credential)

    def reserve(self, coupon: str, people: Sequence[str]) -> Exchange:
        """Create coupon reservation."""
        body = {"integrationIDs": list(people)}
        return self.case.send("createCouponReservation", path={"couponValue": coupon}, body=body)

    def release(self, coupon: str, people: Sequence[str]) -> Exchange:
        """Delete coupon reservations."""
        body = {"integrationIDs": list(people)}
        return self.case.send("deleteCouponReservation", path={"couponValue": coupon}, body=body)

    def reserved_customers(self, coupon: str) -> Exchange:
        """List customers that have this coupon reserved."""
        return self.case.send("getReservedCustomers", path={"couponValue": coupon})

    def refer(self, body: Mapping[str, Any]) -> Exchange:
        """Create referral code for an advocate."""
        return self.case.send("createReferral", body=dict(body))

    def refer_many(self, body: Mapping[str, Any], *, silent: str | None = "no") -> Exchange:
        """Create referral codes for multiple advocates."""
        return self.case.send("createReferralsForMultipleAdvocates", query={"silent": silent}, body=dict(body))

    def loyalty(self, operation: str, **query: Any) -> Exchange:
        """One of the six reading operations of loyalty, on the populated profile or card of the bindings."""
        bound = self.case.bindings
        path: dict[str, object] = (
            {"loyaltyProgramId": bound.card_program, "loyaltyCardId": bound.populated_card}
            if LISTS[operation] == "card"
            else {"loyaltyProgramId": bound.profile_program, "integrationId": bound.populated_profile}
        )
        return self.case.send(operation, path=path, query=query)

    def balances_of(self, program: int, profile: str, **query: Any) -> Exchange:
        """Get customer's loyalty balances, of any profile in any program."""
        path = {"loyaltyProgramId": program, "integrationId": profile}
        return self.case.send("getLoyaltyBalances", path=path, query=query)

    def points_of(self, program: int, profile: str, **query: Any) -> Exchange:
        """Get customer's unused loyalty points, of any profile in any program."""
        path = {"loyaltyProgramId": program, "integrationId": profile}
        return self.case.send("getLoyaltyProgramProfilePoints", path=path, query=query)

    # arranging

    def arrange(self, state: str, body: Mapping[str, Any] | None = None) -> str:
        """The id of a fresh session in a state, brought there by the documented way; at most 3 requests.

        Raises Blocked where a step of the way is not accepted, or leads elsewhere.
        """
        session = self.case.new_id("session")
        content = {"cartItems": [dict(line) for line in CART], **(body or {})}
        arranged = self.case.arranged
        match state:
            case "open" | "closed":
                last = arranged(self.put_session(session, {**content, "state": state}))
            case "cancelled":
                arranged(self.put_session(session, {**content, "state": "open"}))
                last = arranged(self.put_session(session, {"state": "cancelled"}))
            case "partially_returned":
                arranged(self.put_session(session, {**content, "state": "closed"}))
                last = arranged(self.return_items(session, [{"position": 0, "quantity": 1}]))
            case _:
                message = f"no way leads to the state {state}"
                raise ValueError(message)
        if (reached := last.at("customerSession", "state") or state) != state:
            self.case.block(f"the session that the case builds on is {reached}, not {state}")
        return session

    def state(self, session: str) -> Any:
        """The state that a session is stored in; None where there is none to be read."""
        return self.get_session(session).at("customerSession", "state")
