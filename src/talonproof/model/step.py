"""What each action must bring about on a session, clause by clause, written from the catalogue.

The state table says how a call is answered and in which state the session is left; the rules on
content, counters, totals and dry runs add what else must be seen. Where no source decides, nothing
is claimed, and the sessions that may follow are listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from talonproof.model.action import Action, Line, Read, Return, State, Unsent, Update
from talonproof.model.claims import (
    Answered,
    Claim,
    CountersAddUp,
    HasAttributes,
    HasCart,
    HasCodes,
    HasCosts,
    HasCounters,
    HasIdentifiers,
    HasReferral,
    IsStored,
    IsUnchanged,
    KeepsCounters,
    KeepsIdentity,
    LacksItemAttributes,
    PartsAddUp,
    ReadsTheSame,
    TotalAddsUp,
    counters,
)
from talonproof.model.moves import move_of
from talonproof.model.outcome import Outcomes, content, outcomes
from talonproof.model.session import Session, StoredLine
from talonproof.model.transitions import Answer, Kind, Transition, transitions_of


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be seen after an action on a session (None: on an id that was never used).

    ``accepted`` are the sessions that may be stored if the call is carried out, likeliest first;
    if it is refused, ``before`` stays.
    """

    action: Action
    before: Session | None
    rows: tuple[Transition, ...]
    claims: tuple[Claim, ...]
    accepted: Outcomes

    @property
    def answer(self) -> Answer:
        """How the call must be answered; ANY where the claims leave it open."""
        answers = [claim.says.answer for claim in self.claims if isinstance(claim.says, Answered)]
        return answers[0] if answers else Answer.ANY

    @property
    def possible(self) -> Outcomes:
        """The sessions that may be stored afterwards by the claims, likeliest first."""
        match self.answer:
            case Answer.OK:
                return self.accepted
            case Answer.REFUSED:
                return (self.before,)
            case Answer.ANY:
                return tuple(dict.fromkeys((*self.accepted, self.before)))

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that the claims rest on, each once."""
        return tuple(dict.fromkeys(claim.rule for claim in self.claims))


def step(session: Session | None, action: Action) -> Expectation:
    """What must be seen after the action, and what may be stored then."""
    move = move_of(session, action)
    rows = transitions_of(session, move)
    claims = list(_by_table(rows, action))
    match action:
        case Update(dry=True):
            claims.append(Claim("R52" if session is None else "R53", IsUnchanged(session), Answer.ANY))
        case Update():
            claims += _by_update(session, action)
        case Return() if session is not None:
            claims += _by_return(session, action, move.kind if move else None)
        case Read():
            claims.append(Claim("R48", ReadsTheSame()))
        case _:
            pass
    if not isinstance(action, Read):
        claims.append(Claim("R127", IsUnchanged(session), Answer.REFUSED))
    return Expectation(action, session, rows, tuple(claims), outcomes(session, action))


def _by_table(rows: tuple[Transition, ...], action: Action) -> Iterator[Claim]:
    """The clauses of the rows, and the rules they are instances of."""
    # The schema of a request knows no null: what it does to the status is for R29c and R30c to say.
    nulls = isinstance(action, Update) and Unsent.NULL in {action.codes, action.referral}
    for row in rows:
        if not (nulls and row.answer is Answer.OK):
            for rule in (row.status_rule, *row.status_rules):
                yield Claim(rule, Answered(row.answer))
        for rule in (row.state_rule, *row.state_rules):
            yield Claim(rule, IsStored(row.after), row.given)


def _by_update(session: Session | None, update: Update) -> Iterator[Claim]:
    if session is not None:
        yield Claim("R5b", KeepsIdentity())
    if session is None or session.state is State.OPEN:
        # Whether a cancellation takes the content that is sent with it is stated nowhere.
        if update.state in {None, State.OPEN, State.CLOSED}:
            yield from _cart(session, update)
            yield from _codes(session, update)
            yield from _others(session, update)
            yield from _totals(session, update)
        return
    another = update.cart is not None and _stored(update.cart) != session.cart
    if session.state is State.CLOSED and update.state != State.CANCELLED and another:
        yield Claim("R6", HasCart(session.cart), Answer.ANY)
    if session.state in {State.CLOSED, State.CANCELLED} and update.state == session.state:
        yield Claim("R154b", HasCart(session.cart), Answer.ANY)


def _cart(session: Session | None, update: Update) -> Iterator[Claim]:
    before = session.cart if session else ()
    if update.cart is not None:
        yield Claim("R5a", HasCart(_stored(update.cart)))
        if gone := _not_resent(before, update.cart):
            yield Claim("R28", LacksItemAttributes(gone))
    elif before:
        yield Claim("R5c", HasCart(before))


def _not_resent(before: tuple[StoredLine, ...], cart: tuple[Line, ...]) -> tuple[tuple[int, str], ...]:
    """The attributes, by new position and name, that the item had before and is sent without."""
    had: dict[str, set[str]] = {}
    for line in before:
        had.setdefault(line.sku, set()).update(name for name, _ in line.attributes)
    return tuple(
        (index, name)
        for index, line in enumerate(cart)
        for name in sorted(had.get(line.sku, set()) - {name for name, _ in line.attributes})
    )


def _codes(session: Session | None, update: Update) -> Iterator[Claim]:
    codes, referral = (session.codes, session.referral) if session else ((), "")
    match update.codes:
        case Unsent.ABSENT if codes:
            yield Claim("R29b", HasCodes(codes))
        case Unsent.NULL if session:
            yield Claim("R29c", Answered(Answer.OK))
            yield Claim("R29c", HasCodes(codes))
        case Unsent():
            pass
        case sent:
            yield Claim("R29a" if codes and not sent else "R5a", HasCodes(sent))
    match update.referral:
        case Unsent.ABSENT if referral:
            yield Claim("R30b", HasReferral(referral))
        case Unsent.NULL if session:
            yield Claim("R30c", Answered(Answer.OK))
            yield Claim("R30c", HasReferral(referral))
        case Unsent():
            pass
        case sent:
            yield Claim("R30a" if referral and not sent else "R5a", HasReferral(sent))


def _others(session: Session | None, update: Update) -> Iterator[Claim]:
    """Identifiers, and the properties made of named entries.

    Whether entries that are not sent again stay is stated nowhere: only those sent are claimed.
    """
    if update.identifiers is not None:
        yield Claim("R5a", HasIdentifiers(update.identifiers))
    elif session and session.identifiers:
        yield Claim("R5c", HasIdentifiers(session.identifiers))
    if update.costs is not None:
        yield Claim("R5a", HasCosts(update.costs))
    elif session and session.costs:
        yield Claim("R5c", HasCosts(session.costs))
    if update.attributes is not None:
        yield Claim("R5a", HasAttributes(update.attributes))
    elif session and session.attributes:
        yield Claim("R5c", HasAttributes(session.attributes))


def _totals(session: Session | None, update: Update) -> Iterator[Claim]:
    # Of totals after a return nothing is stated; these sessions have seen none.
    merged, replaced = content(session, update, merged=True), content(session, update, merged=False)
    costs = merged.cost_total if dict(merged.costs) == dict(replaced.costs) else None
    yield Claim("R31a", TotalAddsUp())
    yield Claim("R31b", PartsAddUp(merged.item_total, costs))


def _by_return(session: Session, action: Return, kind: Kind | None) -> Iterator[Claim]:
    if session.state is State.CLOSED and action.dry:
        yield Claim("R59", IsUnchanged(session), Answer.ANY)
    before = counters(session)
    match kind:
        case Kind.RETURN_TOO_MANY:
            yield Claim("R18", KeepsCounters(before), Answer.ANY)
        case Kind.RETURN_OUTSIDE if session.state is State.PARTIALLY_RETURNED:
            yield Claim("R19", Answered(Answer.REFUSED))
        case Kind.RETURN_SOME | Kind.RETURN_ALL:
            touched = {position for position, _ in action.lines}
            after = counters(session.returned(action.lines))
            rest = tuple(one for one in before if one[0] not in touched)
            yield Claim("R16", HasCounters(tuple(one for one in after if one[0] in touched)))
            yield Claim("R17", CountersAddUp())
            if rest:
                yield Claim("R19", KeepsCounters(rest))
        case _:
            pass
    if session.state is State.CLOSED and kind in {Kind.RETURN_TOO_MANY, Kind.RETURN_OUTSIDE}:
        yield Claim("T25-state", KeepsCounters(before), Answer.ANY)


def _stored(cart: tuple[Line, ...]) -> tuple[StoredLine, ...]:
    return tuple(StoredLine.of(line) for line in cart)
