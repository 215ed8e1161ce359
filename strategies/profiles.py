"""Bodies of profile updates, of one profile and of many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from strategies.bodies import Valid
from strategies.placeholders import PROFILE, several
from strategies.words import attributes
from talonproof.target import Bindings

MOST_PROFILES = 1_000
"""The most profiles of one request (prose of updateCustomerProfilesV2)."""


def profiles(bindings: Bindings, *, audiences: bool = False) -> SearchStrategy[dict[str, Any]]:
    """Updates of one profile; the simplest is empty.

    Attributes only under the name bound for profiles. ``audiences`` lets the profile enter or leave
    the bound audience, where one is bound: that changes a thing of others.
    """
    optional: dict[str, SearchStrategy[Any]] = {}
    custom = attributes(bindings.profile_attribute)
    if custom is not None:
        optional["attributes"] = custom
    if audiences and bindings.audience is not None:
        member = st.just([bindings.audience])
        nobody = st.builds(list[int])
        optional["audiencesChanges"] = st.one_of(
            st.fixed_dictionaries({"adds": member, "deletes": nobody}),
            st.fixed_dictionaries({"adds": nobody, "deletes": member}),
        )
    return st.fixed_dictionaries({}, optional=optional)


def many_profiles(bindings: Bindings, people: Sequence[str] = several(PROFILE, 4)) -> SearchStrategy[dict[str, Any]]:
    """Updates of some of the people, each at most once; the simplest is of the first, and changes nothing of it."""
    optional: dict[str, SearchStrategy[Any]] = {}
    custom = attributes(bindings.profile_attribute)
    if custom is not None:
        optional["attributes"] = custom
    one = st.fixed_dictionaries({"integrationId": st.sampled_from(list(people))}, optional=optional)
    drawn = st.lists(one, min_size=1, max_size=len(people), unique_by=lambda item: item["integrationId"])
    return drawn.map(lambda items: {"customerProfiles": items})


def calls(bindings: Bindings) -> tuple[Valid, ...]:
    """One rich call of the operation that updates many profiles."""
    values = {bindings.profile_attribute: "a"} if bindings.profile_attribute else {}
    items = [{"integrationId": profile, "attributes": values} for profile in several(PROFILE, 2)]
    return (Valid("updateCustomerProfilesV2", {}, {"silent": "no"}, {"customerProfiles": items}),)
