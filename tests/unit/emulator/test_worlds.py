"""A world file says what is there, or where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.emulator import seeding
from talonproof.emulator.app import Emulator
from talonproof.emulator.instant import DAY, FixedClock
from talonproof.emulator.message import Request
from talonproof.emulator.serve import LIVE_KEY, default_target
from talonproof.emulator.store import Store
from talonproof.emulator.world import Entity
from talonproof.emulator.world_file import parse_world, read_world
from talonproof.errors import ConfigError, DocumentError
from talonproof.target import parse_target

HEAD = """\
account: 1
applications:
  - {id: 1, name: One}
keys:
  - {key: k, application: 1}
"""

TEXT = "attributes:\n  profile: {text: string}\nprofiles:\n  - {integration_id: a, created: -P1D, attributes: %s}\n"

WRONG = {
    "unknown table": ("keyz: []\n", 6, "did you mean keys"),
    "unknown key": ("stores: []\ncatalogs:\n  - {id: 1, name: a, items: [{skuu: x}]}\n", 8, "did you mean sku"),
    "missing": ("campaigns:\n  - {id: 1}\n", 7, "name is missing"),
    "no list": ("stores: 5\n", 6, "must be a list"),
    "no string": ("stores:\n  - 5\n", 7, "must be a string"),
    "no whole number": ("campaigns:\n  - {id: 1.5, name: a}\n", 7, "whole number"),
    "unknown type": ("attributes:\n  profile: {a: strng}\n", 7, "did you mean string"),
    "unknown entity": ("attributes:\n  profiles: {}\n", 7, "did you mean profile"),
    "unknown campaign": (
        "campaigns: [{id: 3, name: a}]\ncoupons:\n  - {value: CODE, campaign: 4}\n",
        8,
        "no campaign 4",
    ),
    "short code": ("campaigns: [{id: 3, name: a}]\ncoupons:\n  - {value: ABC, campaign: 3}\n", 8, "at least 4"),
    "unknown reservation": (
        "campaigns: [{id: 3, name: a}]\ncoupons:\n  - {value: CODE, campaign: 3, reservation: hard}\n",
        8,
        "no 'hard'",
    ),
    "integration without id": (
        "audiences:\n  - {id: 1, name: a, integration: b}\n",
        7,
        "has an integration_id",
    ),
    "few blanks": (
        "programs:\n  - {id: 1, name: a, title: a, kind: card, card_pattern: A-###}\n",
        7,
        "8 # or more",
    ),
    "bad blanks": (
        "programs:\n  - {id: 1, name: a, title: a, kind: card, card_pattern: A+########}\n",
        7,
        "letters, digits",
    ),
    "unknown item attribute": (
        "attributes: {item: {text: time}}\ncatalogs:\n  - {id: 1, name: a, items: [{sku: x, attributes: {txt: y}}]}\n",
        8,
        "did you mean text",
    ),
    "unknown feature": ("integrations: []\naudiences: []\ncampaigns:\n  - {id: 1, name: a, features: [coupon]}\n", 9,
                      "did you mean coupons"),
    "twice": ("audiences:\n  - {id: 1, name: a}\n  - {id: 1, name: b}\n", 8, "twice"),
    "bad offset": ("profiles:\n  - {integration_id: a, created: 5 days}\n", 7, "no offset"),
    "born tomorrow": ("profiles:\n  - {integration_id: a, created: P1D}\n", 7, "future"),
    "unknown attribute": (
        TEXT % "{txt: x}",
        9,
        "did you mean text",
    ),
    "wrong attribute": (
        TEXT % "{text: 1}",
        9,
        "type string",
    ),
    "unknown kind": ("programs:\n  - {id: 1, name: a, title: a, kind: cards}\n", 7, "did you mean card"),
    "card of a profile program": (
        "programs: [{id: 1, name: a, title: a, kind: profile}]\ncards: [{program: 1, identifier: c, created: -P1D}]\n",
        7,
        "profile-based",
    ),
    "unknown owner": (
        "programs: [{id: 1, name: a, title: a, kind: profile}]\nledgers:\n  - {program: 1, owner: b, entries: []}\n",
        8,
        "no 'b'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_named_with_its_place(name: str) -> None:
    """The message has the file, the line, the key, and the closest word where there is one."""
    text, line, message = WRONG[name]

    with pytest.raises(DocumentError) as caught:
        parse_world(HEAD + text, "my-world.yaml")

    assert f"my-world.yaml:{line} " in str(caught.value)
    assert message in str(caught.value)


LEDGER = """
programs: [{id: 1, name: a, title: a, kind: profile}]
profiles: [{integration_id: p, created: -P90D}]
ledgers:
  - program: 1
    owner: p
    entries:
"""


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{points: 0, created: -P1D}", "above 0"),
        ("{points: 0.0000001, created: -P1D}", "six decimals"),
        ("{points: [], created: -P1D}", "must not be empty"),
        ("{repeat: 3, points: 1, created: -P1D, step: P1D}", "future"),
        ("{points: 1, created: -P1D, type: gift}", "no 'gift'"),
    ],
)
def test_a_mistake_in_a_ledger_is_named_with_its_place(entry: str, message: str) -> None:
    """Lines of a ledger are checked like all the rest."""
    with pytest.raises(DocumentError, match=message) as caught:
        parse_world(HEAD + LEDGER + f"      - {entry}\n", "w.yaml")

    assert 13 == caught.value.line


def test_a_repeated_entry_goes_through_its_lists() -> None:
    """Each value of a list is taken in turn; the entries lie a step apart."""
    text = (
        HEAD
        + LEDGER
        + "      - {repeat: 3, points: [1, 2], subledger: [a, b, c], created: -P9D, step: P1D, expires: [null, P1D]}"
    )

    entries = parse_world(text, "w").entries

    assert [(1_000_000, "a"), (2_000_000, "b"), (1_000_000, "c")] == [(e.points, e.subledger) for e in entries]
    assert [-9 * DAY, -8 * DAY, -7 * DAY] == [e.created for e in entries]
    assert [None, DAY, None] == [e.expires for e in entries]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Neither a missing file nor a folder leads to a traceback."""
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(ConfigError, match=path.name):
            read_world(path)


