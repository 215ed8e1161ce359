"""The operations that came after 2025-01: for each a call that harms nobody, and one with all that it can hold.

Nothing is documented of them but their messages, so that no clause wants such a call accepted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from strategies.harmless import HARMLESS, NOBODY, Arguments, Harmless, NewId
from strategies.placeholders import CARD, PROFILE, SESSION
from talonproof.target import Bindings

_ANY_ACHIEVEMENT: Final = 1
"""An achievement to read about; it need not be there."""


def prices(sku: str) -> dict[str, Any]:
    """Asks for the best price of an item in thirty days."""
    return {
        "skus": [sku],
        "timeframe": "30",
        "timeframeEndDate": "2026-04-01T00:00:00Z",
        "timeframeEndDateType": "strict",
    }


def _card_link(bound: Bindings, new: NewId) -> Arguments:
    path = {"loyaltyProgramId": bound.card_program or NOBODY, "loyaltyCardId": new("card")}
    return Arguments(path, body={"integrationId": new("profile")})


def _campaigns(_bound: Bindings, _new: NewId) -> Arguments:
    return Arguments(query={"pageSize": 1})


def _achievements(bound: Bindings, new: NewId) -> Arguments:
    return Arguments({"integrationId": bound.session_profile or new("profile")})


def _history(bound: Bindings, new: NewId) -> Arguments:
    profile = bound.session_profile or new("profile")
    return Arguments({"integrationId": profile, "achievementId": _ANY_ACHIEVEMENT})


def _deletion(bound: Bindings, new: NewId) -> Arguments:
    path = {"loyaltyProgramId": bound.profile_program or NOBODY, "integrationId": new("profile")}
    return Arguments(path, body={"scope": "AllSubledgers"})


def _activation(bound: Bindings, new: NewId) -> Arguments:
    return Arguments({"loyaltyProgramId": bound.profile_program or NOBODY}, body={"sessionId": new("session")})


def _prices(bound: Bindings, new: NewId) -> Arguments:
    return Arguments(body=prices(bound.catalog_sku or new("sku")))


HARMLESS_SINCE: Final[Mapping[str, Harmless]] = {
    "integrationGetAllCampaigns": Harmless("read", _campaigns),
    "unlinkLoyaltyCardFromProfile": Harmless("create", _card_link),
    "activateLoyaltyPoints": Harmless("consume", _activation),
    "deleteLoyaltyTransactionsFromLedgers": Harmless("create", _deletion),
    "getCustomerAchievements": Harmless("read", _achievements),
    "getCustomerAchievementHistory": Harmless("read", _history),
    "bestPriorPrice": Harmless("dry", _prices),
}
"""By operation, in the order of the document: like ``HARMLESS``, which holds those of 2025-01."""

EVERY_HARMLESS: Final[Mapping[str, Harmless]] = {**HARMLESS, **HARMLESS_SINCE}
"""Those of all editions."""


CALLS_SINCE: Final[Mapping[str, Callable[[Bindings], Arguments]]] = {
    "integrationGetAllCampaigns": lambda _: Arguments(query={"pageSize": 10, "skip": 0}),
    "unlinkLoyaltyCardFromProfile": lambda bound: Arguments(
        {"loyaltyProgramId": bound.card_program, "loyaltyCardId": CARD}, body={"integrationId": PROFILE}
    ),
    "activateLoyaltyPoints": lambda bound: Arguments(
        {"loyaltyProgramId": bound.profile_program}, body={"sessionId": SESSION}
    ),
    "deleteLoyaltyTransactionsFromLedgers": lambda bound: Arguments(
        {"loyaltyProgramId": bound.profile_program, "integrationId": PROFILE},
        body={"scope": "SelectedSubledgers", "subledgerIds": [bound.subledger or ""]},
    ),
    "getCustomerAchievements": lambda bound: Arguments({"integrationId": bound.session_profile}, {"pageSize": 10}),
    "getCustomerAchievementHistory": lambda bound: Arguments(
        {"integrationId": bound.session_profile, "achievementId": _ANY_ACHIEVEMENT}, {"pageSize": 10}
    ),
    "bestPriorPrice": lambda bound: Arguments(body=prices(bound.catalog_sku or "tp-mug")),
}
"""The call of each with all that it can hold, ids left as stand-ins."""
