"""An update of a profile sets the attributes that it sends and moves the profile between audiences, without effects."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from strategies.audiences import member_attributes
from strategies.membership import attribute, audience, memberships, told
from strategies.unchanged import at_rest
from talonproof.http.exchange import Exchange
from talonproof.model.observed import same
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.explore import explore
from talonproof.target import Bindings

OPERATIONS = ("updateCustomerProfileV2", "getCustomerInventory")


@scenario("PRO-001", footprint="create", requests=1, operations=OPERATIONS[:1])
def test_no_effects_without_the_rule_engine(case: Case, api: Api) -> None:
    """An update that does not ask for the rule engine has no effects."""
    judge_no_effects(case, case.arranged(api.put_profile(case.new_id("profile"), {})))


@scenario("PRO-002", footprint="create", requests=1, depth="release", operations=OPERATIONS[:1])
@pytest.mark.parametrize("engine", [pytest.param(None, id="absent"), pytest.param(False, id="false")])
def test_content_without_the_rule_engine(case: Case, api: Api, engine: bool | None) -> None:
    """What becomes of `responseContent` in an update without the rule engine is recorded."""
    answer = api.put_profile(case.new_id("profile"), {"responseContent": ["customerProfile"]}, run_rule_engine=engine)
    shows = "with" if answer.at("customerProfile") is not None else "without"
    case.observe("PRO-002", f"answered {answer.status}, {shows} the profile that was asked for")


@scenario(
    "PRO-013", "PRO-014",
    footprint="create",
    requests=5,
    depth="release",
    needs=("profile_attribute",),
    operations=OPERATIONS,
)  # fmt: skip
def test_attributes_stay_until_they_are_sent_again(case: Case, api: Api) -> None:
    """An attribute has the value that was sent last, and keeps it when an update leaves it out."""
    name = case.bindings.profile_attribute or ""
    profile = case.new_id("profile")
    case.arranged(api.put_profile(profile, {"attributes": {name: "before"}}))
    sent = case.arranged(api.put_profile(profile, {"attributes": {name: "after"}}))
    read = judge_attributes(case, api, sent, profile, {name: "after"})
    if read is None:
        return
    silent = case.arranged(api.put_profile(profile, {"attributes": {}}))
    again = at_rest(case, partial(api.inventory, profile, profile=True))
    value = attribute(told(case, again), name)
    case.judge(
        "PRO-014",
        same(value, "after"),
        f"the attribute was 'after', is {value!r} after an update that leaves it out",
        of=(read, silent, again),
        pointer=f"/profile/attributes/{name}",
        operation=silent.operation,
    )


@scenario(
    "PRO-001", "PRO-013",
    footprint="create",
    requests=2,
    examples=(0, 3, 100),
    needs=("profile_attribute",),
    operations=OPERATIONS,
)  # fmt: skip
def test_attributes_are_those_sent(case: Case, api: Api, bindings: Bindings) -> None:
    """Whatever attributes an update sends without the rule engine, the profile has them, and there are no effects."""

    def body(drawn: dict[str, Any]) -> None:
        profile = case.new_id("profile")
        sent = api.put_profile(profile, {"attributes": drawn}, run_rule_engine=False)
        if case.accepted("PRO-013", sent, doing="an update with an attribute that is defined"):
            judge_no_effects(case, sent)
            judge_attributes(case, api, sent, profile, drawn)

    explore(case, member_attributes(bindings), body)


@scenario(
    "PRO-012",
    footprint="create",
    requests=8,
    depth="release",
    operations=(*OPERATIONS, "createAudienceV2", "deleteAudienceV2"),
)
def test_a_profile_moves_between_audiences(case: Case, api: Api) -> None:
    """After `audiencesChanges` a profile is in the audiences it was added to, and not in those it was deleted from."""
    profile = case.new_id("profile")
    with audience(case, api) as first, audience(case, api) as second:
        both = {first.number, second.number}
        for adds, deletes in (([first.number], []), ([second.number], [first.number])):
            sent = api.put_profile(profile, {"audiencesChanges": {"adds": adds, "deletes": deletes}})
            if not case.accepted("PRO-012", sent, doing="an update with audiencesChanges"):
                return
            read = case.settled(
                partial(api.inventory, profile, profile=True),
                lambda read, adds=adds: memberships(read) & both == frozenset(adds),
            )
            found = memberships(told(case, read)) & both
            if not case.judge(
                "PRO-012",
                found == frozenset(adds),
                f"of the two audiences the profile is in {sorted(found)}, expected {adds}",
                of=(sent, read),
                pointer="/profile/audienceMemberships",
                operation=sent.operation,
            ):
                return


def judge_no_effects(case: Case, answer: Exchange) -> bool:
    """Judges that the answer to an update without the rule engine has no effects."""
    found = answer.at("effects")
    return case.judge(
        "PRO-001",
        not found,
        f"the effects of an update without the rule engine are {found}, expected none",
        of=answer,
        pointer="/effects",
        check="no_effects",
    )


def judge_attributes(case: Case, api: Api, sent: Exchange, profile: str, expected: dict[str, Any]) -> Exchange | None:
    """The inventory, if it shows the profile with the attributes expected; 1 request."""

    def wrong(read: Exchange) -> str | None:
        return next((name for name, value in expected.items() if not same(attribute(read, name), value)), None)

    read = case.settled(partial(api.inventory, profile, profile=True), lambda read: wrong(read) is None)
    name = wrong(told(case, read))
    message = f"the attribute is {attribute(read, name)!r}, expected {expected[name]!r}" if name else ""
    held = case.judge(
        "PRO-013",
        name is None,
        message,
        of=(sent, read),
        pointer=f"/profile/attributes/{name or next(iter(expected))}",
        operation=sent.operation,
        check="attributes",
    )
    return read if held else None
