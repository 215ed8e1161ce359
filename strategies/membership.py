"""Audiences of the run's own, who is seen to be a member of one, and the attributes that members are seen to have."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from strategies.showing import objects
from talonproof.http.exchange import Exchange
from talonproof.model.observed import amount
from talonproof.run.api import Api
from talonproof.run.case import Case


@dataclass(frozen=True, slots=True)
class Audience:
    """An audience by the number that the server gave it, and the id of the run's own that is its name too."""

    number: int
    name: str


@contextmanager
def audience(case: Case, api: Api) -> Generator[Audience]:
    """A fresh audience with an integration id, deleted at the end; 2 requests.

    Raises Blocked where the target makes none.
    """
    name = case.new_id("audience")
    made = Audience(number_of(case, api.create_audience({"name": name, "integrationId": name})), name)
    try:
        yield made
    finally:
        api.delete_audience(made.number)


def number_of(case: Case, created: Exchange) -> int:
    """The number of the audience that a call has created; blocks the case where the answer shows none."""
    number = amount(case.arranged(created).at("id"))
    if number is None or number != number.to_integral_value():
        case.block(f"{created.operation} answered without the id of the audience")
    return int(number)


def memberships(read: Exchange) -> frozenset[int]:
    """The numbers of the audiences that the profile in an inventory belongs to."""
    numbers = (amount(one.get("id")) for one in objects(read.at("profile", "audienceMemberships")))
    return frozenset(int(number) for number in numbers if number is not None)


def is_member(read: Exchange, audience: Audience) -> bool:
    """Whether the profile in an inventory is a member of an audience."""
    return audience.number in memberships(read)


def seen(case: Case, api: Api, profile: str, audience: Audience, *, inside: bool) -> Exchange:
    """The inventory once it shows that a profile is in an audience, or is not, or when the settle time is up.

    Blocks the case where the read is neither answered nor refused: it would look like no membership.
    """
    read = case.settled(lambda: api.inventory(profile, profile=True), lambda read: is_member(read, audience) is inside)
    return told(case, read)


def joined(case: Case, api: Api, profile: str, audience: Audience) -> Exchange:
    """Makes a profile a member of an audience by an update of the profile, and waits until it is one; 2 requests.

    Gives the update. Blocks the case where that does not come about: it is judged elsewhere.
    """
    changes = {"adds": [audience.number], "deletes": []}
    sent = case.arranged(api.put_profile(profile, {"audiencesChanges": changes}))
    if not is_member(seen(case, api, profile, audience, inside=True), audience):
        case.block("the profile that is to be a member of the audience is not seen to be one")
    return sent


def told(case: Case, read: Exchange) -> Exchange:
    """The read, if it was answered or refused; blocks the case otherwise: what is not shown could be there."""
    if not (read.ok or read.refused):
        case.block(f"{read.operation} answered {read.status}")
    return read


def attribute(read: Exchange, name: str | None, *, section: str = "profile") -> Any:
    """The value of an attribute in a section of an answer; None where it is not there."""
    held = read.at(section, "attributes")
    return cast("Mapping[str, Any]", held).get(name or "") if isinstance(held, Mapping) else None
