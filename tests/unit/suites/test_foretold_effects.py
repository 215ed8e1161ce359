"""A dry answer foretells what a call does, not what it makes up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from strategies.foretold import foretold
from talonproof.http.exchange import Exchange

Answer = Callable[..., Exchange]


def effect(kind: str, **props: Any) -> dict[str, Any]:
    """An effect of one campaign."""
    return {"campaignId": 1, "rulesetId": 2, "ruleIndex": 0, "ruleName": "r", "effectType": kind, "props": props}


@pytest.mark.parametrize(
    ("dry", "real"),
    [
        ([], []),
        ([effect("a"), effect("b")], [effect("b"), effect("a")]),
        ([effect("setDiscount", name="n", value=1)], [effect("setDiscount", name="n", value=1.0)]),
        ([effect("couponCreated", value="X", profileId="p")], [effect("couponCreated", value="Y", profileId="p")]),
        ([effect("deductLoyaltyPoints", transactionUUID="a")], [effect("deductLoyaltyPoints", transactionUUID="b")]),
        (
            [effect("addLoyaltyPoints", value=1, expiryDate="2026-01-01T00:00:00Z")],
            [effect("addLoyaltyPoints", value=1, expiryDate="2026-01-01T00:00:01Z")],
        ),
    ],
)  # fmt: skip
def test_what_is_made_anew_is_set_aside(exchange: Answer, dry: list[Any], real: list[Any]) -> None:
    """Order, generated codes and ids, and times that follow from the moment may differ."""
    assert foretold(exchange({"effects": dry})) == foretold(exchange({"effects": real}))


@pytest.mark.parametrize(
    ("dry", "real"),
    [
        ([effect("setDiscount", name="n", value=1)], []),
        ([effect("setDiscount", name="n", value=1)], [effect("setDiscount", name="n", value=2)]),
        ([effect("setDiscount", name="n", value=1)], [effect("setDiscount", name="m", value=1)]),
        ([effect("acceptCoupon", value="X")], [effect("acceptCoupon", value="Y")]),
        ([effect("acceptCoupon", value="X")], [effect("rejectCoupon", value="X")]),
        ([effect("a")], [effect("a"), effect("a")]),
    ],
)
def test_everything_else_counts(exchange: Answer, dry: list[Any], real: list[Any]) -> None:
    """Types, names, values and the number of effects are foretold, and codes that the caller sent."""
    assert foretold(exchange({"effects": dry})) != foretold(exchange({"effects": real}))


def test_codes_are_counted(exchange: Answer) -> None:
    """How many coupons a call creates is foretold, though not which."""
    one, other = ({"effects": [], "createdCoupons": [{"value": value}]} for value in "XY")

    assert foretold(exchange(one)) == foretold(exchange(other))
    assert foretold(exchange(one)) != foretold(exchange({"effects": [], "createdCoupons": []}))


def test_what_only_looks_made_up_is_set_aside(exchange: Answer) -> None:
    """Ids that any property may hold, and properties beside the effect itself, are new with every call."""
    one, other = (
        {**effect("launchFireworks", ticket=f"{digit * 8}-1111-2222-3333-444444444444", colour="red"), "at": digit}
        for digit in "ab"
    )
    blue = effect("launchFireworks", ticket="c" * 8, colour="blue")

    assert foretold(exchange({"effects": [one]})) == foretold(exchange({"effects": [other]}))
    assert foretold(exchange({"effects": [one]})) != foretold(exchange({"effects": [blue]}))
