"""Bodies of custom events."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from strategies.placeholders import PROFILE
from strategies.words import attributes
from talonproof.target import Bindings

CUSTOMARY: Final = ("tp_signed_up", "signed_up", "pageViewed")
"""Types that an account may have where its target file binds none: that of `target recipe`, and two that are common."""


def events(bindings: Bindings) -> SearchStrategy[dict[str, Any]]:
    """Events of the bound type by :data:`~strategies.placeholders.PROFILE`; the simplest has nothing else.

    Attributes only under the name bound for events, the store only where one is bound. Needs ``event_type``
    to be bound: ValueError without.
    """
    if not bindings.event_type:
        message = "events need the binding event_type"
        raise ValueError(message)
    optional: dict[str, SearchStrategy[Any]] = {}
    custom = attributes(bindings.event_attribute)
    if custom is not None:
        optional["attributes"] = custom
    if bindings.store:
        optional["storeIntegrationId"] = st.just(bindings.store)
    always = {"profileId": st.just(PROFILE), "type": st.just(bindings.event_type)}
    return st.fixed_dictionaries(always, optional=optional)
