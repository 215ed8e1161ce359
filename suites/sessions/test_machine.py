"""Random programs of actions on one session, beside the reference model: after every step both must agree."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from strategies import actions
from strategies.playing import Player
from talonproof.model import Action, EmptyUpdate, Read, Reopen, Session, State, step, to_json
from talonproof.plugin import scenario
from talonproof.run.case import Case
from talonproof.run.explore import Program, explore_machine
from talonproof.target import Bindings

STEPS = 8
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

        @rule(action=actions.updates(bindings, states=STATES, coupons=("TP-NOT-A-CODE", "TP-NEITHER"), referrals=("TP-NOBODY",), nulls=True))
        def update(self, action: Action) -> None:
            """Any update."""
            self.add(action)

        @rule(action=actions.updates(bindings, states=("open", "closed"), dry=True))
        def dry_or_plain_update(self, action: Action) -> None:
            """An update that may be dry."""
            self.add(action)

        @precondition(lambda self: self.session is not None and self.session.remaining > 0)
        @rule(data=st.data())
        def return_units(self, data: Any) -> None:
            """A return of units that are there."""
            self.add(data.draw(actions.returned(self._remaining(), dry=True)))

        @precondition(lambda self: self.session is not None and self.session.cart)
        @rule(data=st.data())
        def return_what_is_not_there(self, data: Any) -> None:
            """A return of too many units, or of a line that is not there."""
            self.add(data.draw(actions.returned(self._remaining(), lawful=False)))

        @precondition(lambda self: self.session is not None and self.session.state is not State.OPEN)
        @rule()
        def reopen(self) -> None:
            """A reopening, lawful or not."""
            self.add(Reopen())

        @rule(action=st.sampled_from([Read(), EmptyUpdate(), Reopen()]))
        def other(self, action: Action) -> None:
            """What changes nothing, or must not."""
            self.add(action)

        def _remaining(self) -> list[int]:
            return [line.remaining for line in self.session.cart] if self.session else []

    return Machine


@scenario(also=JUDGED, footprint="consume", requests=2 * STEPS, examples=(2, 30, 400))
def test_machine(case: Case) -> None:
    """Whatever is done to a session in whatever order, the target stores what the clauses say."""

    def played(program: tuple[Action, ...]) -> None:
        player = Player(case)
        for action in program:
            player.play(action)

    explore_machine(
        case,
        written_for(case.bindings),
        played,
        steps=STEPS,
        show=lambda program: [to_json(action) for action in program],
    )
