"""A situation is what rules are evaluated on: a session, a profile, or an event, at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from talonproof.emulator.call import Call
    from talonproof.emulator.profile import Profile
    from talonproof.emulator.session import Session


@dataclass(slots=True)  # not frozen: that takes four times as long to make, and nobody changes one
class Situation:
    """What has happened, and to whom.

    ``event`` is its type, ``closing`` says that the session is being closed, ``campaigns`` are the only ones to be
    evaluated (None: those that run): a dry call may choose them.
    """

    moment: int
    event: str
    session: Session | None = None
    profile: Profile | None = None
    event_attributes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    closing: bool = False
    campaigns: frozenset[int] | None = None


def moment(call: Call) -> int:
    """When the rules of a call are evaluated: now, or at the ``now`` that a dry call asked for."""
    asked: int | None = call.parameters.get("now")
    return call.now if asked is None else asked


def chosen(call: Call, sent: Mapping[str, Any]) -> frozenset[int] | None:
    """The campaigns that a dry call asked for; None where it named none, and for every other call."""
    named = sent.get("evaluableCampaignIds") if call.dry else None
    return frozenset(map(int, named)) if named else None
