"""Every effect carries the props that the API requires of its type, and none that it does not know."""

from __future__ import annotations

from typing import Any

import pytest

from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from tests.unit.emulator.engine.everything import client_of

PROPS = {
    "acceptCoupon": "value",
    "rejectCoupon": "value rejectionReason | conditionIndex effectIndex details campaignExclusionReason",
    "couponCreated": "value profileId",
    "referralCreated": "value",
    "reserveCoupon": "couponValue profileIntegrationId isNewReservation",
    "setDiscount": "name value | scope desiredValue",
    "setDiscountPerItem": "name value position | subPosition desiredValue scope totalDiscount desiredTotalDiscount",
    "setDiscountPerAdditionalCost": "name additionalCostId additionalCost value | desiredValue",
    "setDiscountPerAdditionalCostPerItem": (
        "name additionalCostId value position additionalCost | subPosition desiredValue"
    ),
    "addLoyaltyPoints": (
        "name programId subLedgerId value recipientIntegrationId transactionUUID"
        " | desiredValue startDate expiryDate cartItemPosition cartItemSubPosition cardIdentifier"
    ),
    "deductLoyaltyPoints": "ruleTitle programId subLedgerId value transactionUUID name | cardIdentifier",
    "changeLoyaltyTierLevel": "ruleTitle programId subLedgerId newTierName | previousTierName expiryDate",
    "addFreeItem": "sku name",
    "awardGiveaway": "poolId poolName recipientIntegrationId giveawayId code",
    "willAwardGiveaway": "poolId poolName recipientIntegrationId",
    "showNotification": "notificationType title body",
    "updateAttribute": "path value",
    "triggerWebhook": "webhookId webhookName",
    "addToAudience": "| audienceId audienceName profileIntegrationId profileId",
    "removeFromAudience": "| audienceId audienceName profileIntegrationId profileId",
    "increaseAchievementProgress": (
        "achievementId achievementName delta value target isJustCompleted | progressTrackerId"
    ),
    "customEffect": "effectId name payload | cartItemPosition cartItemSubPosition",
}
MARKS = {
    "third": {"setDiscount"},
    "each": {"setDiscountPerItem"},
    "costs": {"setDiscountPerAdditionalCost", "setDiscountPerAdditionalCostPerItem"},
    "points": {"addLoyaltyPoints"},
    "card": {"addLoyaltyPoints"},
    "spend": {"deductLoyaltyPoints"},
    "rewards": {"addFreeItem", "reserveCoupon", "increaseAchievementProgress"},
    "notices": {
        "showNotification", "triggerWebhook", "updateAttribute", "addToAudience", "removeFromAudience", "customEffect",
    },
}  # fmt: skip
"""What each mark of the world leads to, however the session stands."""


@pytest.mark.parametrize("state", ["open", "closed"])
@pytest.mark.parametrize("mark", MARKS)
def test_effects_have_the_props_of_their_type(
    contract: Contract, validators: Validators, mark: str, state: str
) -> None:
    """While the session is open, and as it is closed."""
    shop = client_of(contract, validators)
    document: Any = shop.update(
        "s",
        profileId="rich",
        state=state,
        loyaltyCards=["card-1"],
        attributes={"mark": mark},
        couponCodes=["CODE-1", "NONE-1"],
        cartItems=[
            {
                "sku": "cup",
                "quantity": 2,
                "price": 10,
                "product": {"name": "Cup"},
                "additionalCosts": {"wrap": {"price": 3}},
            },
            {"sku": "tea", "quantity": 1, "price": 3, "category": "tea"},
        ],
        additionalCosts={"shipping": {"price": 5}},
    )
    shop.emulator.store.close()

    found = {effect["effectType"] for effect in document["effects"]}
    created = {"awardGiveaway", "couponCreated", "referralCreated"} if state == "closed" else {"willAwardGiveaway"}
    assert found >= MARKS[mark] | {"acceptCoupon", "rejectCoupon"} | (created if mark == "rewards" else set())
    for effect in document["effects"]:
        needed, _, optional = PROPS[effect["effectType"]].partition("|")
        assert set(needed.split()) <= set(effect["props"]) <= {*needed.split(), *optional.split()}, effect
