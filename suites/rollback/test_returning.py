"""What a return takes back of the close: what is tied to the line that is returned, and nothing of other lines."""

from __future__ import annotations

from typing import Any

import pytest

from strategies.bringing import Brought, bring, closing
from strategies.undoing import Effect, line, missing, told, undoable
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.effects import effects_of
from talonproof.verdict import Reason

RETURN = ("returnCartItems",)


def tied_by(label: str, requirement: str, name: str) -> Any:
    """An effect that is tied to lines of the cart, with the clause about what a return does to it."""
    mark = scenario(requirement, "RET-012", **closing(label, more=1, operations=RETURN))
    return pytest.param(label, requirement, marks=mark, id=name)


@pytest.mark.parametrize(
    ("label", "requirement"),
    [
        tied_by("setDiscountPerItem", "RET-009", "discounts"),
        tied_by("addLoyaltyPoints:item-pending", "RET-010", "pending-points"),
    ],
)
def test_a_return_takes_back(case: Case, api: Api, label: str, requirement: str) -> None:
    """When a line is returned, its discounts and pending points are rolled back, and those of no other line."""
    closed = bring(case, api, label)
    tied, answer = give_back(case, api, closed)
    returned = line(tied[0])
    left = missing(tied, answer, at=returned)
    case.judge(
        requirement,
        not left,
        f"line {returned} is returned, to which {told(tied)} is tied; no rollback in the answer names both",
        of=(closed.answer, answer),
        pointer="/effects",
        check=f"rollback_of_{told(tied)}",
    )
    judge_others(case, closed, returned, answer)


@scenario("RET-011", "RET-012", **closing("addLoyaltyPoints:item-active", more=1, operations=RETURN))
def test_active_points_of_a_returned_line(case: Case, api: Api) -> None:
    """Whether active points go back with their line is recorded; those of other lines stay."""
    closed = bring(case, api, "addLoyaltyPoints:item-active")
    tied, answer = give_back(case, api, closed)
    left = missing(tied, answer, at=line(tied[0]))
    case.observe("RET-011", f"active points of a line that is returned {'stay' if left else 'are taken back'}")
    judge_others(case, closed, line(tied[0]), answer)


def give_back(case: Case, api: Api, closed: Brought) -> tuple[list[Effect], Exchange]:
    """Returns all units of the first line to which an effect of the close is tied; these effects, and the answer.

    All units: which ones of several a return means is not stated. 1 request.
    """
    wanted = undoable(case, closed.effects)
    cart: list[Any] = closed.content["cartItems"]
    lines = [at for one in wanted if (at := line(one)) is not None and at < len(cart)]
    if not lines:
        case.unsupported(Reason.NEVER_TRIGGERED, "the effect names no line of the cart")
    entry = {"position": lines[0], "quantity": cart[lines[0]]["quantity"]}
    answer = case.arranged(api.return_items(closed.session, [entry]))
    return [one for one in wanted if line(one) == lines[0]], answer


def judge_others(case: Case, closed: Brought, returned: int | None, answer: Exchange) -> None:
    """Judges that no rollback names a line that was not returned."""
    rolled = [one for one in effects_of(answer) if str(one.get("effectType")).startswith("rollback")]
    others = [one for one in rolled if line(one) not in {None, returned}]
    case.judge(
        "RET-012",
        not others,
        f"line {returned} is returned; {told(others)} names line {line(others[0]) if others else ''}",
        of=(closed.answer, answer),
        pointer="/effects",
        check="rollback_of_other_lines",
    )
