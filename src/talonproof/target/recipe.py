"""What an administrator of the account creates by hand, in words, and the coupons as a file to import.

The columns of the file are those that the API's words for a coupon suggest: no source at hand states the format of the
import, so the recipe says what is assumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from talonproof.target.campaigns import campaigns_to_make
from talonproof.target.keys import KEYS, Key
from talonproof.target.table import COUPON_KINDS

COUPONS_FILE: Final = "coupons.csv"

_COLUMNS: Final = ("value", "expirydate", "startdate", "recipientintegrationid", "limitval", "reservationlimit", "kind")
_NUMBERS: Final = {"pool": 8, "mandatory": 4, "once": 4}
"""Coupons of a pool: enough for as many workers as a run has, with some to spare. One is enough of any other kind."""

_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "Attributes": ("profile_attribute", "session_attribute", "number_attribute", "item_attribute", "event_attribute"),
    "Events, costs, stores, audiences": (
        "event_type", "additional_cost", "second_additional_cost", "store", "audience", "audience_integration",
    ),
    "Loyalty": (
        "profile_program", "subledger", "populated_profile", "return_policy", "tier_program", "tier_return_policy",
        "card_program", "users_per_card_limit", "populated_card",
    ),
    "Catalogs": (
        "catalog", "catalog_attribute", "catalog_number_attribute", "catalog_sku", "catalog_price", "spare_catalog",
    ),
    "Campaigns and coupons": (
        "coupons", "mandatory_coupons", "single_use_coupons", "soft_coupon", "mandatory_coupon", "visible_coupon",
        "limited_coupon", "recipient_coupon", "referral_campaign",
    ),
    "Sessions": ("open_session", "closed_session", "session_profile"),
    "Keys": ("other_application_key", "expired_key", "test_key"),
}  # fmt: skip
"""What is made together, in an order in which it can be made."""


def recipe(
    lacking: Sequence[str],
    costs: Mapping[str, Sequence[str]],
    *,
    csv: str = COUPONS_FILE,
    triggers: frozenset[str] = frozenset(),
) -> str:
    """What to create, in Markdown; ``costs`` are the requirements lost for want of each, ``csv`` names the coupons.

    ``triggers`` are the names of those that the target file has.
    """
    campaigns = list(campaigns_to_make(triggers, costs))
    return "\n".join(_lines(frozenset(lacking), costs, csv, campaigns)) + "\n"


def _lines(
    lacking: frozenset[str], costs: Mapping[str, Sequence[str]], csv: str, campaigns: Sequence[str]
) -> Iterator[str]:
    yield "# What to create in the account"
    yield ""
    if not lacking and not campaigns:
        yield "Nothing: the target file binds all that there is."
        return
    yield "For an administrator, in the Campaign Manager. Each thing is named to talonproof by the key in brackets."
    rows = {key.name.removesuffix("_env"): key for key in KEYS}
    for title, names in _GROUPS.items():
        wanted = [name for name in names if name in lacking]
        if not wanted:
            continue
        yield from ("", f"## {title}", "")
        for name in wanted:
            yield from _thing(rows[name], costs.get(name, ()))
    yield from campaigns
    if lacking.intersection(COUPON_KINDS.values()):
        yield from ("", "## The file of coupons", "")
        yield from _about_the_file(csv)


def _thing(key: Key, costs: Sequence[str]) -> Iterator[str]:
    yield f"- {key.how} [`{key.name} = {key.example}`]"
    if costs:
        yield f"  Not judged without it: {', '.join(costs)}."


def _about_the_file(csv: str) -> Iterable[str]:
    return (
        f"Import `{csv}` (`talonproof target recipe --coupons {csv}` writes it), and name it in the target file:",
        f'`[pools] coupons_file = "{csv}"`.',
        "Assumed, since no source at hand states the columns of the import: those of the API's words for a coupon, in",
        "lower case. The column `kind` is talonproof's own; where the import refuses it, import the file without it.",
        "A coupon of kind mandatory needs mandatory reservation, one of kind visible needs implicit reservation; both",
        "are settings of its making and no columns: make these by hand, with the same codes.",
    )


def coupons_csv() -> str:
    """The coupons of every kind, to be imported; dates unlimited, and usage but of those to be used once."""
    rows = [",".join(_COLUMNS)]
    for kind in COUPON_KINDS:
        for number in range(1, _NUMBERS.get(kind, 1) + 1):
            code = f"TP-{kind.upper()}-{number}"
            recipient = "tp-recipient" if kind == "recipient" else ""
            reservations = "5" if kind == "limited" else "0"
            limit = "1" if kind == "once" else "0"
            rows.append(f"{code},,,{recipient},{limit},{reservations},{kind}")
    return "\n".join(rows) + "\n"