def test_a_world_that_does_not_hold_together_is_refused(validators: Validators) -> None:
    """Points that are not there cannot be spent, and a session must be one that would be taken."""
    overspent = (
        HEAD + LEDGER + "      - {points: 5, created: -P9D}\n      - {type: subtraction, points: 6, created: -P8D}\n"
    )
    session = "sessions:\n  - {integration_id: s, application: 1, created: -P1D, body: {customerSession: %s}}\n"

    for text, message in (
        (overspent, "more points"),
        (HEAD + session % "{state: cancelled}", "s would be refused: /customerSession/state"),
        (HEAD + session % "{cartItems: 5}", "s would be refused: /customerSession/cartItems"),
    ):
        with pytest.raises(DocumentError, match=message):
            seeding.load(parse_world(text, "w.yaml"), Store(), 20_000 * DAY, validators)


def test_the_default_world_holds_what_its_target_says(contract: Contract) -> None:
    """Every binding of the target fragment names something that is there."""
    target = parse_target(default_target(), "default-target.toml", world=True)
    bound, world = target.bindings, read_world()
    emulator = Emulator(world, contract, clock=FixedClock(20_000 * DAY))

    def get(path: str) -> object:
        answer = emulator.handle(Request("GET", path, {"authorization": f"ApiKey-v1 {LIVE_KEY}"}))
        assert 200 == answer.status, path
        return answer.document()

    assert () == bound.missing(bound.names())
    assert {"expired", "other_application", "test"} == target.literal_keys.keys()
    assert set(target.literal_keys.values()) < world.keys.keys()
    assert not world.programs[bound.profile_program or 0].cards
    assert world.programs[bound.card_program or 0].cards
    assert bound.catalog_price == float(world.catalogs[bound.catalog or 0].items[bound.catalog_sku or ""].price or 0)
    assert world.applications[1].catalog == bound.catalog
    spare = world.applications[world.keys[target.literal_keys["other_application"]].application].catalog
    assert spare == bound.spare_catalog != bound.catalog
    assert {"spare_catalog"} == bound.disposable
    assert "referrals" in world.campaigns[bound.referral_campaign or 0].features
    assert set(bound.coupons) < world.coupons.keys()
    kinds = [world.coupons[name or ""] for name in (bound.soft_coupon, bound.mandatory_coupon, bound.visible_coupon)]
    assert [(False, False), (True, False), (False, True)] == [(kind.mandatory, kind.visible) for kind in kinds]
    assert 0 < world.coupons[bound.limited_coupon or ""].reservation_limit <= 10
    assert bound.populated_profile == world.coupons[bound.recipient_coupon or ""].recipient
    assert bound.users_per_card_limit == world.programs[bound.card_program or 0].users_per_card_limit
    assert bound.audience in world.audiences
    assert bound.audience_integration in world.integrations
    assert {bound.event_type} < world.event_types
    assert {bound.additional_cost, bound.second_additional_cost} == world.additional_costs
    assert bound.store in world.stores
    named = {
        Entity.PROFILE: bound.profile_attribute,
        Entity.SESSION: bound.session_attribute,
        Entity.ITEM: bound.item_attribute,
        Entity.EVENT: bound.event_attribute,
    }
    assert ["string"] * 4 == [world.attributes[entity][name or ""] for entity, name in named.items()]
    assert "number" == world.attributes[Entity.SESSION][bound.number_attribute or ""]
    items = world.attributes[Entity.ITEM]
    assert ("string", "number") == (items[bound.catalog_attribute or ""], items[bound.catalog_number_attribute or ""])
    states = {name: get(f"/v2/customer_sessions/{name}") for name in (bound.open_session, bound.closed_session)}
    assert ["open", "closed"] == [shown["customerSession"]["state"] for shown in states.values()]  # type: ignore[index]
    assert {bound.session_profile} == {shown["customerSession"]["profileId"] for shown in states.values()}  # type: ignore[index]


def test_the_default_world_is_large_enough_to_page(contract: Contract) -> None:
    """A customer with more than 150 transactions and 50 points of each status, a card with more than 1,100."""
    emulator = Emulator(read_world(), contract, clock=FixedClock(20_000 * DAY))
    bound = parse_target(default_target(), "t", world=True).bindings

    def count(path: str) -> int:
        found, more = 0, True
        while more:
            target = f"/v1/loyalty_programs/{path}{'&' if '?' in path else '?'}skip={found}"
            page = emulator.handle(Request("GET", target, {"authorization": f"ApiKey-v1 {LIVE_KEY}"})).document()
            found, more = found + len(page["data"]), page["hasMore"]
        return found

    profile = f"{bound.profile_program}/profile/{bound.populated_profile}"
    card = f"{bound.card_program}/cards/{bound.populated_card}"
    assert count(f"{profile}/transactions") > 150
    assert count(f"{card}/transactions") > 1100
    for status in ("active", "pending", "expired"):
        for owner in (profile, card):
            assert count(f"{owner}/points?status={status}") > 50
    for kind in ("manual", "session", "import"):
        assert count(f"{profile}/transactions?loyaltyTransactionType={kind}") > 0
    assert count(f"{profile}/transactions?subledgerId={bound.subledger}") > 0
    assert emulator.store.all("SELECT 1 FROM entry GROUP BY owner, created HAVING COUNT(*) > 1")
