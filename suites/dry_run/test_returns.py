"""A dry return shows what a return would do, and returns nothing."""

from __future__ import annotations

from functools import partial

from strategies import unchanged
from strategies.returns import Entries, within
from strategies.unchanged import SECTIONS, at_rest, judge_unchanged, reread
from talonproof.plugin import scenario
from talonproof.run.api import CART, Api
from talonproof.run.case import Case
from talonproof.run.explore import explore

OPERATIONS = ("getCustomerSession", "updateCustomerSessionV2", "returnCartItems")
UNITS = [line["quantity"] for line in CART]


@scenario("DRY-008", "DRY-013", footprint="consume", requests=7, operations=(*OPERATIONS, "getCustomerInventory"))
def test_a_dry_return_returns_nothing(case: Case, api: Api) -> None:
    """After a dry return, session and customer read as before, and the same units can still be returned."""
    profile = case.new_id("profile")
    session = api.arrange("closed", {"profileId": profile})
    owned = at_rest(case, partial(api.inventory, profile, **SECTIONS))
    before = case.arranged(api.get_session(session))
    line = [{"position": 0, "quantity": UNITS[0]}]
    dry = case.arranged(api.return_items(session, line, dry=True))
    after = api.get_session(session)
    judge_unchanged(case, "DRY-008", unchanged.session, before, [dry], after)
    after = reread(case, unchanged.used_up, owned, partial(api.inventory, profile, **SECTIONS))
    judge_unchanged(case, "DRY-013", unchanged.used_up, owned, [dry], after)
    real = api.return_items(session, line)
    case.accepted("DRY-008", real, doing="the same return in earnest", check="afterwards", after=[dry])


@scenario("DRY-008", footprint="dry", requests=3, needs=("closed_session",), operations=OPERATIONS)
def test_a_dry_return_leaves_a_bound_session(case: Case, api: Api) -> None:
    """A dry return leaves the closed session that stands ready as it was."""
    session = case.bindings.closed_session
    assert session is not None
    before = case.arranged(api.get_session(session))
    dry = case.arranged(api.return_items(session, [{"position": 0, "quantity": 1}], dry=True))
    after = api.get_session(session)
    judge_unchanged(case, "DRY-008", unchanged.session, before, [dry], after)


@scenario("DRY-008", footprint="consume", requests=5, examples=(0, 5, 150), operations=OPERATIONS)
def test_no_dry_return_returns_anything(case: Case, api: Api) -> None:
    """Whichever units a dry return takes, the session reads as before, and they can be returned in earnest."""

    def body(entries: Entries) -> None:
        session = api.arrange("closed")
        before = case.arranged(api.get_session(session))
        dry = api.return_items(session, entries, dry=True)
        complete = sum(entry["quantity"] for entry in entries) == sum(UNITS)
        if not (complete and dry.refused):  # whether a server takes a complete return is unknown
            case.arranged(dry)
        after = api.get_session(session)
        judge_unchanged(case, "DRY-008", unchanged.session, before, [dry], after)
        real = api.return_items(session, entries)
        if not complete:
            case.accepted("DRY-008", real, doing="the same return in earnest", check="afterwards", after=[dry])

    explore(case, within(UNITS), body)
