"""Every variant, what it may be warned of, and the order in which all of them are put on."""

from __future__ import annotations

from tests.variants import behaviours, lists, promotions, reserving, rollbacks, shapes
from tests.variants.lagging import lagging, lagging_catalog
from tests.variants.variant import Variant

CODES = ("coupons", "referrals")
EVERYWHERE = ("sessions", "dry_run", "profiles", "audiences", "events", "loyalty", "rollback", "catalogs", *CODES)
LISTS = ("pagination",)
NUMBERED = (
    "profile_program", "card_program", "tier_program", "audience", "catalog", "spare_catalog", "referral_campaign",
)  # fmt: skip
"""The bindings that are numbers of something."""


def late(seconds: float) -> Variant:
    """Reads that show a write up to so many seconds late, and a target file that allows for it."""
    return Variant(
        "late",
        "inventories, and lists of who has reserved a coupon, show writes late",
        behaves=lambda: lagging(seconds),
        settle=seconds * 1.25 + 0.3,
        cases=(
            "test_a_dry_update_leaves_the_profile",
            "test_a_sale_taken_back_no_longer_counts[cancelled]",
            "test_a_reservation",
            "test_a_reserved_coupon_is_in_the_inventory[soft]",
            "test_a_coupon_for_everyone",
        ),
    )


VARIANTS: tuple[Variant, ...] = (
    # how it is written
    Variant("other-forms", "chunked, header names in capitals, a media type with a parameter", wire=shapes.other_forms),
    Variant("no-date", "no Date header", wire=shapes.no_date, suites=("dry_run", *LISTS), together=False),
    Variant("lots", "a rule draws lots", shape=shapes.lots, suites=("dry_run", "relations"), together=False),
    Variant("floats", "numbers are written with a fraction", shape=shapes.floats, suites=EVERYWHERE),
    Variant("noise", "sums carry the noise of binary fractions", shape=shapes.noise, suites=("sessions", "catalogs")),
    Variant("other-times", "moments with offset and nanoseconds", shape=shapes.times, suites=(*EVERYWHERE, *LISTS)),
    Variant("disorder", "what has no order comes in another one each time", shape=shapes.disorder, suites=EVERYWHERE),
    Variant("more-properties", "properties that no schema knows", shape=shapes.more, suites=EVERYWHERE),
    Variant("empty", "what is empty is shown", shape=shapes.empty, suites=EVERYWHERE),
    Variant("left-out", "what is empty is not shown", shape=shapes.left_out, suites=EVERYWHERE, together=False),
    Variant(
        "nulls",
        "what is empty is null",
        shape=shapes.nulls,
        warns=frozenset({"ERR-012"}),
        suites=EVERYWHERE,
        together=False,
    ),
    Variant(
        "nameless-cards",
        "cards do not show whose they are",
        shape=shapes.nameless_cards,
        warns=frozenset({"LOY-009"}),
        suites=("loyalty",),
        together=False,
    ),
    Variant("capitals", "codes are shown in capitals", shape=shapes.capitals, suites=("sessions", *CODES)),
    Variant(
        "small-letters",
        "codes are shown in small letters",
        shape=shapes.small_letters,
        suites=("sessions", "profiles", *CODES),
        together=False,
    ),
    Variant("defaults", "attributes that nobody sent", shape=shapes.defaults),
    Variant("ahead", "a clock that is ahead", ahead=5400.0, suites=("dry_run", *LISTS)),
    Variant(
        "large-ids",
        "numbers above 2^31",
        behaves=behaviours.large_ids,
        shape=shapes.large_ids,
        bindings=dict.fromkeys(NUMBERED, shapes.FAR),
        suites=(*EVERYWHERE, "wiring"),
    ),
    # how it answers
    Variant(
        "throttled",
        "some calls are put off with 429",
        behaves=behaviours.throttled,
        suites=("dry_run", "catalogs", *CODES),
    ),
    Variant("guarded", "a gateway keeps strange bodies away", behaves=behaviours.guarded, suites=("errors",)),
    late(2.0),
    Variant(
        "other-words",
        "other texts and numbers of refusals",
        behaves=behaviours.other_words,
        suites=("sessions", "dry_run", "loyalty", "catalogs"),
    ),
    Variant("not-found", "a session that is not there is 404", behaves=behaviours.not_found),
    Variant("nobody", "an empty inventory for nobody", behaves=behaviours.nobody, suites=EVERYWHERE),
    # what it does
    Variant("campaigns", "effects of campaigns that nobody knows", behaves=behaviours.campaigns),
    Variant(
        "no-campaigns",
        "no campaign acts on anything",
        behaves=promotions.no_campaigns,
        suites=("sessions", "dry_run", "loyalty", "rollback", *CODES),
        together=False,
    ),
    Variant(
        "spent",
        "campaigns act in dry calls alone, once somebody has used up their budgets",
        behaves=promotions.spent,
        suites=("sessions", "dry_run", "loyalty", "rollback", *CODES),
        together=False,
    ),
    Variant(
        "by-line", "rollbacks speak of lines, not of units", behaves=rollbacks.rollbacks_of_lines, suites=("rollback",)
    ),
    Variant(
        "placeless",
        "cancelling and reopening name no line",
        behaves=rollbacks.rollbacks_without_places,
        suites=("rollback",),
    ),
    Variant(
        "whole-rows",
        "rows of points show what they had at first",
        behaves=rollbacks.whole_rows,
        suites=("loyalty",),
        together=False,
    ),
    Variant("repetition", "a state may be repeated", behaves=behaviours.repetition),
    Variant("dry-over", "what is over cannot be tried", behaves=behaviours.dry_over),
    Variant("dry-merged", "a dry update builds on what is stored", behaves=behaviours.dry_merged, suites=("dry_run",)),
    Variant(
        "dry-little",
        "dry answers show effects alone",
        behaves=behaviours.dry_little,
        suites=("sessions", "dry_run", "catalogs"),
    ),
    Variant(
        "unconnected",
        "no catalog gives prices",
        behaves=behaviours.unconnected,
        suites=("catalogs", "wiring"),
        unbound=frozenset({"catalog_sku", "catalog_price"}),
        together=False,
    ),
    Variant(
        "no-complete-return",
        "not everything can be returned",
        behaves=behaviours.no_complete_return,
        warns=frozenset({"SES-124", "SES-133"}),
    ),
    Variant(  # looks into dry answers, so it stands behind what takes something out of them
        "late-catalog",
        "carts take prices late",
        behaves=lambda: lagging_catalog(0.4),
        settle=0.8,
        suites=("catalogs",),
    ),
    Variant("colleagues-reserve", "others reserve too", behaves=reserving.colleagues_reserve, suites=CODES),
    Variant("known-customers", "codes for strangers are refused", behaves=reserving.known_customers, suites=CODES),
    # how it lists
    Variant(
        "clamped",
        "page sizes are clamped",
        behaves=lists.clamped,
        warns=frozenset({"PAG-010", "ERR-011"}),
        suites=LISTS,
    ),
    Variant("oldest-first", "lists begin with the oldest row", behaves=lists.oldest_first, suites=LISTS),
    Variant("fifty", "50 card transactions by default", behaves=lists.fifty_card_transactions, suites=LISTS),
    Variant("no-subledger", "unknown subledgers are 404", behaves=lists.unknown_subledgers_refused, suites=LISTS),
    Variant(
        "colleagues",
        "somebody else adds points",
        behaves=lists.colleagues_at_work,
        suites=LISTS,
        moving=True,
        together=False,
    ),
)

TOGETHER = tuple(variant for variant in VARIANTS if variant.together)
