"""Bodies of profile updates."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from strategies.words import attributes
from talonproof.target import Bindings


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
