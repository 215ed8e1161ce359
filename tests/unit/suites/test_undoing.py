"""Which rollback belongs to which effect: accused is only who names another thing, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from strategies.undoing import line, missing, misvalued, naming
from talonproof.http.exchange import Exchange

Answers = Callable[..., Exchange]


def effect(kind: str, **props: Any) -> dict[str, Any]:
    """An effect as answers show it."""
    return {"effectType": kind, "campaignId": 1, "props": props}


POINTS = effect("addLoyaltyPoints", programId=1, subLedgerId="", value=5, cartItemPosition=0)
EACH = [effect("setDiscountPerItem", name="Off", value=2.5, position=0, subPosition=unit) for unit in range(2)]


@pytest.mark.parametrize(
    ("brought", "rollback"),
    [
        (effect("acceptCoupon", value="TP-1"), effect("rollbackCoupon", value="TP-1")),
        (effect("acceptCoupon", value="tp-1"), effect("rollbackCoupon", value="TP-1")),
        (effect("acceptReferral", value="F"), effect("rollbackReferral", value="F")),
        (effect("setDiscount", name="Off", value=3), effect("rollbackDiscount", name="Off", value=3)),
        (EACH[0], effect("rollbackDiscount", name="Off", value=5)),
        (POINTS, effect("rollbackAddedLoyaltyPoints", programId=1.0, subLedgerId="", value=5)),
        (
            effect("increaseAchievementProgress", achievementId=4, delta=1),
            effect("rollbackIncreasedAchievementProgress", achievementId=4, decreaseProgressBy=1),
        ),
    ],
)
def test_a_rollback_is_known_by_what_it_must_name(exchange: Answers, brought: Any, rollback: Any) -> None:
    """Capitals of codes do not count, nor does whether it says which line it is about."""
    assert [] == missing([brought], exchange({"effects": [rollback]}))


@pytest.mark.parametrize(
    "others",
    [
        [],
        [effect("rollbackCoupon", value="TP-2")],
        [effect("rollbackReferral", value="TP-1")],
        [effect("acceptCoupon", value="TP-1")],
        [{"effectType": "rollbackCoupon"}],
        "none",
    ],
)
def test_what_no_rollback_names_is_missing(exchange: Answers, others: Any) -> None:
    """Another code, another kind of code, or the effect itself is no rollback of it."""
    coupon = effect("acceptCoupon", value="TP-1")

    assert [coupon] == missing([coupon], exchange({"effects": others}))


def test_a_rollback_of_a_line_is_one_that_names_it(exchange: Answers) -> None:
    """Where a line was returned, a rollback of another line, or of none, is not enough."""
    named = effect("rollbackAddedLoyaltyPoints", programId=1, subLedgerId="", value=5, cartItemPosition=0)
    other = effect("rollbackAddedLoyaltyPoints", programId=1, subLedgerId="", value=5, cartItemPosition=1)
    whole = effect("rollbackAddedLoyaltyPoints", programId=1, subLedgerId="", value=5)

    assert [] == missing([POINTS], exchange({"effects": [named]}), at=0)
    assert [POINTS] == missing([POINTS], exchange({"effects": [other, whole]}), at=0)
    assert [0, 1, None] == [line(one) for one in (named, other, whole)]


@pytest.mark.parametrize(
    ("values", "right"), [((5,), True), ((2.5, 2.5), True), ((-5,), True), ((5.004,), True), ((2.5,), False)]
)
def test_values_count_as_a_whole(exchange: Answers, values: tuple[float, ...], right: bool) -> None:
    """Whether a rollback speaks of a unit or of the line, and with which sign, is not stated: their sum is judged."""
    rolled = [effect("rollbackDiscount", name="Off", value=value) for value in values]

    found = misvalued(EACH, exchange({"effects": EACH}), exchange({"effects": rolled}))

    assert right is (found == [])


def test_the_value_of_a_name_that_others_share_is_not_judged(exchange: Answers) -> None:
    """Of points that are pending and points that are active in one ledger, either may be taken back."""
    active = effect("addLoyaltyPoints", programId=1, subLedgerId="", value=20)
    rolled = effect("rollbackAddedLoyaltyPoints", programId=1, subLedgerId="", value=25)

    assert [] == misvalued([POINTS], exchange({"effects": [POINTS, active]}), exchange({"effects": [rolled]}))
    assert misvalued([POINTS], exchange({"effects": [POINTS]}), exchange({"effects": [rolled]}))


@pytest.mark.parametrize(
    ("brought", "rollback", "named"),
    [
        (effect("addFreeItem", sku="mug"), effect("rollbackAddedFreeItem", sku="mug"), True),
        (effect("customEffect", name="own"), effect("rollbackCustomEffect", name="own"), True),
        (effect("customEffect", name="own"), effect("rollbackDiscount", name="own", value=1), False),
        (effect("couponCreated", value="NEW"), effect("rollbackCoupon", value="new"), True),
        (effect("couponCreated", value="NEW"), effect("rollbackCoupon", value="OLD"), False),
        (effect("referralCreated", value="NEW"), effect("rollbackReferral", value="NEW"), True),
        (effect("reserveCoupon", couponValue="KEPT"), effect("rollbackCoupon", value="KEPT"), False),
    ],
)
def test_what_stays_is_named_by_its_type_or_its_code(
    exchange: Answers, brought: Any, rollback: Any, named: bool
) -> None:
    """A coupon that was made and one that was redeemed are rolled back by one type: the code tells them apart."""
    assert named is bool(naming(brought, exchange({"effects": [rollback]})))
