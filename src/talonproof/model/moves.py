"""Which kind of call an action is on a session, as the state table tells them apart."""

from __future__ import annotations

from collections import Counter

from talonproof.model.action import Action, EmptyUpdate, Read, Reopen, Return, State, Update
from talonproof.model.session import Session
from talonproof.model.transitions import NO_STATE, Kind, Move


def move_of(session: Session | None, action: Action) -> Move | None:
    """The kind of the call; None for one that no source speaks of.

    All returns on an id without session, or on an open or cancelled one, are of one kind.
    """
    match action:
        case Update():
            state = action.state if action.state is None or action.state in set(State) else NO_STATE
            return Move(Kind.DRY_UPDATE if action.dry else Kind.UPDATE, state)
        case EmptyUpdate():
            return Move(Kind.EMPTY_UPDATE)
        case Return():
            kind = _return(session, action)
            return None if kind is None else Move(kind)
        case Reopen():
            return Move(Kind.REOPEN)
        case Read():
            return Move(Kind.READ)


def _return(session: Session | None, action: Return) -> Kind | None:
    if session is None or session.state in {State.OPEN, State.CANCELLED}:
        return None if action.dry else Kind.RETURN
    kind = _fit(session, action)
    if not action.dry:
        return kind
    # Whether a server takes a complete return is unknown (row 24), dry or not.
    return Kind.DRY_RETURN if kind is Kind.RETURN_SOME else None


def _fit(session: Session, action: Return) -> Kind | None:
    units: Counter[int] = Counter()
    for position, count in action.lines:
        units[position] += count
    if any(not 0 <= position < len(session.cart) for position in units):
        return Kind.RETURN_OUTSIDE
    if any(count > session.cart[position].remaining for position, count in units.items()):
        return Kind.RETURN_TOO_MANY
    if len(units) < len(action.lines):
        # A position that comes twice, within what remains: no source says whether that is lawful.
        return None
    return Kind.RETURN_ALL if units.total() == session.remaining else Kind.RETURN_SOME
