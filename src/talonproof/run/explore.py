"""Properties: drawn values sent to a server that remembers, with outcomes that Hypothesis can rely on.

A server is not a function: the same call twice may answer twice differently, and Hypothesis calls that
flaky. So outcomes are memoised by drawn value, ids are bound when a value is executed and are never drawn,
and one finding is shrunk at a time. Shrinking has an allowance of requests of its own; when it is spent,
every value not yet seen counts as harmless, and the smallest one known to fail stays the answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from talonproof.config import SHRINK_REQUESTS_A_FINDING
from talonproof.run.outcome import Ended

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from talonproof.run.case import Case, Shown


class ShownAgain(Exception):
    """The drawn value shows the finding that is being shrunk."""


T = TypeVar("T")
A = TypeVar("A")


def explore(
    case: Case, strategy: SearchStrategy[T], body: Callable[[T], None], *, show: Callable[[T], Any] = lambda value: value
) -> None:
    """Runs ``body`` for as many drawn values as the case's depth allows, and shrinks what is found.

    ``show`` makes plain JSON of a value; it is the value's identity, and how it is printed. On the
    second attempt only the values that showed something are run again.
    Raises what ``body`` raises, findings aside: they are kept by the case.
    """
    exploration = _Exploration(case, body, show)
    if exploration.replayed():
        return

    @hypothesis.seed(case.seed)
    @_settings(case)
    @given(strategy)
    def drawn(value: T) -> None:
        exploration.once(value)

    exploration.run(drawn)


class Program(RuleBasedStateMachine, Generic[A]):
    """A state machine whose rules write a program instead of executing it."""

    def __init__(self) -> None:
        super().__init__()
        self.actions: list[A] = []


def explore_machine(
    case: Case,
    machine: type[Program[A]],
    body: Callable[[tuple[A, ...]], None],
    *,
    steps: int,
    show: Callable[[tuple[A, ...]], Any],
) -> None:
    """Runs ``body`` for programs that a state machine writes, as ``explore`` does for values.

    The machine's rules only write a program, guided by its model; the program is executed as a whole
    once the machine is torn down, so that what the server answers never steers what is drawn.
    """
    exploration = _Exploration(case, body, show)
    if exploration.replayed():
        return

    class Bound(machine):  # type: ignore[valid-type,misc]
        def teardown(self) -> None:
            exploration.once(tuple(self.actions))

    hypothesis.seed(case.seed)(Bound)

    def drawn() -> None:
        run_state_machine_as_test(Bound, settings=settings(_settings(case), stateful_step_count=steps))

    exploration.run(drawn)


def _settings(case: Case) -> settings:
    return settings(
        max_examples=max(1, case.examples),
        derandomize=False,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )


@dataclass
class _Exploration(Generic[T]):
    """One property while it runs.

    ``seen`` holds what each value showed, by the value's text; ``aim`` is the finding that is shrunk, and
    ``last`` the value that showed it last: when Hypothesis is done, that is the smallest it found.
    """

    case: Case
    body: Callable[[T], None]
    show: Callable[[T], Any]
    seen: dict[str, Mapping[str, Shown]] = field(default_factory=dict[str, "Mapping[str, Shown]"])
    first: dict[str, T] = field(default_factory=dict[str, Any])
    aim: str | None = None
    last: tuple[T, str] | None = None
    executed: int = 0
    stopped: BaseException | None = None

    def replayed(self) -> bool:
        """Whether this is a second attempt; then the values that showed something are run again."""
        if self.case.attempt == 1:
            return False
        for value in self.case.replays.pop(0) if self.case.replays else ():
            self.case.begin_example(self._text(value))
            self.body(value)
        return True

    def run(self, drawn: Callable[[], None]) -> None:
        """Runs the property to its end."""
        try:
            drawn()
        except ShownAgain:
            pass
        finally:
            self.case.spare = False
        if self.aim is not None and self.last is not None:
            value, text = self.last
            self.case.shown[self.aim] = self.seen[text][self.aim]
            self.first[self.aim] = value
        self.case.replays.append(list(self.first.values()))
        if self.stopped is not None:
            raise self.stopped

    def once(self, value: T) -> None:
        """Executes a value that is new, remembers what it showed, and tells Hypothesis."""
        text = self._text(value)
        if text not in self.seen:
            self.seen[text] = {} if self._spent() else self._execute(value, text)
        shown = self.seen[text]
        if self.aim is None and shown:
            self.aim = min(shown)
            self.case.spare = True
        if self.aim in shown:
            self.last = value, text
            raise ShownAgain

    def _execute(self, value: T, text: str) -> Mapping[str, Shown]:
        case = self.case
        before, case.shown = case.shown, {}
        self.executed += 1
        try:
            case.begin_example(text)
            self.body(value)
        except Ended as ended:
            if not case.shown:
                self.stopped = ended
        except Exception as error:
            self.stopped = error
        shown, case.shown = case.shown, before
        for mark, showing in shown.items():
            if mark not in case.shown:
                case.shown[mark] = showing
                self.first[mark] = value
        return shown

    def _spent(self) -> bool:
        if self.stopped is not None:
            return True
        if self.aim is None:
            return self.executed >= self.case.examples
        return self.case.extra >= SHRINK_REQUESTS_A_FINDING or not self.case.bench.may_shrink()

    def _text(self, value: T) -> str:
        return json.dumps(self.show(value), sort_keys=True, default=str)
