"""Every row of the state table as a scenario: the actions that lead to it, and the one it speaks of."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from talonproof.model.action import Action, EmptyUpdate, Line, Read, Reopen, Return, State, Update
from talonproof.model.session import Past, Session
from talonproof.model.transitions import Kind, Transition

CART = (Line("tp-first", 3, Decimal("19.99")), Line("tp-second", 2, Decimal("5.5")))
"""Two lines of several units, so that some can be returned and some remain."""


def path(row: Transition, cart: tuple[Line, ...] = CART) -> tuple[Action, ...]:
    """The actions that bring a new id to where the row begins; none for a row without session.

    The cart needs at least three units in all, so that a first return leaves two.
    """
    opened = Update(state=State.OPEN, cart=cart)
    closed = Update(state=State.CLOSED, cart=cart)
    returned = Return(((0, 1),))
    match row.before, row.past:
        case None, _:
            return ()
        case State.OPEN, Past.REOPENED:
            return (closed, Reopen())
        case State.OPEN, _:
            return (opened,)
        case State.CLOSED, Past.REOPENED:
            return (closed, Reopen(), Update(state=State.CLOSED))
        case State.CLOSED, _:
            return (closed,)
        case State.PARTIALLY_RETURNED, _:
            return (closed, returned)
        case State.CANCELLED, Past.RETURNED:
            return (closed, returned, Update(state=State.CANCELLED))
        case State.CANCELLED, _:
            return (opened, Update(state=State.CANCELLED))


def act(row: Transition, session: Session | None, cart: tuple[Line, ...] = CART) -> Action:
    """The action of the row on the session that the path led to.

    Updates that must leave the session alone send another cart, so that a change would show.
    """
    move = row.move
    match move.kind:
        case Kind.UPDATE:
            return Update(state=move.state, cart=_sent(row, cart))
        case Kind.DRY_UPDATE:
            return Update(state=move.state, cart=_another(cart), dry=True)
        case Kind.EMPTY_UPDATE:
            return EmptyUpdate()
        case Kind.REOPEN:
            return Reopen()
        case Kind.READ:
            return Read()
        case Kind.RETURN | Kind.RETURN_SOME:
            return Return((_one_unit(session),))
        case Kind.DRY_RETURN:
            return Return((_one_unit(session),), dry=True)
        case Kind.RETURN_ALL:
            return Return(_all_units(session))
        case Kind.RETURN_TOO_MANY:
            return Return(_too_many(session))
        case Kind.RETURN_OUTSIDE:
            return Return(((len(session.cart) if session else 0, 1),))


def _sent(row: Transition, cart: tuple[Line, ...]) -> tuple[Line, ...] | None:
    if row.before is None:
        return cart
    # A cancellation, or the close of an open session, goes without a cart: the one stored must stay.
    if row.move.state == State.CANCELLED or (row.before is State.OPEN and row.move.state == State.CLOSED):
        return None
    return _another(cart)


def _another(cart: tuple[Line, ...]) -> tuple[Line, ...]:
    return (replace(cart[0], quantity=cart[0].quantity + 1), *cart[1:])


def _one_unit(session: Session | None) -> tuple[int, int]:
    lines = session.cart if session else ()
    return next(((index, 1) for index, line in enumerate(lines) if line.remaining > 0), (0, 1))


def _all_units(session: Session | None) -> tuple[tuple[int, int], ...]:
    lines = session.cart if session else ()
    return tuple((index, line.remaining) for index, line in enumerate(lines) if line.remaining > 0)


def _too_many(session: Session | None) -> tuple[tuple[int, int], ...]:
    """One unit too many of the last line, beside lawful units: all of it must be refused."""
    lines = session.cart if session else ()
    last = len(lines) - 1
    lawful = tuple((index, 1) for index, line in enumerate(lines[:last]) if line.remaining > 0)
    return (*lawful, (last, lines[last].remaining + 1))
