"""Properties: drawn values sent to a server that remembers, with outcomes that Hypothesis can rely on.

A server is not a function: the same call twice may answer twice differently, and Hypothesis calls that
flaky. So outcomes are memoised by drawn value, ids are bound when a value is executed and are never drawn,
and one finding is shrunk at a time. A value that the network interrupts is executed again from its start, with other
ids: what it shows is what it shows undisturbed. Shrinking has an allowance of requests of its own; when it is spent,
the smallest value known to fail is the answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from talonproof.config import SHRINK_REQUESTS_A_FINDING
from talonproof.run.constants import leave_out_local_constants
from talonproof.run.outcome import Ended

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from talonproof.run.case import Case, Shown

leave_out_local_constants()


class ShownAgain(Exception):
    """The drawn value shows the finding that is being shrunk."""


class Enough(BaseException):
    """The allowance for shrinking is spent; no exception that Hypothesis takes for a failure."""


SHRINK_STEPS = 400
"""How many values one shrinking may try, sent or remembered: trying costs time even where nothing is sent."""


T = TypeVar("T")
A = TypeVar("A")


def explore(
    case: Case,
    strategy: SearchStrategy[T],
    body: Callable[[T], None],
    *,
    show: Callable[[T], Any] = lambda value: value,
) -> None:
    """Runs ``body`` for as many drawn values as the case's depth allows, and shrinks what is found.

    ``show`` makes plain JSON of a value; it is the value's identity, and how it is printed. On the
    second attempt only the values that showed something are run again.
    Raises what ``body`` raises, findings aside: they are kept by the case.
    """
    exploration = _Exploration(case, lambda: nullcontext(body), show)
    if exploration.replayed():
        return

    @hypothesis.seed(case.seed)
    @_settings(case)
    @given(strategy)
    def drawn(value: T) -> None:
        exploration.once((value,))

    exploration.run(drawn)


class Program(RuleBasedStateMachine, Generic[A]):
    """A state machine whose rules write a program instead of executing it."""

    def __init__(self) -> None:
        super().__init__()
        self.actions: list[A] = []


def explore_machine(
    case: Case,
    machine: type[Program[A]],
    start: Callable[[], AbstractContextManager[Callable[[A], object]]],
    *,
    steps: int,
    show: Callable[[A], Any],
) -> None:
    """Carries out programs that a state machine writes, as ``explore`` does with values.

    The machine's rules only write a program, guided by its model; it is carried out once the machine is
    torn down, so that what the server answers never steers what is drawn. ``start`` gives, for each
    program, a function that carries out one action, and tidies up at its end; a program ends with the first
    action that shows a finding. ``show`` makes plain JSON of an action.
    """
    exploration = _Exploration(case, start, show)
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
        suppress_health_check=cast("list[HealthCheck]", list(HealthCheck)),
        report_multiple_bugs=False,
        print_blob=False,
    )


Texts = tuple[str, ...]
"""The identity of a program: its steps as text."""


@dataclass
class _Exploration(Generic[A]):
    """One property while it runs; a value is a program of one step.

    ``seen`` holds what each beginning of a program showed at its last step: what begins with a beginning
    that showed something shows the same, and nothing has to be sent for it. ``aim`` is the finding that is
    shrunk, ``last`` the beginning that showed it last: when Hypothesis is done, that is the smallest.
    """

    case: Case
    start: Callable[[], AbstractContextManager[Callable[[A], object]]]
    show: Callable[[A], Any]
    seen: dict[Texts, Mapping[str, Shown]] = field(default_factory=dict[Texts, "Mapping[str, Shown]"])
    first: dict[str, tuple[A, ...]] = field(default_factory=dict[str, Any])
    aim: str | None = None
    last: tuple[tuple[A, ...], Texts] | None = None
    executed: int = 0
    shrinking: int = 0
    stopped: Exception | None = None

    def replayed(self) -> bool:
        """Whether this is a second attempt; then the programs that showed something are run again."""
        if self.case.attempt == 1:
            return False
        for program in self.case.replays.pop(0) if self.case.replays else ():
            self.case.unbroken(lambda program=program: self._replay(program))
        return True

    def _replay(self, program: tuple[A, ...]) -> None:
        """Carries out a program that showed something, on fresh ids."""
        self.case.begin_example()
        with self.start() as act:
            for texts, step in zip(_beginnings(self._texts(program)), program, strict=True):
                self.case.example = _printed(texts)
                act(step)

    def run(self, drawn: Callable[[], None]) -> None:
        """Runs the property to its end."""
        try:
            drawn()
        except (ShownAgain, Enough):
            pass
        finally:
            self.case.spare = False
        if self.aim is not None and self.last is not None:
            program, texts = self.last
            self.case.shown[self.aim] = self.seen[texts][self.aim]
            self.first[self.aim] = program
        self.case.replays.append(list(self.first.values()))
        if self.stopped is not None:
            raise self.stopped

    def once(self, program: tuple[A, ...]) -> None:
        """Carries out a program that is new, remembers what it showed, and tells Hypothesis."""
        if self.aim is not None:
            self._go_on_shrinking()
        texts = self._texts(program)
        known = next((b for b in _beginnings(texts) if self.seen.get(b)), None)
        if known is None and texts not in self.seen:
            known = self._carry_out(program, texts)
        shown: Mapping[str, Shown] = self.seen[known] if known is not None else {}
        if self.aim is None and shown:
            self.aim = min(shown)
            self.case.spare = True
        if known is not None and self.aim in shown:
            self.last = program[: len(known)], known
            raise ShownAgain

    def _carry_out(self, program: tuple[A, ...], texts: Texts) -> Texts | None:
        """The beginning of the program that showed something, or None."""
        if self.stopped is not None or (self.aim is None and self.executed >= self.case.examples):
            return None
        case = self.case
        before, case.shown = case.shown, {}
        self.executed += 1
        beginning: Texts = ()

        def act_out() -> None:
            nonlocal beginning
            case.begin_example()
            with self.start() as act:
                for beginning, step in zip(_beginnings(texts), program, strict=True):
                    case.example = _printed(beginning)
                    act(step)
                    self.seen[beginning] = dict(case.shown)  # what a later step shows is not shown here
                    if case.shown:
                        break

        try:
            case.unbroken(act_out, afresh=case.shown.clear)
        except Ended as ended:
            self.stopped = None if case.shown else ended
        except Exception as error:  # noqa: BLE001 - it is raised again once Hypothesis is done
            self.stopped = error
        shown, case.shown = case.shown, before
        self.seen[beginning] = shown
        for mark, showing in shown.items():
            if mark not in case.shown:
                case.shown[mark] = showing
                self.first[mark] = program[: len(beginning)]
        return beginning if shown else None

    def _go_on_shrinking(self) -> None:
        """Raises Enough where the allowance is spent."""
        self.shrinking += 1
        spent = self.case.extra >= SHRINK_REQUESTS_A_FINDING or not self.case.bench.may_shrink()
        spent = spent or self.case.bench.out_of_time()
        if spent or self.shrinking > SHRINK_STEPS or self.stopped is not None:
            raise Enough

    def _texts(self, program: tuple[A, ...]) -> Texts:
        return tuple(json.dumps(self.show(step), sort_keys=True, default=str) for step in program)


def _beginnings(texts: Texts) -> Iterator[Texts]:
    """The beginnings of a program, shortest first, the whole last; none of an empty one."""
    return (texts[:length] for length in range(1, len(texts) + 1))


def _printed(texts: Texts) -> str:
    """The program for a reader: a line a step."""
    return "\n".join(texts)
