"""What a return counts, what it refuses, and what its answer tells."""

from __future__ import annotations

from typing import Any

import pytest

from strategies.showing import ROOT, counters_of, lines_of, objects, session_of
from talonproof.http.exchange import Exchange
from talonproof.model.observed import amount
from talonproof.plugin import scenario
from talonproof.run.api import CART, Api
from talonproof.run.case import Case
from talonproof.verdict import Reason

ONE_MUG = {"position": 0, "quantity": 1}
ONE_PLATE = {"position": 1, "quantity": 1}
MUGS = int(CART[0]["quantity"])


@scenario("RET-001", "RET-002", footprint="consume", requests=4, depth="release")
def test_returned_units_add_up(case: Case, api: Api) -> None:
    """After two returns of one unit each, a line of three shows two returned and one remaining."""
    session = api.arrange("closed")
    first = case.arranged(api.return_items(session, [ONE_MUG]))
    second = case.arranged(api.return_items(session, [ONE_MUG]))
    read = api.get_session(session)
    lines = lines_of(session_of(case, read))
    returned, remaining = counters_of(session_of(case, read))[0] if lines else (None, None)
    if returned is None and remaining is None:
        case.unsupported(Reason.NEVER_TRIGGERED, "cart items show no units returned or remaining")
    for name, found, expected in (("returnedQuantity", returned, 2), ("remainingQuantity", remaining, MUGS - 2)):
        if found is not None:
            case.judge(
                "RET-001",
                found == expected,
                f"{name} is {found} after two returns of one unit of {MUGS}, expected {expected}",
                of=(first, second, read),
                pointer=f"{ROOT}/cartItems/0/{name}",
                operation=second.operation,
            )
    judge_sums(case, second, read)


@scenario("RET-004", "ERR-002", footprint="consume", requests=6, depth="release")
def test_a_position_is_an_index_from_zero(case: Case, api: Api) -> None:
    """Position 1 is the second of two lines; position 2, and one before the first, are refused and change nothing."""
    session = api.arrange("closed")
    sent = case.arranged(api.return_items(session, [ONE_PLATE]))
    read = api.get_session(session)
    counters = shown_counters(case, read)
    returned = [found or 0 for found, _ in counters]
    case.judge(
        "RET-004",
        returned == [0, 1],
        f"of position 1 one unit was returned, the lines show {returned}, expected [0, 1]",
        of=(sent, read),
        pointer=f"{ROOT}/cartItems",
        operation=sent.operation,
    )
    tried: list[Exchange] = []
    for name, position in (("after", len(CART)), ("before", -1)):
        answer = api.return_items(session, [{"position": position, "quantity": 1}])
        tried.append(answer)
        case.refused(
            "RET-004", answer, doing=f"a return of position {position} of {len(CART)}", check=f"position_{name}"
        )
    if all(answer.refused for answer in tried):
        judge_kept(case, "ERR-002", counters, read, tried, api.get_session(session))


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([ONE_PLATE, {"position": 0, "quantity": MUGS + 1}], id="beside-a-valid-entry"),
        pytest.param([{"position": 0, "quantity": MUGS}, ONE_MUG], id="in-two-entries"),
    ],
)
@scenario("RET-003", footprint="consume", requests=4, depth="release")
def test_too_many_units_are_refused_as_a_whole(case: Case, api: Api, entries: list[dict[str, int]]) -> None:
    """A return of more units than a line has is refused, and no line counts any of it as returned."""
    session = api.arrange("closed")
    before = api.get_session(session)
    tried = api.return_items(session, entries)
    case.refused("RET-003", tried, doing=f"a return of more than {MUGS} units of a line")
    after = api.get_session(session)
    judge_kept(case, "RET-003", counters_of(session_of(case, before)), before, [tried], after)


@scenario("RET-006", "RET-007", "RET-008", footprint="consume", requests=2, depth="release")
def test_the_answer_holds_the_return(case: Case, api: Api) -> None:
    """The answer to a return holds it, with its session, and with the positions and quantities asked for."""
    session = api.arrange("closed")
    answer = case.arranged(api.return_items(session, [{"position": 0, "quantity": 2}, ONE_PLATE]))
    held = answer.at("return")
    if not case.judge(
        "RET-008", isinstance(held, dict), "the answer to a return does not hold it", of=answer, pointer="/return"
    ):
        return
    shown = objects(answer.at("return", "returnedCartItems"))
    entries = sorted(((entry.get("position"), entry.get("quantity")) for entry in shown), key=str)
    case.judge(
        "RET-007",
        entries == [(0, 2), (1, 1)],
        f"the return names {entries} as position and quantity, expected [(0, 2), (1, 1)]",
        of=answer,
        pointer="/return/returnedCartItems",
    )


@scenario("RET-005", footprint="consume", requests=3, depth="release")
def test_previous_returns_are_the_earlier_ones(case: Case, api: Api) -> None:
    """A second return that asks for the previous ones shows the first, and not itself."""
    session = api.arrange("closed")
    first = case.arranged(api.return_items(session, [ONE_MUG])).at("return", "id")
    answer = case.arranged(api.return_items(session, [ONE_MUG], content=("previousReturns",)))
    second = answer.at("return", "id")
    ids = [one.get("id") for one in objects(answer.at("previousReturns"))]
    known = first is not None and second is not None  # an answer may leave its return out: RET-008 judges that
    case.judge(
        "RET-005",
        first in ids and second not in ids if known else len(ids) == 1,
        f"the previous returns are {ids}; the only earlier one was {first}, the present one is {second}",
        of=answer,
        pointer="/previousReturns",
    )


def shown_counters(case: Case, read: Exchange) -> list[tuple[Any, Any]]:
    """The counters of every line; ends the case where no line shows how many units were returned."""
    counters = counters_of(session_of(case, read))
    if all(returned is None for returned, _ in counters):
        case.unsupported(Reason.NEVER_TRIGGERED, "cart items do not show how many units were returned")
    return counters


def judge_sums(case: Case, sent: Exchange, read: Exchange) -> None:
    """Judges that the counters of every line that shows both add up to its quantity."""
    for index, line in enumerate(lines_of(session_of(case, read))):
        names = ("quantity", "returnedQuantity", "remainingQuantity")
        quantity, returned, remaining = (amount(line.get(name)) for name in names)
        if returned is None or remaining is None:
            continue
        case.judge(
            "RET-002",
            returned + remaining == quantity,
            f"of {quantity} units {returned} are returned and {remaining} remain",
            of=(sent, read),
            pointer=f"{ROOT}/cartItems/{index}/quantity",
            operation=sent.operation,
        )


def judge_kept(
    case: Case,
    requirement: str,
    counters: list[tuple[Any, Any]],
    before: Exchange,
    tried: list[Exchange],
    after: Exchange,
) -> None:
    """Judges that refused returns moved no counter of any line."""
    found = counters_of(session_of(case, after))
    case.judge(
        requirement,
        found == counters,
        f"units returned and remaining were {counters}, are {found} after a refused return",
        of=(before, *tried, after),
        pointer=f"{ROOT}/cartItems",
        check="refused_return_counts_nothing",
        operation=tried[-1].operation,
    )
