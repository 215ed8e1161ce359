"""What answers show of sessions and customers, and whether two of them show the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, cast

from talonproof.generation.pointers import MISSING, get
from talonproof.http.exchange import Exchange
from talonproof.model.observed import amount, differences
from talonproof.run.case import Case

CENT: Final = Decimal("0.01")
"""How far an amount of money may be from the expected one: no source says how amounts are rounded."""

ROOT: Final = "/customerSession"


def session_of(case: Case, exchange: Exchange) -> Mapping[str, Any]:
    """The session in a successful answer; blocks the case where there is none."""
    return _part(case, exchange, "customerSession")


def customer_of(case: Case, exchange: Exchange) -> Mapping[str, Any]:
    """The profile in an inventory; blocks the case where there is none."""
    return _part(case, exchange, "profile")


def lines_of(session: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The lines of a session's cart, as far as they are objects."""
    return objects(session.get("cartItems"))


def counters_of(session: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """The units returned and remaining on each line of a session's cart; None where a line does not show them."""
    return [(line.get("returnedQuantity"), line.get("remainingQuantity")) for line in lines_of(session)]


def item_attribute(session: Mapping[str, Any], name: str) -> Any:
    """An attribute of the first line of a session's cart; None where there is none of that name."""
    for line in lines_of(session)[:1]:
        held = line.get("attributes")
        return cast("Mapping[str, Any]", held).get(name) if isinstance(held, dict) else None
    return None


def near(shown: Any, expected: Decimal | float | None) -> bool:
    """Whether a JSON value is an amount, and the expected one within a cent."""
    found, wanted = amount(shown), amount(expected)
    return found is not None and wanted is not None and abs(found - wanted) <= CENT


def unlike(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[str, str] | None:
    """Pointer and wording of the first place where two showings of one session do not say the same; None: they do.

    Numbers are compared by value and moments as instants, to the coarser of the two precisions. Codes and
    identifiers come in no order, and what is empty in one may be left out of the other.
    """
    for pointer, words in differences(first, second, ROOT):
        place = pointer.removeprefix(ROOT)
        if not (_empty(get(first, place)) and _empty(get(second, place))):
            return pointer, words
    return None


def described(case: Case, session: Mapping[str, Any]) -> Mapping[str, Any]:
    """A session as far as the contract describes it: what else an answer shows may be its own."""
    of_session, of_line = (
        case.bench.contract.resolve(case.bench.contract.schema(name)).get("properties", {})
        for name in ("CustomerSessionV2", "CartItem")
    )
    told = {name: value for name, value in session.items() if name in of_session}
    if isinstance(told.get("cartItems"), list):
        told["cartItems"] = [{name: line[name] for name in line if name in of_line} for line in lines_of(session)]
    return told


def judge_size(
    case: Case, requirement: str, exchange: Exchange, *, again: Callable[[], Exchange] | None = None
) -> None:
    """Judges that a list that does not come in pages says how many rows it has.

    A list that others change meanwhile is read ``again`` before it is accused.
    """
    if again is not None and not _sized(exchange):
        exchange = case.arranged(case.off_plan(again))
    size, rows = exchange.at("totalResultSize"), len(_list(exchange.at("data")))
    message = f"the list has {rows} rows and says that it has {size!r}"
    case.judge(requirement, _sized(exchange), message, of=exchange, pointer="/totalResultSize", check="result_size")


def _sized(exchange: Exchange) -> bool:
    return amount(exchange.at("totalResultSize")) == len(_list(exchange.at("data")))


def rollbacks(exchange: Exchange) -> Sequence[str]:
    """The types of the rollback effects in an answer."""
    types = (effect.get("effectType") for effect in objects(exchange.at("effects")))
    return [kind for kind in types if isinstance(kind, str) and kind.startswith("rollback")]


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a JSON array; none where it is no array."""
    return [cast("Mapping[str, Any]", one) for one in _list(value) if isinstance(one, dict)]


def _part(case: Case, exchange: Exchange, name: str) -> Mapping[str, Any]:
    case.arranged(exchange)
    found = exchange.at(name)
    if not isinstance(found, dict):
        case.block(f"{exchange.operation} answered without {name}")
    return cast("Mapping[str, Any]", found)


def _empty(value: Any) -> bool:
    return value is MISSING or value is None or value in ("", [], {})


def _list(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []
