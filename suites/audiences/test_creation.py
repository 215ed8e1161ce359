"""Audiences can be created in three ways, and an id that a platform gave to one is taken."""

from __future__ import annotations

from typing import Any

import pytest

from strategies.membership import number_of
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case

OPERATIONS = ("createAudienceV2", "deleteAudienceV2")


def body(case: Case, way: str) -> dict[str, Any]:
    """A new audience, made in one of the ways."""
    name = case.new_id("audience")
    sent = {"name": name}
    if way != "name":
        sent["integrationId"] = name
    if way == "platform":
        sent["integration"] = case.bindings.audience_integration or ""
    return sent


def creation(way: str, words: str, *needs: str) -> Any:
    """A way to create an audience."""
    mark = scenario("AUD-001", footprint="create", requests=2, depth="release", needs=needs, operations=OPERATIONS)
    return pytest.param(way, words, marks=mark, id=way)


@pytest.mark.parametrize(
    ("way", "words"),
    [
        creation("name", "its name alone"),
        creation("id", "an integrationId and no integration"),
        creation("platform", "an integration and an integrationId", "audience_integration"),
    ],
)
def test_an_audience_is_created(case: Case, api: Api, way: str, words: str) -> None:
    """An audience can be created by its name, with the id that some platform gave it, and with platform and id."""
    created = api.create_audience(body(case, way))
    if case.accepted("AUD-001", created, doing=f"the creation of an audience with {words}", check=f"created_by_{way}"):
        api.delete_audience(number_of(case, created))


def taken(way: str, requirement: str, *needs: str) -> Any:
    """A way to create an audience whose id is taken."""
    mark = scenario(requirement, footprint="create", requests=3, depth="release", needs=needs, operations=OPERATIONS)
    return pytest.param(way, requirement, marks=mark, id=way)


@pytest.mark.parametrize(
    ("way", "requirement"), [taken("platform", "AUD-002", "audience_integration"), taken("id", "AUD-003")]
)
def test_an_id_is_taken(case: Case, api: Api, way: str, requirement: str) -> None:
    """An audience with the id of another one, of the same platform or both of none, is answered 409."""
    sent = body(case, way)
    number = number_of(case, api.create_audience(sent))
    again = api.create_audience({**sent, "name": f"{sent['name']} again"})
    case.answered(requirement, again, 409, doing="a second audience with the same id")
    if again.ok:
        case.off_plan(lambda: api.delete_audience(number_of(case, again)))
    api.delete_audience(number)
