"""Bodies about audiences of the run's own, and who is a member after them.

Every audience has an integration id: the sources speak of renaming and deleting such ones only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from strategies.bodies import Valid
from strategies.placeholders import AUDIENCE, AUDIENCE_NUMBER, PROFILE, several
from strategies.words import attributes, phrases
from talonproof.target import Bindings

MOST_CHANGES = 1_000
"""The most changes of one request (prose of updateCustomerProfileAudiences)."""

Changes = list[dict[str, Any]]
"""Items of ``data``: an action, a profile and the number of an audience each."""


def new_audiences() -> SearchStrategy[dict[str, Any]]:
    """Audiences with :data:`~strategies.placeholders.AUDIENCE` for id and name; the simplest has nothing else.

    Their name is their id because no source says that two audiences may share a name.
    """
    always = {"name": st.just(AUDIENCE), "integrationId": st.just(AUDIENCE)}
    return st.fixed_dictionaries(always, optional={"description": phrases()})


def names(own: str) -> SearchStrategy[str]:
    """Names that no other audience has: an id of the run, and a few words after it or none."""
    return st.one_of(st.just(own), phrases().map(lambda words: f"{own} {words}"))


def changes(people: Sequence[str] = several(PROFILE, 4)) -> SearchStrategy[Changes]:
    """Some of the people enter or leave :data:`~strategies.placeholders.AUDIENCE_NUMBER`, each at most once.

    The simplest lets the first one enter. Who is not there may leave too.
    """
    return st.lists(
        st.builds(change, st.sampled_from(["add", "delete"]), st.sampled_from(list(people))),
        min_size=1,
        max_size=len(people),
        unique_by=lambda item: item["profileIntegrationId"],
    )


def change(action: str, profile: str, audience: int = AUDIENCE_NUMBER) -> dict[str, Any]:
    """One item of a request."""
    return {"action": action, "profileIntegrationId": profile, "audienceId": audience}


def members(requests: Iterable[Changes]) -> frozenset[str]:
    """Who is in an audience that was empty, after requests about it were accepted one after the other."""
    inside: set[str] = set()
    for request in requests:
        for item in request:
            (inside.add if item["action"] == "add" else inside.discard)(item["profileIntegrationId"])
    return frozenset(inside)


def member_attributes(bindings: Bindings) -> SearchStrategy[dict[str, Any]]:
    """Attributes for all members: the body is the map itself. ValueError where none is bound for profiles."""
    custom = attributes(bindings.profile_attribute)
    if custom is None:
        message = "attributes of members need the binding profile_attribute"
        raise ValueError(message)
    return custom.filter(bool)


def calls(bindings: Bindings) -> tuple[Valid, ...]:
    """One rich call for each operation on audiences that has a body."""
    here = {"audienceId": AUDIENCE_NUMBER}
    first, second = several(PROFILE, 2)
    made = {"name": AUDIENCE, "integrationId": AUDIENCE, "description": "a"}
    values = {bindings.profile_attribute: "a"} if bindings.profile_attribute else {}
    return (
        Valid("createAudienceV2", {}, {}, made),
        Valid("updateAudienceV2", here, {}, {"name": AUDIENCE}),
        Valid("updateCustomerProfileAudiences", {}, {}, {"data": [change("add", first), change("delete", second)]}),
        Valid("updateAudienceCustomersAttributes", here, {}, values),
    )
