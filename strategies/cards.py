"""Loyalty cards of the run's own, and whose they are seen to be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from strategies.showing import objects
from talonproof.http.exchange import Exchange
from talonproof.model.observed import amount
from talonproof.run.api import Api
from talonproof.run.case import Case


@dataclass(frozen=True, slots=True)
class Card:
    """A card that the server has made. ``limit`` is how many profiles it takes (0: any number)."""

    identifier: str
    limit: int
    made: Exchange


def new_card(case: Case, api: Api, people: Iterable[str] = ()) -> Card:
    """A fresh card with these profiles, under the identifier that the server chooses; 1 request.

    Blocks the case where none is made, or the answer does not tell its identifier and its limit.
    """
    owners = list(people)
    made = case.arranged(api.make_card({"customerProfileIds": owners} if owners else {}))
    identifier, limit = made.at("identifier"), amount(made.at("usersPerCardLimit"))
    if not isinstance(identifier, str) or not identifier:
        case.block("the new card has no identifier")
    if limit is None:
        case.block("the new card has no usersPerCardLimit")
    return Card(identifier, int(limit), made)


def owners(answer: Exchange) -> frozenset[str] | None:
    """The profiles that an answer shows for a card; None where it does not show them."""
    if not answer.ok or not isinstance(answer.at("profiles"), list):
        return None
    names = (one.get("integrationId") for one in objects(answer.at("profiles")))
    return frozenset(name for name in names if isinstance(name, str))
