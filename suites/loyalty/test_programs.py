"""Programs are of cards or of profiles, and calls about the one kind are refused in the other."""

from __future__ import annotations

from typing import Any

import pytest

from strategies.cards import new_card
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import LISTS, Api
from talonproof.run.case import Case

PROGRAMS = ("card_program", "profile_program")
REQUIREMENT = "LOY-003"


def other_kind(operation: str, owner: str) -> Any:
    """A read of the bound card or profile in the program that is of the other kind."""
    needs = (*PROGRAMS, f"populated_{owner}")
    mark = scenario(REQUIREMENT, footprint="read", requests=1, depth="release", needs=needs, operations=(operation,))
    return pytest.param(operation, owner, marks=mark, id=operation)


@pytest.mark.parametrize(
    ("operation", "owner"), [other_kind(operation, owner) for operation, owner in sorted(LISTS.items())]
)
def test_reads_in_a_program_of_the_other_kind(case: Case, operation: str, owner: str) -> None:
    """What cards have is not read in a program of profiles, nor what profiles have in one of cards."""
    bound = case.bindings
    path: dict[str, object] = (
        {"loyaltyProgramId": bound.profile_program, "loyaltyCardId": bound.populated_card}
        if owner == "card"
        else {"loyaltyProgramId": bound.card_program, "integrationId": bound.populated_profile}
    )
    judge_refused(case, case.send(operation, path=path))


@scenario(
    REQUIREMENT,
    footprint="create",
    requests=1,
    depth="release",
    needs=PROGRAMS[1:],
    operations=("generateLoyaltyCard",),
)
def test_a_card_in_a_program_of_profiles(case: Case) -> None:
    """No card is made in a program of profiles."""
    path = {"loyaltyProgramId": case.bindings.profile_program}
    judge_refused(case, case.send("generateLoyaltyCard", path=path, body={}))


@scenario(
    REQUIREMENT,
    footprint="create",
    requests=2,
    depth="release",
    needs=PROGRAMS,
    operations=("linkLoyaltyCardToProfile", "generateLoyaltyCard"),
)
def test_a_link_in_a_program_of_profiles(case: Case, api: Api) -> None:
    """No profile is linked to a card under the number of a program of profiles."""
    path = {"loyaltyProgramId": case.bindings.profile_program, "loyaltyCardId": new_card(case, api).identifier}
    body = {"integrationId": case.new_id("profile")}
    judge_refused(case, case.send("linkLoyaltyCardToProfile", path=path, body=body))


def judge_refused(case: Case, exchange: Exchange) -> None:
    """Judges that a call is refused because of the program that it names."""
    case.refused(REQUIREMENT, exchange, doing=f"{exchange.operation} in a program of the other kind")
