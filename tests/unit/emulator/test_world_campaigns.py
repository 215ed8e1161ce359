"""A campaign of a world file says what it does, or where it is wrong."""

from __future__ import annotations

import pytest

from talonproof.emulator.world_file import parse_world
from talonproof.errors import DocumentError

HEAD = """\
account: 1
applications: [{id: 1, name: One}, {id: 2, name: Two}]
keys: [{key: k, application: 1}]
attributes: {session: {mark: string, number: number, tags: (list string)}, item: {size: number}}
event_types: [signed_up]
additional_costs: [shipping]
stores: [store-1]
audiences: [{id: 1, name: Readers}]
programs: [{id: 1, name: points, title: Points, kind: profile}]
campaigns:
  - id: 3
    name: Three
"""
RULE = "    rules:\n      - name: one\n        when:\n          - %s\n        then: [{addToAudience: {audience: 1}}]\n"
EFFECT = "    rules:\n      - name: one\n        then:\n          - %s\n"

CONDITIONS = {
    "{attribut: session.mark, is: x}": "did you mean attribute",
    "{attribute: sesion.mark, is: x}": "did you mean session",
    "{attribute: session.mrk, is: x}": "did you mean mark",
    "{attribute: session.mark, iss: x}": "did you mean is",
    "{attribute: session.mark, is: 5}": "type string",
    "{attribute: session.mark, at_least: x}": "no order",
    "{attribute: session.mark, has: x}": "only lists have members",
    "{attribute: session.tags, has: 5}": "type string",
    "{attribute: session.number, in: [1, x]}": "type number",
    "{total: {at_last: 5}}": "did you mean at_least",
    "{total: {}}": "nothing to compare with",
    "{total: {is: 1}, closing: true}": "a condition has one key",
    "{coupon: vaild}": "did you mean valid",
    "{audience: 2}": "no audience 2",
    "{store: store-2}": "did you mean store-1",
    "{event: signed_in}": "did you mean signed_up",
    "{items: {attributes: {sise: 1}}}": "did you mean size",
    "{tier: {program: 1, in: Gold}}": "has no tiers",
    "{closing: maybe}": "true or false",
}
EFFECTS = {
    "setDiscounts: {}": "did you mean setDiscount",
    "setDiscount": "needs a table",
    "acceptCoupon: {}": "stands alone",
    "acceptCoupon": "needs the condition `coupon: valid`",
    "setDiscount: {value: 1}": "name is missing",
    "setDiscount: {name: a, valu: 1}": "did you mean value",
    "setDiscount: {name: a}": "either a value or a percent",
    "setDiscount: {name: a, value: -1}": "above 0",
    "setDiscount: {name: a, percent: 101}": "100 percent",
    "setDiscountPerAdditionalCost: {name: a, cost: shiping, value: 1}": "did you mean shipping",
    "addLoyaltyPoints: {name: a, program: 2, value: 1}": "no program 2",
    "addLoyaltyPoints: {name: a, program: 1, value: 1, starts: -P1D}": "in the future",
    "awardGiveaway: {pool: 1}": "no giveaway pool 1",
    "reserveCoupon: {coupon: NONE}": "no 'NONE'",
    "updateAttribute: {attribute: session.mark, value: 5}": "type string",
    "updateAttribute: {attribute: session.mark, value: x, items: {}}": "no attribute of an item",
    "increaseAchievementProgress: {achievement: 1, delta: 1}": "no achievement 1",
    "customEffect: {id: 1, name: a, payload: 5}": "must be a table",
    "couponCreated: {pattern: A}": "######",
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_mistake_in_a_condition_is_named_with_its_place(text: str) -> None:
    """The message has the file, the line, and the closest word where there is one."""
    with pytest.raises(DocumentError) as caught:
        parse_world(HEAD + RULE % text, "my-world.yaml")

    assert "my-world.yaml:16 " in str(caught.value)
    assert CONDITIONS[text] in str(caught.value)


@pytest.mark.parametrize("text", EFFECTS)
def test_a_mistake_in_an_effect_is_named_with_its_place(text: str) -> None:
    """The message has the file, the line, and the closest word where there is one."""
    with pytest.raises(DocumentError) as caught:
        parse_world(HEAD + EFFECT % text, "my-world.yaml")

    assert caught.value.line in {15, 16}
    assert EFFECTS[text] in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("    stat: enabled\n", "did you mean state"),
        ("    applications: [3]\n", "no Application 3"),
        ("    starts: P2D\n    ends: P1D\n", "ends after its start"),
        ("    limits: [{action: setDiscont, limit: 1}]\n", "did you mean setDiscount"),
        ("    limits: [{action: setDiscount, limit: 1, entities: [Profil]}]\n", "did you mean Profile"),
        ("    limits: [{action: setDiscount, limit: 1, entities: [Profile, Profile]}]\n", "twice"),
        ("    rules: [{name: a, then: []}]\n", "one effect at least"),
        (
            "    rules: [{name: a, when: [{coupon: valid}, {referral: valid}], then: [acceptCoupon]}]\n",
            "one coupon, or",
        ),
    ],
)
def test_a_mistake_in_a_campaign_is_named(text: str, message: str) -> None:
    """Its keys and its limits are checked like all the rest."""
    with pytest.raises(DocumentError, match=message):
        parse_world(HEAD + text, "w")


def test_an_application_has_its_campaigns_in_the_order_of_their_ids() -> None:
    """However they stand in the file; a campaign without Applications belongs to all."""
    text = HEAD + "  - {id: 2, name: Two, applications: [2]}\n  - {id: 1, name: One, applications: [1]}\n"

    applications = parse_world(text, "w").applications

    assert [[1, 3], [2, 3]] == [[each.id for each in applications[number].campaigns] for number in (1, 2)]
