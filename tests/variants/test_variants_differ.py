"""Every variant answers something in another way than the emulator does: else it would prove nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.validators import Validators
from talonproof.emulator.app import Emulator
from talonproof.emulator.instant import DAY, FixedClock
from talonproof.emulator.message import Reply, Request
from talonproof.emulator.serve import LIVE_KEY
from talonproof.emulator.world import World
from talonproof.emulator.world_file import read_world
from talonproof.workspace import find_workspace
from tests.variants.catalogue import TOGETHER, VARIANTS
from tests.variants.variant import Differing, Variant

SESSION = "/v2/customer_sessions/one"
CARD = "/v1/loyalty_programs/2/cards/tp-world-card/transactions"
COUPON = "/v1/coupon_reservations"
INVENTORY = "/v1/customer_profiles/somebody/inventory?profile=true"


def session(**content: Any) -> dict[str, Any]:
    """The body of an update that shows the session."""
    return {"customerSession": content, "responseContent": ["customerSession"]}


ITEM = {"type": "ADD", "payload": {"sku": "new", "price": 3}}
CART = [{"sku": "cup", "quantity": 2, "price": 0.1}, {"sku": "bowl", "quantity": 1, "price": 0.2}]
RETURN = {"return": {"returnedCartItems": [{"position": 0, "quantity": 2}, {"position": 1, "quantity": 1}]}}


def marked(mark: str) -> dict[str, Any]:
    """A session that is closed, with a mark that a campaign of the default world acts on."""
    return session(profileId="somebody", cartItems=CART, attributes={"tp_trigger": mark}, state="closed")


OPEN = session(profileId="somebody", cartItems=CART, couponCodes=["abc"], identifiers=["b", "a"])

SCRIPT: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("GET", "/v2/customer_sessions/nobody", None),
    ("GET", "/v1/customer_profiles/nobody/inventory?profile=true", None),
    ("PUT", SESSION, OPEN),
    ("GET", INVENTORY, None),
    ("PUT", f"{SESSION}?dry=true", session(identifiers=["c"])),
    ("PUT", SESSION, session(state="closed")),
    ("PUT", SESSION, session(state="closed")),
    ("PUT", f"{SESSION}?dry=true", session(state="open")),
    *[("GET", SESSION, None)] * 60,
    ("POST", f"{SESSION}/returns", RETURN),
    ("GET", CARD, None),
    ("GET", f"{CARD}?pageSize=0", None),
    ("GET", f"{CARD}?subledgerId=nowhere", None),
    ("POST", "/v1/loyalty_programs/2/cards", {}),
    ("PUT", "/v1/catalogs/1/sync", {"actions": [ITEM]}),
    ("PUT", f"{SESSION}?dry=true", session(cartItems=[{"sku": "new", "quantity": 1}])),
    ("PUT", SESSION, session(attributes={"a": "b" * 600_000})),
    ("POST", f"{COUPON}/TP-COUPON-1", {"integrationIDs": ["somebody"]}),
    ("GET", f"{COUPON}/customerprofiles/TP-COUPON-1", None),
    ("PUT", "/v2/customer_sessions/two", session(profileId="somebody", couponCodes=["TP-COUPON-1"])),
    ("PUT", "/v2/customer_sessions/three", marked("item-discount")),
    ("POST", "/v2/customer_sessions/three/returns", RETURN),
    ("PUT", "/v2/customer_sessions/three", session(state="cancelled")),
    ("PUT", "/v2/customer_sessions/four", marked("item-discount")),
    ("PUT", "/v2/customer_sessions/four", session(state="cancelled")),
    ("PUT", "/v2/customer_sessions/five", marked("points")),
    ("PUT", "/v2/customer_sessions/six", marked("spend")),
    ("GET", "/v1/loyalty_programs/1/profile/somebody/points", None),
    ("POST", "/v1/referrals", {"campaignId": 2, "advocateProfileIntegrationId": "stranger"}),
)
"""Calls of which each variant answers at least one in its own way."""


@pytest.fixture(scope="module")
def contract() -> Contract:
    """The contract that the servers are built from."""
    return read_contract(find_workspace().contract_file("2025-01"), edition="2025-01")


@pytest.fixture(scope="module")
def validators(contract: Contract) -> Validators:
    """Its compiled validators."""
    return Validators(contract)


@pytest.fixture(scope="module")
def world() -> World:
    """The default world."""
    return read_world(None)


def transcript(emulator: Emulator) -> list[tuple[int, dict[str, str], bytes]]:
    """What a server answers to the script."""
    headers = {"authorization": f"ApiKey-v1 {LIVE_KEY}"}
    answers: list[Reply] = []
    for method, target, body in SCRIPT:
        content = b"" if body is None else json.dumps(body).encode()
        answers.append(emulator.handle(Request(method, target, headers, content)))
    emulator.store.close()
    return [(answer.status, dict(answer.headers), answer.body) for answer in answers]


def worn(
    variants: Sequence[Variant], world: World, contract: Contract, validators: Validators
) -> list[tuple[int, dict[str, str], bytes]]:
    """The transcript of a server with these variants; its clock stands still."""
    ahead = round(sum(variant.ahead for variant in variants) * 1_000_000)
    emulator = Differing(world, contract, clock=FixedClock(20_000 * DAY + ahead), validators=validators)
    emulator.wear(tuple(variants))
    return transcript(emulator)


def test_no_variant_is_no_difference(world: World, contract: Contract, validators: Validators) -> None:
    """Without variants the server answers as the emulator does, to the byte."""
    plain = Emulator(world, contract, clock=FixedClock(20_000 * DAY), validators=validators)

    assert transcript(plain) == worn((), world, contract, validators)


@pytest.mark.parametrize("variant", [pytest.param(variant, id=variant.name) for variant in VARIANTS])
def test_a_variant_differs(variant: Variant, world: World, contract: Contract, validators: Validators) -> None:
    """A variant answers one of the calls in another way, and fails over none."""
    plain, other = (worn(variants, world, contract, validators) for variants in ((), (variant,)))

    assert plain != other
    assert not [status for status, _, _ in other if status == 500]


def test_the_names_are_different() -> None:
    """A variant is known by its name, and most are worn together."""
    assert len(VARIANTS) == len({variant.name for variant in VARIANTS})
    apart = {"no-date", "left-out", "nulls", "nameless-cards", "unconnected", "small-letters", "colleagues"}
    apart |= {"no-campaigns", "spent", "whole-rows", "lots"}
    assert apart == {v.name for v in VARIANTS} - {v.name for v in TOGETHER}
