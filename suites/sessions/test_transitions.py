"""The whole state x operation table: each row is brought about, called, and judged by answer and stored state."""

from __future__ import annotations

import pytest

from strategies.playing import Player
from talonproof.model import TABLE, Session, Transition, step
from talonproof.model.action import Action, Read, Update
from talonproof.model.scenario import act, path
from talonproof.plugin import scenario
from talonproof.run.case import Case

SMOKE = frozenset({"T04", "T14", "T18-open", "T22", "T25-too-many", "T32", "T36-open"})
"""The rows that catch most for the fewest requests."""


def expected(row: Transition) -> tuple[tuple[Action, ...], Action, Session | None]:
    """The way to a row, the action it speaks of, and the session that the model expects before it."""
    session: Session | None = None
    way = path(row)
    for action in way:
        session = step(session, action).accepted[0]
    return way, act(row, session), session


def footprint(actions: tuple[Action, ...]) -> str:
    """What the actions do to an account, if the target accepts them all."""
    if all(isinstance(action, Read) for action in actions):
        return "read"
    if all(getattr(action, "dry", False) for action in actions):
        return "dry"
    plain = all(isinstance(a, Read) or (isinstance(a, Update) and a.state in {None, "open"}) for a in actions)
    opened = (
        len(actions) == 2
        and plain_open(actions[0])
        and isinstance(actions[1], Update)
        and actions[1].state == "cancelled"
    )
    return "create" if plain or opened else "consume"


def plain_open(action: Action) -> bool:
    """Whether the action leaves an open session."""
    return isinstance(action, Update) and action.state in {None, "open"} and not action.dry


def parameter(row: Transition) -> object:
    """A row as a parameter, with what it judges and costs."""
    way, action, session = expected(row)
    judged = (row.status_rule, *row.status_rules, row.state_rule, *row.state_rules)
    also = step(session, action).rules
    reads = 1 if isinstance(action, Read) else 2
    mark = scenario(
        *judged,
        also=also,
        footprint=footprint((*way, action)),
        requests=len(way) + 1 + reads,
        depth="smoke" if row.name in SMOKE else "release",
    )
    return pytest.param(row, marks=mark, id=row.name)


@pytest.mark.parametrize("row", [parameter(row) for row in TABLE])
def test_transition(case: Case, row: Transition) -> None:
    """Each call in each state is answered as the table says, and leaves what the table says."""
    way, action, _ = expected(row)
    player = Player(case)
    for step_of_way in way:
        player.arrange(step_of_way)
    player.read()
    player.play(action, name=row.name)
