"""Actions on one session, as the reference model knows them: values alone, ids are bound when they are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from strategies.carts import additional_costs, carts, decimal
from strategies.returns import Entries, bad_position, too_many, within
from strategies.sessions import MOST_IDENTIFIERS
from strategies.words import attributes, words
from talonproof.model.action import Line, Return, Unsent, Update
from talonproof.target import Bindings


def lines(bindings: Bindings, *, max_size: int = 4) -> SearchStrategy[tuple[Line, ...]]:
    """Carts in the model's own form; the simplest is one ``a`` for 1."""
    return carts(bindings, max_size=max_size).map(lambda cart: tuple(_line(item) for item in cart))


def updates(
    bindings: Bindings,
    *,
    states: Sequence[str | None] = (None, "open", "closed", "cancelled"),
    coupons: Sequence[str] = (),
    referrals: Sequence[str] = (),
    nulls: bool = False,
    dry: bool = False,
) -> SearchStrategy[Update]:
    """Updates with any of the properties that the model follows; the simplest sends only the first of the states.

    A cart is there or not, codes are left out, emptied or set (and null with ``nulls``), costs and
    attributes have bound names only. ``dry`` draws dry and real updates.
    """
    unsent = [Unsent.ABSENT, Unsent.NULL] if nulls else [Unsent.ABSENT]
    codes: list[SearchStrategy[Any]] = [st.sampled_from(unsent), st.just(())]
    if coupons:
        codes.append(st.lists(st.sampled_from(list(coupons)), min_size=1, unique=True).map(tuple))
    charged = additional_costs(bindings)
    custom = attributes(bindings.session_attribute, bindings.number_attribute)
    return st.builds(
        Update,
        state=st.sampled_from(list(states)),
        cart=_maybe(lines(bindings)),
        codes=st.one_of(codes),
        referral=st.sampled_from([*unsent, "", *referrals]),
        costs=st.none() if charged is None else _maybe(charged.map(_costs)),
        identifiers=_maybe(st.lists(words(), max_size=MOST_IDENTIFIERS, unique=True).map(tuple)),
        attributes=st.none() if custom is None else _maybe(custom.map(lambda values: tuple(values.items()))),
        dry=st.booleans() if dry else st.just(False),
    )


def returned(remaining: Sequence[int], *, lawful: bool = True, dry: bool = False) -> SearchStrategy[Return]:
    """Returns for a cart with so many units left on each line: within them, or (not ``lawful``) beyond.

    ValueError for a lawful return where nothing remains, and for any where there is no cart.
    """
    if not remaining:
        message = "there is no cart to return from"
        raise ValueError(message)
    entries = within(remaining) if lawful else st.one_of(too_many(remaining), bad_position(remaining))
    drawn = st.booleans() if dry else st.just(False)
    return st.builds(Return, entries.map(_pairs), dry=drawn)


def _pairs(entries: Entries) -> tuple[tuple[int, int], ...]:
    return tuple((entry["position"], entry["quantity"]) for entry in entries)


def _maybe(drawn: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.one_of(st.none(), drawn)


def _line(item: Mapping[str, Any]) -> Line:
    return Line(item["sku"], item["quantity"], decimal(item["price"]), tuple(item.get("attributes", {}).items()))


def _costs(costs: Mapping[str, Mapping[str, Any]]) -> tuple[tuple[str, Any], ...]:
    return tuple((name, decimal(cost["price"])) for name, cost in costs.items())
