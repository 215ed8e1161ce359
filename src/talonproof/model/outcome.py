"""What may be stored once a call was carried out, likeliest first.

There is more than one outcome where the sources leave it open: whether named entries (additional
costs, attributes) that an update does not send stay, whether a cancellation takes the content sent
with it, and what becomes of a call that should have been refused.
"""

from __future__ import annotations

from dataclasses import replace

from talonproof.model.action import Action, EmptyUpdate, Read, Reopen, Return, State, Unsent, Update
from talonproof.model.session import Session, StoredLine

Outcomes = tuple[Session | None, ...]


def outcomes(session: Session | None, action: Action) -> Outcomes:
    """The sessions that an accepted action may leave (None: none of that id); never empty."""
    match action:
        case Update(dry=True) | Return(dry=True):
            return (session,)
        case Update():
            return _created(action) if session is None else _updated(session, action)
        case Return():
            return (None,) if session is None else _returned(session, action)
        case Reopen() if session is not None and session.state is State.CLOSED:
            return (session.became(State.OPEN),)
        case Reopen() | EmptyUpdate() | Read():
            return (session,)


def content(session: Session | None, update: Update, *, merged: bool) -> Session:
    """The session with what the update sends, in its old state; named entries not sent stay if ``merged``."""
    before = session or Session(State.OPEN)
    costs, attributes = update.costs, update.attributes
    if costs is None or merged:
        costs = tuple((dict(before.costs) | dict(costs or ())).items())
    if attributes is None or merged:
        attributes = tuple((dict(before.attributes) | dict(attributes or ())).items())
    return replace(
        before,
        cart=before.cart if update.cart is None else tuple(StoredLine.of(line) for line in update.cart),
        codes=before.codes if isinstance(update.codes, Unsent) else update.codes,
        referral=before.referral if isinstance(update.referral, Unsent) else update.referral,
        costs=costs,
        identifiers=before.identifiers if update.identifiers is None else update.identifiers,
        attributes=attributes,
    )


def _created(update: Update) -> Outcomes:
    session = content(None, update, merged=True)
    match update.state:
        case State.CLOSED:
            return (session.became(State.CLOSED),)
        case State.CANCELLED | State.PARTIALLY_RETURNED:
            return (None,)
        case _:
            return (session,)


def _updated(session: Session, update: Update) -> Outcomes:
    is_open, asked = session.state is State.OPEN, update.state
    # The cart of a closed session is not modified (R6), nor that of one whose state is repeated (R154b).
    if (session.state is State.CLOSED and asked != State.CANCELLED) or (asked == session.state and not is_open):
        update = replace(update, cart=None)
    merged, replaced = content(session, update, merged=True), content(session, update, merged=False)
    if asked == State.CANCELLED:
        found, state = (session, merged, replaced), State.CANCELLED
    elif is_open and asked == State.CLOSED:
        found, state = (merged, replaced), State.CLOSED
    elif is_open and asked in {None, State.OPEN}:
        found, state = (merged, replaced), State.OPEN
    else:
        found, state = (session, merged, replaced), session.state
    return tuple(dict.fromkeys(one.became(state) for one in found))


def _returned(session: Session, action: Return) -> Outcomes:
    outside = any(not 0 <= position < len(session.cart) for position, _ in action.lines)
    after = session.became(State.PARTIALLY_RETURNED) if outside else session.returned(action.lines)
    takes = session.state in {State.CLOSED, State.PARTIALLY_RETURNED}
    return (after,) if takes and not outside else (session, after)
