"""Bodies of customer sessions: the content of ``customerSession``, with ids left as stand-ins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from strategies.carts import additional_costs, carts
from strategies.placeholders import PROFILE
from strategies.words import attributes, words
from talonproof.target import Bindings

CREATABLE = ("open", "closed")
"""The states in which a session may be created."""

MOST_IDENTIFIERS = 5

UNKNOWN_COUPONS = ("talonproof-unknown-coupon-1", "talonproof-unknown-coupon-2")
"""Coupon codes that exist nowhere."""

UNKNOWN_REFERRAL = "talonproof-unknown-referral"
"""A referral code that exists nowhere."""


def sessions(
    bindings: Bindings,
    *,
    states: Sequence[str] = ("open",),
    coupons: Sequence[str] = (),
    referrals: Sequence[str] = (),
    profile: bool = False,
    item_costs: bool = False,
    largest_cart: int = 6,
) -> SearchStrategy[dict[str, Any]]:
    """Sessions with a state and a cart that adds up, and now and then whatever else a session may hold.

    The simplest is open, with one ``a`` for 1. Coupon and referral codes come from those given
    (:data:`UNKNOWN_COUPONS` are known to nobody; those of the target's pool are used up by closing),
    attributes, costs and store from the bindings. ``profile`` puts :data:`~strategies.placeholders.PROFILE`
    in; without it the session names nobody.
    """
    always: dict[str, SearchStrategy[Any]] = {
        "state": st.sampled_from(list(states)),
        "cartItems": carts(bindings, max_size=largest_cart, costs=item_costs),
    }
    if profile:
        always["profileId"] = st.just(PROFILE)
    return st.fixed_dictionaries(always, optional=_optional(bindings, coupons, referrals))


def _optional(bindings: Bindings, coupons: Sequence[str], referrals: Sequence[str]) -> dict[str, SearchStrategy[Any]]:
    optional: dict[str, SearchStrategy[Any]] = {
        "identifiers": st.lists(words(), max_size=MOST_IDENTIFIERS, unique=True),
    }
    if coupons:
        optional["couponCodes"] = st.lists(st.sampled_from(list(coupons)), max_size=len(coupons), unique=True)
    if referrals:
        optional["referralCode"] = st.sampled_from(list(referrals))
    custom = attributes(bindings.session_attribute, bindings.number_attribute)
    if custom is not None:
        optional["attributes"] = custom
    charged = additional_costs(bindings)
    if charged is not None:
        optional["additionalCosts"] = charged
    if bindings.store:
        optional["storeIntegrationId"] = st.just(bindings.store)
    return optional
