"""Every variant, what it may warn about, and the order in which all of them are put on."""

from __future__ import annotations

from . import behaviours, lists, shapes
from .lagging import lagging
from .variant import Variant

LAG = 2.0
"""Seconds until a write shows everywhere, where it shows late."""

VARIANTS: tuple[Variant, ...] = (
    Variant("other-forms", "chunked bodies, header names in capitals, a media type with a parameter", wire=shapes.in_other_forms),
    Variant("no-date", "no Date header", wire=shapes.without_date, together=False),
    Variant("more-properties", "properties that no schema knows", shape=shapes.with_more),
    Variant("left-out", "nothing is shown of what is empty", shape=shapes.left_out, together=False),
    Variant("empty", "what is empty is shown so", shape=shapes.empty),
    Variant("nulls", "what is empty is null", shape=shapes.nulls, warns=frozenset({"ERR-012"}), together=False),
    Variant("floats", "numbers are written with a fraction", shape=shapes.with_floats),
    Variant("noise", "sums carry the noise of binary fractions", shape=shapes.with_noise),
    Variant("other-times", "moments have an offset and nanoseconds", shape=shapes.with_times),
    Variant("disorder", "what has no order comes in another one", shape=shapes.disordered),
    Variant("capitals", "coupon codes are shown in capitals", shape=shapes.in_capitals),
    Variant("defaults", "attributes that nobody sent", shape=shapes.with_defaults),
    Variant("ahead", "a clock that is ahead", ahead=5400.0),
    Variant("throttled", "some calls are put off with 429", behaves=behaviours.throttled),
    Variant("lagging", "inventories show writes late", behaves=lambda: lagging(LAG), settle=LAG + 1),
    Variant("other-words", "other texts and numbers of refusals", behaves=behaviours.other_words),
    Variant("not-found", "a session that is not there is 404", behaves=behaviours.not_found),
    Variant(
        "large-ids",
        "numbers above 2^31",
        behaves=behaviours.large_ids,
        shape=shapes.with_large_ids,
        bindings={name: shapes.FAR for name in ("profile_program", "card_program", "audience", "catalog", "referral_campaign")},
    ),
    Variant("guarded", "a gateway keeps strange bodies away", behaves=behaviours.guarded),
    Variant("campaigns", "effects of campaigns that nobody knows", behaves=behaviours.campaigns_at_work),
    Variant("repetition", "a state may be repeated", behaves=behaviours.repetition_accepted),
    Variant("dry-over", "what is over cannot be tried", behaves=behaviours.dry_refused_when_over),
    Variant("dry-merged", "a dry update builds on what is stored", behaves=behaviours.dry_with_what_is_stored),
    Variant("dry-little", "dry answers show effects alone", behaves=behaviours.dry_shows_little),
    Variant(
        "no-complete-return",
        "not everything can be returned",
        behaves=behaviours.complete_return_refused,
        warns=frozenset({"SES-124", "SES-133"}),
    ),
    Variant("lenient-inventory", "an empty inventory for nobody", behaves=behaviours.lenient_inventory),
    Variant("clamped", "page sizes are clamped", behaves=lists.clamped, warns=frozenset({"PAG-010", "ERR-011"})),
    Variant("oldest-first", "lists begin with the oldest row", behaves=lists.oldest_first),
    Variant("fifty", "50 card transactions by default", behaves=lists.fifty_card_transactions),
    Variant("no-such-subledger", "unknown subledgers are 404", behaves=lists.unknown_subledgers_refused),
    Variant("colleagues", "somebody else adds points", behaves=lists.colleagues_at_work, together=False),
)

BY_NAME = {variant.name: variant for variant in VARIANTS}
TOGETHER = tuple(variant for variant in VARIANTS if variant.together)
