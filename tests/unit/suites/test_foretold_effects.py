"""A dry answer foretells what a call does, not what it makes up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from strategies.foretold import experimental, foretold
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


def test_what_was_made_is_listed_by_earnest_calls_alone(exchange: Answer) -> None:
    """A dry call makes nothing, so it need not list codes; the effects are what it foretells."""
    assert foretold(exchange({"effects": [], "createdCoupons": [{"value": "X"}]})) == foretold(
        exchange({"effects": []})
    )


ID, OTHER = "0b4a2f0e-6f3c-4a4e-9d0e-111111111111", "0b4a2f0e-6f3c-4a4e-9d0e-222222222222"


@pytest.mark.parametrize(
    ("dry", "real"),
    [
        ([effect("customEffect", payload={"at": "2026-01-01T00:00:00Z"})],
         [effect("customEffect", payload={"at": "2026-01-01T00:00:01Z"})]),
        ([effect("customEffect", payload=[{"id": ID}])], [effect("customEffect", payload=[{"id": OTHER}])]),
        ([effect("showNotification", body=f"See {ID}.")], [effect("showNotification", body=f"See {OTHER}.")]),
        ([effect("couponCreated", value="AA"), effect("showNotification", body="Your code: AA")],
         [effect("couponCreated", value="BB"), effect("showNotification", body="Your code: BB")]),
    ],
)  # fmt: skip
def test_it_is_set_aside_wherever_it_stands(exchange: Answer, dry: list[Any], real: list[Any]) -> None:
    """Within other values, too, and in words."""
    assert foretold(exchange({"effects": dry})) == foretold(exchange({"effects": real}))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"effects": [effect("setDiscount", experimentId=3)]}, True),
        ({"effects": [], "customerSession": {"experimentVariantAllocations": [{"experimentID": 1}]}}, True),
        ({"effects": [effect("setDiscount")], "customerSession": {"experimentVariantAllocations": []}}, False),
        ({"effects": [None, {"props": 3}]}, False),
    ],
)
def test_experiments_show(exchange: Answer, answer: dict[str, Any], *, expected: bool) -> None:
    """By the names of what an effect carries, or by the variants that a session was given."""
    assert experimental(exchange(answer)) is expected


def test_what_only_looks_made_up_is_set_aside(exchange: Answer) -> None:
    """Ids that any property may hold, and properties beside the effect itself, are new with every call."""
    one, other = (
        {**effect("launchFireworks", ticket=f"{digit * 8}-1111-2222-3333-444444444444", colour="red"), "at": digit}
        for digit in "ab"
    )
    blue = effect("launchFireworks", ticket="c" * 8, colour="blue")

    assert foretold(exchange({"effects": [one]})) == foretold(exchange({"effects": [other]}))
    assert foretold(exchange({"effects": [one]})) != foretold(exchange({"effects": [blue]}))
