"""Bodies about loyalty cards of the run's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from strategies.bodies import Valid
from strategies.placeholders import CARD, PROFILE
from talonproof.target import Bindings

LONGEST_IDENTIFIER = 108
"""The most characters of a card's identifier, in every edition."""

_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"


def cards(people: Sequence[str] = (PROFILE,)) -> SearchStrategy[dict[str, Any]]:
    """New cards: with an identifier or without, active or not, for some of the people; the simplest is empty.

    One profile fits on every card; how many more do, ``usersPerCardLimit`` of an answer tells.
    """
    owners = st.lists(st.sampled_from(list(people)), max_size=len(people), unique=True)
    return st.fixed_dictionaries(
        {},
        optional={
            "cardIdentifier": st.just(CARD),
            "status": st.sampled_from(["active", "inactive"]),
            "customerProfileIds": owners,
        },
    )


def identifiers(own: str) -> SearchStrategy[str]:
    """Identifiers that every edition takes: an id of the run, with up to 108 letters, ``_`` and ``-`` in all."""
    room = LONGEST_IDENTIFIER - len(own)
    more = st.lists(st.sampled_from(_ALPHABET), max_size=room).map("".join)
    return st.one_of(more, st.just("a" * room)).map(lambda text: own + text)


def link(profile: str = PROFILE) -> dict[str, Any]:
    """The body that links a profile to a card."""
    return {"integrationId": profile}


def calls(bindings: Bindings) -> tuple[Valid, ...]:
    """One rich call for each operation on cards that has a body; none where no program of cards is bound."""
    if bindings.card_program is None:
        return ()
    program = {"loyaltyProgramId": bindings.card_program}
    card = {"cardIdentifier": CARD, "status": "active", "customerProfileIds": [PROFILE]}
    return (
        Valid("linkLoyaltyCardToProfile", {**program, "loyaltyCardId": CARD}, {}, link()),
        Valid("generateLoyaltyCard", program, {}, card),
    )
