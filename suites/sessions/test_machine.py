"""Random programs of actions on one session, beside the reference model: after every step both must agree."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from strategies import actions
from strategies.playing import Player
from talonproof.model import Action, EmptyUpdate, Line, Read, Reopen, Return, Session, State, Update, step, to_json
from talonproof.plugin import scenario
from talonproof.run.case import Case
from talonproof.run.explore import Program, explore_machine
from talonproof.target import Bindings

STEPS = 8
CODES = ("TP-NOT-A-CODE", "TP-NEITHER")
REFERRALS = ("TP-NOBODY",)
RETURNABLE = frozenset({State.CLOSED, State.PARTIALLY_RETURNED})
STATES = (None, "open", "closed", "cancelled", "partially_returned")
JUDGED = (
    *("R5a", "R5b", "R5c", "R6", "R7", "R8", "R9", "R10", "R11a", "R11b", "R12a", "R12b", "R13", "R14a", "R14b", "R15"),
    *("R1a", "R1b", "R2", "R3", "R4", "R28", "R29a", "R29b", "R29c", "R30a", "R30b", "R30c", "R31a", "R31b", "R48"),
    *("R16", "R17", "R18", "R19", "R52", "R53", "R59", "R127", "R154a", "R154b", "R162"),
    *(f"T{row:02}-{part}" for row in range(1, 46) for part in ("status", "state")),
)
"""The rules that the model speaks for."""


def written_for(bindings: Bindings) -> type[Program[Action]]:
    """A machine that writes programs for a target, guided by what the model says is stored."""

    class Machine(Program[Action]):
        """Its rules add an action each; the model alone says which make sense."""

        def __init__(self) -> None:
            super().__init__()
            self.session: Session | None = None

        def add(self, action: Action) -> None:
            """The next step of the program; the likeliest of what may follow is what the next rule sees."""
            self.actions.append(action)
            self.session = step(self.session, action).possible[0]

        @initialize(action=actions.updates(bindings, states=("open", "closed")), cart=actions.lines(bindings))
        def create(self, action: Update, cart: tuple[Line, ...]) -> None:
            """Every program begins with a session that has something in its cart."""
            self.add(replace(action, cart=cart))

        @precondition(lambda self: self.session.state is State.OPEN)
        @rule(action=actions.updates(bindings, states=(None, "open"), coupons=CODES, referrals=REFERRALS, nulls=True))
        def update(self, action: Update) -> None:
            """An open session may be updated as often as one likes."""
            self.add(action)

        @precondition(lambda self: self.session.state is State.OPEN)
        @rule(action=actions.updates(bindings, states=("closed",)))
        def close(self, action: Update) -> None:
            """The end of an open session, with or without new content."""
            self.add(action)

        @precondition(lambda self: self.session.state is not State.CANCELLED)
        @rule()
        def cancel(self) -> None:
            """The end of any session that is not cancelled already."""
            self.add(Update(state="cancelled"))

        @precondition(lambda self: self.session.state is State.CLOSED)
        @rule()
        def reopen(self) -> None:
            """A closed session may be reopened."""
            self.add(Reopen())

        @precondition(lambda self: self.session.state in RETURNABLE and self.session.remaining > 0)
        @rule(data=st.data())
        def return_units(self, data: Any) -> None:
            """Units that were sold may be returned."""
            self.add(data.draw(actions.returned(self._remaining())))

        @precondition(lambda self: self.session.state in RETURNABLE and self.session.cart)
        @rule(data=st.data())
        def return_what_is_not_there(self, data: Any) -> None:
            """Units that were not sold, or are returned already, may not."""
            self.add(data.draw(actions.returned(self._remaining(), lawful=False)))

        @rule(action=actions.updates(bindings, states=STATES, coupons=CODES, referrals=REFERRALS, dry=True))
        def anything(self, action: Update) -> None:
            """Any update in any state, dry or not, lawful or not."""
            self.add(action)

        @precondition(lambda self: self.session.remaining > 0)
        @rule(data=st.data())
        def dry_return(self, data: Any) -> None:
            """A return that is only tried."""
            self.add(replace(data.draw(actions.returned(self._remaining())), dry=True))

        @rule(action=st.sampled_from([Read(), Reopen(), Return(((0, 1),)), EmptyUpdate()]))
        def other(self, action: Action) -> None:
            """What changes nothing, or may be out of place."""
            self.add(action)

        def _remaining(self) -> list[int]:
            assert self.session is not None
            return [line.remaining for line in self.session.cart]

    return Machine


def playing(case: Case) -> AbstractContextManager[Callable[[Action], object]]:
    """Carries out actions on a fresh session."""
    return nullcontext(Player(case).play)


@scenario(also=JUDGED, footprint="consume", requests=2 * STEPS, examples=(0, 8, 400))
def test_machine(case: Case) -> None:
    """Whatever is done to a session in whatever order, the target stores what the clauses say."""
    explore_machine(case, written_for(case.bindings), partial(playing, case), steps=STEPS, show=to_json)
