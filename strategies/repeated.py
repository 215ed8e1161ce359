"""Sessions for updates that say the same twice: again as they were, or with the lines of the cart in another order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from strategies.carts import carts
from strategies.sessions import sessions
from strategies.showing import lines_of
from talonproof.target import Bindings

COMPARED: Final = ("cartItems", "additionalCosts", "identifiers", "storeIntegrationId", "id", "created")
"""What a session shows that follows from its updates alone: its attributes may be moved by campaigns."""

TOTALS: Final = ("total", "cartItemTotal", "additionalCostTotal")


def repeatable(bindings: Bindings) -> SearchStrategy[dict[str, Any]]:
    """Open sessions of one line to four, charged an additional cost wherever one is bound."""
    return sessions(bindings, largest_cart=4).map(
        lambda session: session if session.get("additionalCosts") else {**session, **charged(bindings)}
    )


def charged(bindings: Bindings) -> dict[str, Any]:
    """The additional cost that is bound, as a part of a session; nothing where none is."""
    return {"additionalCosts": {bindings.additional_cost: {"price": 4.9}}} if bindings.additional_cost else {}


def reordered(bindings: Bindings) -> SearchStrategy[tuple[list[Any], list[Any]]]:
    """A cart of two lines or more, and the same lines in another order."""
    return carts(bindings, min_size=2, max_size=4).flatmap(
        lambda cart: st.permutations(cart).filter(lambda other: other != cart).map(lambda other: (cart, list(other)))
    )


def settled_content(session: Mapping[str, Any]) -> dict[str, Any]:
    """Of a session in an answer, what is compared; item attributes are left out, which campaigns may move."""
    kept: dict[str, Any] = {name: session[name] for name in (*COMPARED, *TOTALS) if name in session}
    if isinstance(kept.get("cartItems"), list):
        lines = lines_of(session)
        kept["cartItems"] = [{name: line[name] for name in line if name != "attributes"} for line in lines]
    return kept
