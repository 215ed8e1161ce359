"""What reads show before a call and after it, and the first place where the two differ."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from talonproof.http.exchange import Exchange
from talonproof.model.observed import differences, sortable
from talonproof.run.case import Case

SECTIONS: Final[Mapping[str, bool]] = dict.fromkeys(
    ("profile", "referrals", "coupons", "loyalty", "giveaways", "achievements"), True
)
"""Every section that an inventory has."""

View = Callable[[Exchange], Any]
"""The part of a successful read that is compared."""

_PERSON = ("attributes", "audienceMemberships", "lastActivity")
_COUNTED = ("closedSessions", "totalSales", "audienceMemberships", "loyaltyMemberships")


def session(read: Exchange) -> Any:
    """A session as it is stored, in every detail; the effects that are still valid come in no order."""
    return {"customerSession": read.at("customerSession"), "effects": unordered(read.at("effects"))}


def inventory(read: Exchange) -> Any:
    """Everything that an inventory shows."""
    return unordered(read.json())


def person(read: Exchange) -> Any:
    """Of an inventory, what the customer is: attributes, memberships of audiences, last activity."""
    return {"profile": _only(unordered(read.at("profile")), _PERSON)}


def used_up(read: Exchange) -> Any:
    """Of an inventory, what calls use up or move: all but the attributes and the last activity of the profile."""
    shown = unordered(read.json())
    if not isinstance(shown, dict):
        return shown
    sections = cast("dict[str, Any]", shown)
    return {name: _only(part, _COUNTED) if name == "profile" else part for name, part in sections.items()}


def balances(read: Exchange) -> Any:
    """The points of a ledger and its subledgers."""
    return {name: read.at(name) for name in ("balance", "subledgerBalances")}


def difference(view: View, before: Exchange, after: Exchange) -> tuple[str, str] | None:
    """Pointer and wording of the first difference; None where both reads show the same, or both were refused.

    What a refusal says is not compared: it may well name the request or the time.
    """
    if before.ok != after.ok:
        return "", f"was answered {before.status}, is answered {after.status}"
    if not before.ok:
        return None
    return next(differences(view(before), view(after)), None)


def changed(case: Case, view: View, before: Exchange, after: Exchange) -> tuple[str, str] | None:
    """Like :func:`difference`, places aside that change by being read: a second read right after tells which do."""
    found = difference(view, before, after)
    if found is None or not (before.ok and after.ok):
        return found
    again = case.off_plan(lambda: case.send(after.operation, path=after.call.path, query=after.call.query))
    if not again.ok:
        return found
    moving = {pointer for pointer, _ in differences(view(after), view(again))}
    return next((one for one in differences(view(before), view(after)) if one[0] not in moving), None)


def at_rest(case: Case, read: Callable[[], Exchange]) -> Exchange:
    """The read once all that the case wrote has had the target's settle time to show: nothing moves by itself then."""
    settle = case.bench.target.settle
    written = [one for one in case.history if one.method != "GET" and one.ok and not one.call.query.get("dry")]
    if settle and written:
        time.sleep(max(0.0, written[-1].started + written[-1].seconds + settle - time.time()))
    return read()


def reread(case: Case, view: View, before: Exchange, read: Callable[[], Exchange]) -> Exchange:
    """The read after a call that may not change anything; a change has the target's settle time to show."""
    return case.settled(read, lambda after: difference(view, before, after) is not None)


def judge_unchanged(
    case: Case, requirement: str, view: View, before: Exchange, calls: Sequence[Exchange], after: Exchange
) -> bool:
    """Judges that the calls between two reads changed nothing of what the reads show.

    A finding points to the section that changed and says the place in words: which place comes first depends on what
    was there before, and a replay must find the same. Blocks the case where a read was neither answered nor refused.
    """
    for read in (before, after):
        if not (read.ok or read.refused):
            case.block(f"{read.operation} answered {read.status}")
    found = changed(case, view, before, after)
    pointer, words = found or ("", "")
    message = f"{pointer or 'the read'} {words} after a dry {calls[-1].operation}" if calls and found else ""
    section = "/".join(pointer.split("/")[:2])
    return case.judge(requirement, found is None, message, of=(before, *calls, after), pointer=section)


def judge_unmoved(
    case: Case, views: Sequence[tuple[str, View]], attempt: Callable[[], tuple[Exchange, Exchange, Exchange]]
) -> None:
    """Judges by each requirement's view that a dry call changes nothing of something that others use too.

    An attempt is a read, the call and a read again. What seems to change is tried a second time, off the plan: where it
    then stands still, somebody else had moved it, and the case is blocked.
    """
    before, call, after = attempt()
    if any(difference(view, before, after) for _, view in views):
        before, call, after = case.off_plan(attempt)
        if not any(difference(view, before, after) for _, view in views):
            case.block(f"what {before.operation} shows was moved by somebody else")
    for requirement, view in views:
        judge_unchanged(case, requirement, view, before, [call], after)


def unordered(value: Any) -> Any:
    """The JSON value with its arrays sorted, at every depth: for arrays whose order no source states."""
    match value:
        case list():
            items = [unordered(item) for item in cast("list[Any]", value)]
            return sorted(items, key=sortable)
        case dict():
            return {key: unordered(item) for key, item in cast("dict[str, Any]", value).items()}
        case _:
            return value


def _only(value: Any, names: Sequence[str]) -> Any:
    if not isinstance(value, dict):
        return value
    found = cast("dict[str, Any]", value)
    return {name: found[name] for name in names if name in found}
