"""Ways of listing: another order, another default, clamped sizes, and rows that colleagues add."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from talonproof.emulator.message import Reply, Request, reply
from tests.variants.variant import Asked, Behaviour, Proceed, refusal

MOST = {
    "getLoyaltyCardTransactions": 1000,
    "getLoyaltyProgramProfileTransactions": 50,
    "getLoyaltyCardPoints": 50,
    "getLoyaltyProgramProfilePoints": 50,
}
"""The largest page of each list."""

DEFAULT = {**MOST}


def with_query(request: Request, **changed: object) -> Request:
    """The request with other values for some query parameters."""
    kept = [pair for pair in request.pairs() if pair[0] not in changed]
    return request.with_pairs([*kept, *((name, str(value)) for name, value in changed.items())])


def whole(asked: Asked, proceed: Proceed) -> list[Any]:
    """Every row of a list under the filters of a request that was answered."""
    rows: list[Any] = []
    size = MOST[asked.operation]
    more = True
    while more:
        page = proceed(with_query(asked.request, pageSize=size, skip=len(rows))).document()
        rows += page["data"]
        more = page["hasMore"]
    return rows


def page_of(asked: Asked, rows: list[Any]) -> Reply:
    """The page of some rows that was asked for."""
    size, skip = int(asked.query.get("pageSize", DEFAULT[asked.operation])), int(asked.query.get("skip", 0))
    return reply(200, {"hasMore": len(rows) > skip + size, "data": rows[skip : skip + size]})


def oldest_first() -> Behaviour:
    """Lists begin with the oldest row."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        answer = proceed(asked.request)
        if asked.operation not in MOST or not answer.ok:
            return answer
        return page_of(asked, whole(asked, proceed)[::-1])

    return behave


def clamped() -> Behaviour:
    """A size or start outside of its bounds, or no integer, is read as the nearest that is allowed."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        if asked.operation not in MOST:
            return proceed(asked.request)
        most, changed = MOST[asked.operation], {}
        for name, least, greatest in (("pageSize", 1, most), ("skip", 0, 2**31)):
            if name in asked.query:
                changed[name] = max(least, min(greatest, _integer(asked.query[name], default=least)))
        return proceed(with_query(asked.request, **changed))

    return behave


def _integer(text: str, *, default: int) -> int:
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return default


def fifty_card_transactions() -> Behaviour:
    """A page of card transactions holds 50 rows unless another size is asked for."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        bare = asked.operation == "getLoyaltyCardTransactions" and "pageSize" not in asked.query
        return proceed(with_query(asked.request, pageSize=50) if bare else asked.request)

    return behave


SUBLEDGERS = frozenset({"", "gold", "silver", "gold-plus"})


def unknown_subledgers_refused() -> Behaviour:
    """A subledger that is not there is answered 404."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        answer = proceed(asked.request)
        named = [value for name, value in asked.request.pairs() if name == "subledgerId"]
        if answer.ok and named:
            found = answer.document()
            empty = not (found.get("data") or found.get("subledgerBalances") or found.get("balance"))
            if empty and not proceed(with_query(asked.request.without("skip", "startDate", "endDate"))).document().get(
                "data"
            ):
                return refusal(404, "There is no such subledger.")
        return answer

    return behave


def colleagues_at_work(every: float = 2.5) -> Behaviour:
    """Somebody gives the bound customers another point now and then."""
    begun, started = time.monotonic(), datetime.now(UTC)

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        answer = proceed(asked.request)
        if not answer.ok:
            return answer
        count = 1 + int((time.monotonic() - begun) / every)
        if asked.operation in {"getLoyaltyBalances", "getLoyaltyCardBalances"} and "endDate" not in asked.query:
            found = answer.document()
            if "balance" in found:
                found["balance"]["activePoints"] = found["balance"].get("activePoints", 0) + count
            return answer.with_document(found)
        if asked.operation not in MOST:
            return answer
        query = asked.query
        points = asked.operation.endswith("Points")
        unfit = (
            query.get("subledgerId", "") != ""
            or query.get("loyaltyTransactionType", "manual") != "manual"
            or query.get("status", "active") != "active"
            or "endDate" in query
        )
        rows = whole(asked, proceed)
        new: list[dict[str, Any]] = (
            [] if unfit or not rows else [_point(rows[0], n, started, points) for n in range(count)]
        )
        return page_of(asked, [*reversed(new), *rows])

    return behave


def _point(like: dict[str, Any], number: int, started: datetime, points: bool) -> dict[str, Any]:
    created = f"{started:%Y-%m-%dT%H:%M:%S}.{number:06}Z"
    found = {
        **like,
        "id": 900_000 + number,
        "created": created,
        "subledgerId": "",
        "amount": 1,
        "startDate": "immediate",
        "expiryDate": "unlimited",
    }
    found.pop("customerSessionId", None)
    return found if points else {**found, "type": "addition"}
