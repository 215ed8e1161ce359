"""A card that is made is active, has an identifier, and takes as many profiles as its limit says."""

from __future__ import annotations

import re
from functools import partial

from strategies.cards import Card, new_card, owners
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.verdict import Reason

GENERATE, LINK, READ = "generateLoyaltyCard", "linkLoyaltyCardToProfile", "getLoyaltyCardBalances"
NEEDS = ("card_program",)

IDENTIFIERS = {"LOY-007": r"[A-Za-z0-9_-]{0,108}", "LOY-016": r"[A-Za-z0-9._%+@-]{4,108}"}
"""What identifiers look like, by the requirement of each edition."""

MOST = 100
"""The most profiles that are made to fill a card; nothing takes them away again."""

PROFILES = "/profiles"


@scenario("LOY-004", "R99b", footprint="create", requests=1, needs=NEEDS, operations=(GENERATE,))
def test_a_card_is_made(case: Case, api: Api) -> None:
    """A card made of nothing is active, and its identifier has the form that all have."""
    card = new_card(case, api)
    status = card.made.at("status")
    if status is None:
        case.block("the new card has no status")
    case.judge(
        "LOY-004",
        status == "active",
        f"a card made without a status is {status}, expected active",
        of=card.made,
        pointer="/status",
        check="active_by_default",
    )
    requirement = case.bench.catalogue.named("R99b").id
    case.judge(
        requirement,
        re.fullmatch(IDENTIFIERS[requirement], card.identifier) is not None,
        f"the identifier made is {card.identifier!r}, expected {IDENTIFIERS[requirement]}",
        of=card.made,
        pointer="/identifier",
        check="identifier_made",
    )


@scenario("LOY-001", "LOY-002", footprint="create", requests=5, depth="release", needs=NEEDS,
          operations=(GENERATE, LINK, READ))  # fmt: skip
def test_a_card_takes_no_more_than_its_limit(case: Case, api: Api) -> None:
    """A card is not made for one profile more than its limit, nor is one more linked to it, and none of them shows."""
    limit = new_card(case, api).limit
    if limit == 0:
        case.unsupported(Reason.BINDING, "cards of the bound card_program take any number of profiles")
    if limit > MOST:
        case.unsupported(Reason.BINDING, f"cards of the bound card_program take more than {MOST} profiles")
    people = [case.new_id("profile") for _ in range(limit + 1)]

    made = api.make_card({"customerProfileIds": people})
    case.refused("LOY-002", made, doing=f"a card for {len(people)} profiles with a limit of {limit}", check="overfull")
    judge_limit(case, limit, made)

    full = new_card(case, api, people[:limit])
    judge_limit(case, limit, full.made)
    linked = api.link_card(full.identifier, people[limit])
    doing = f"linking a profile to a card that has {limit} of {limit}"
    case.refused("LOY-002", linked, doing=doing, check="one_too_many")
    judge_limit(case, limit, linked)

    read = case.settled(partial(api.card_balances, full.identifier), lambda read: len(owners(read) or ()) > limit)
    judge_limit(case, limit, linked, read)
    if not case.evidence["LOY-001"]:
        case.unsupported(Reason.NEVER_TRIGGERED, "no answer shows the profiles of a card")


def judge_limit(case: Case, limit: int, *of: Exchange) -> None:
    """Judges that the last answer shows no more profiles than a card takes, where it shows any."""
    shown = owners(of[-1])
    if shown is not None:
        case.judge(
            "LOY-001",
            len(shown) <= limit,
            f"a card with a limit of {limit} has {len(shown)} profiles",
            of=of,
            pointer=PROFILES,
            operation=next((one.operation for one in of if one.operation != READ), ""),
        )


@scenario("LOY-008", "LOY-009", footprint="create", requests=3, needs=NEEDS, operations=(LINK, GENERATE, READ))
def test_a_linked_profile_is_shown(case: Case, api: Api) -> None:
    """A card shows the profile that was linked to it, in the answer to that and in its balances."""
    card = new_card(case, api)
    profile = case.new_id("profile")
    linked = case.arranged(api.link_card(card.identifier, profile))
    case.judge(
        "LOY-009",
        owners(linked) is not None,
        "the answer to linking a profile does not show the profiles of the card",
        of=linked,
        pointer=PROFILES,
        check="profiles_in_the_answer",
    )
    judge_linked(case, card, profile, linked, check="linked_in_the_answer")

    def there(read: Exchange) -> bool:
        shown = owners(read)
        return shown is None or profile in shown

    read = case.settled(partial(api.card_balances, card.identifier), there)
    judge_linked(case, card, profile, linked, read, check="linked_in_the_balances")
    if not case.evidence["LOY-008"]:
        case.unsupported(Reason.NEVER_TRIGGERED, "no answer shows the profiles of a card")


def judge_linked(case: Case, card: Card, profile: str, *of: Exchange, check: str) -> None:
    """Judges that the last answer shows a profile among those of a card, where it shows any."""
    shown = owners(of[-1])
    if shown is not None:
        case.judge(
            "LOY-008",
            profile in shown,
            f"the profile linked to the card is not among the {len(shown)} that are shown",
            of=(card.made, *of),
            pointer=PROFILES,
            operation=LINK,
            check=check,
        )
