"""A case sends calls, judges requirements by their answers, and keeps what it saw as evidence."""

from __future__ import annotations

import copy
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from talonproof.config import REPEATED_REQUESTS_A_CASE
from talonproof.errors import HarnessError
from talonproof.finding import Judgement
from talonproof.http.exchange import Call, Credential, Exchange
from talonproof.http.trouble import Fate, fate, repeatable, worded
from talonproof.requirement import Level
from talonproof.run.effects import in_words, labelled
from talonproof.run.exercise import Exercised
from talonproof.run.outcome import Blocked, GivenUp, Interrupted, OutOfTime, Unsupported
from talonproof.run.patience import Patience
from talonproof.run.slice import relevant
from talonproof.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import ExitStack

    from talonproof.http.client import Flight
    from talonproof.run.bench import Bench
    from talonproof.run.effects import Fired
    from talonproof.run.plan import Row
    from talonproof.target import Bindings


T = TypeVar("T")

OUT_OF_TIME = "the time allowed was over before it ended"


class _Nothing:
    """No body at all, as against a body of null."""


NOTHING = _Nothing()


@dataclass(frozen=True, slots=True)
class Shown:
    """A judgement that does not hold, with the exchanges that show it, and the drawn value if one was drawn.

    ``timeline`` draws what overlapped, where that matters.
    ``judged`` are the places of those judged among the exchanges; ``expected`` is the status (or ``2xx``, ``4xx``)
    that the last of them should have had, where that is all that was judged. ``loose`` are the places of those that
    another finding is about: a healthy server answers them differently.
    """

    judgement: Judgement
    exchanges: tuple[Exchange, ...]
    example: str | None = None
    judged: tuple[int, ...] = ()
    expected: str = ""
    loose: tuple[int, ...] = ()
    timeline: str = ""


class Case:
    """One case while it runs.

    Its ``seed`` follows from the run's seed and its id alone; ``examples`` is how many examples its
    properties may run. ``attempt`` is 2 while what it found is replayed on fresh ids. ``bindings`` are what the
    target already holds; of each pool of coupons, the one that the case has leased. Requests ``sent`` are those
    planned; ``extra`` ones shrink and confirm, ``repeated`` ones were made again because no answer came.
    """

    def __init__(self, bench: Bench, row: Row, seed: int) -> None:
        self.bench = bench
        self.row = row
        self.id = row.spec.id
        self.seed = seed
        self.examples = row.examples
        self.attempt = 1
        self.history: list[Exchange] = []
        self.evidence: Counter[str] = Counter()
        self.exercised = Exercised(bench.ledger.owns)
        self.observations: dict[tuple[str, str], None] = {}
        self.shown: dict[str, Shown] = {}
        self.sent = 0
        self.extra = 0
        self.repeated = 0
        self.spare = False
        self.replays: list[list[Any]] = []
        self._declared = frozenset((*row.spec.requirements, *row.spec.also))
        self.example: str | None = None
        self._faulty: set[int] = set()
        self.bindings: Bindings = bench.target.bindings
        self._leased: set[str] = set()

    # what the case may build on

    def lease(self, until: ExitStack) -> None:
        """Narrows each pool of the bindings that the case needs to one coupon that no other case has meanwhile.

        A case that begins again keeps what it has. Raises Blocked where none comes free.
        """
        for name, pool in self.bench.pools.items():  # always in one order: nobody waits for somebody who waits for him
            if name in self.row.spec.needs and name not in self._leased:
                self._leased.add(name)
                self.bindings = replace(self.bindings, **{name: (until.enter_context(pool.lease()),)})

    def trigger(self, label: str) -> dict[str, Any]:
        """The parts of a session that showed such an effect when the run began; to be merged into one of the case's.

        Raises HarnessError for an effect that the case does not declare.
        """
        return copy.deepcopy(dict(self.fired(label).session))

    def fired(self, label: str) -> Fired:
        """The trigger that showed such an effect when the run began, with its campaign; see :meth:`trigger`."""
        if label not in self.row.spec.effects or self.bench.seen is None:
            message = f"{self.id} builds on {label} without declaring it"
            raise HarnessError(message)
        return self.bench.seen.fired[label][0]

    def showing(self, answer: Exchange, label: str) -> list[Mapping[str, Any]]:
        """The effects of an answer that have a label, at least one.

        Raises Unsupported where it shows none: a budget may be spent, or somebody else have come first, and what the
        case is about never happened.
        """
        found = labelled(answer, label)
        if not found:
            seen = "which it was seen to do when the run began" if label in self.row.spec.effects else "here"
            self.unsupported(Reason.NEVER_TRIGGERED, f"{answer.operation} does not show {in_words(label)}, {seen}")
        return found

    def new_id(self, kind: str) -> str:
        """A fresh id of this run's own, for a session, a profile, a card, a sku."""
        return self.bench.ledger.new(kind)

    # sending

    def send(
        self,
        operation: str,
        *,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        body: Any = NOTHING,
        raw_body: bytes | None = None,
        credential: Credential = Credential.LIVE,
        content_type: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:
        """The exchange of one call, with every passive check applied to it.

        Raises Interrupted where the answer says nothing about the API (none came, or 429, 502, 503, 504): what the
        case is at begins again then, for whether a write was carried out is unknown (see ``unbroken``). Raises
        Unsupported for an operation that the target declares not to have, HarnessError where the case
        would send more than it planned.
        """
        call = Call(
            operation,
            path=path or {},
            query={name: value for name, value in (query or {}).items() if value is not None},
            body=None if body is NOTHING else body,
            has_body=body is not NOTHING,
            raw_body=raw_body,
            credential=credential,
            content_type=content_type,
            headers=headers or {},
        )
        self._about_to_send(call)
        exchange = self.bench.client.send(call, number=len(self.history))
        self._received(exchange)
        if exchange.infrastructure:
            unknown = fate(exchange) is Fate.UNKNOWN and not repeatable(exchange)
            more = ", so whether it was carried out is unknown" if unknown else ""
            raise Interrupted(f"{operation} (call {exchange.number + 1})", worded(exchange) + more)
        return exchange

    def together(self, calls: Sequence[Call]) -> tuple[Flight, ...]:
        """What calls lead to that are under way at the same time, in their order, with every passive check applied.

        Of a call that has no answer it is for the caller to say what that means. Raises Interrupted where none has one,
        or where the target is down; else as ``send``.
        """
        if len(calls) > self.abreast(len(calls)):
            message = f"{self.id} sends {len(calls)} calls at once, and may send {self.abreast(len(calls))}"
            raise HarnessError(message)
        self._about_to_send(*calls)
        flights = self.bench.client.send_together(calls, number=len(self.history))
        for flight in flights:
            self._received(flight.exchange)
        silent = [flight.exchange for flight in flights if flight.exchange.infrastructure]
        if silent and (len(silent) == len(flights) or self.bench.breaker.down):
            raise Interrupted(f"{silent[0].operation} (call {silent[0].number + 1})", worded(silent[0]))
        return flights

    def abreast(self, wanted: int) -> int:
        """How many calls this process may have under way at the same time, as many as wanted at most.

        Raises Unsupported where that is less than two: all that the target allows is shared by the workers of the run.
        """
        target, workers = self.bench.target, self.bench.workers
        allowed = target.abreast
        if target.limits.in_flight is not None:
            allowed = min(allowed, target.limits.in_flight // max(1, workers))
        if allowed < min(wanted, 2):
            detail = f"[limits] in_flight leaves each of {workers} workers one request at a time; -n 1 gives it more"
            raise Unsupported(Reason.PARALLEL, detail)
        return min(wanted, allowed)

    def _about_to_send(self, *calls: Call) -> None:
        """Counts calls; raises where they may not be sent."""
        for call in calls:
            if call.operation in self.bench.target.unbuilt and call.credential is Credential.LIVE:
                raise Unsupported(Reason.NOT_IMPLEMENTED, f"the target declares not to have {call.operation}")
        if not self.spare and self.bench.out_of_time():
            raise OutOfTime(OUT_OF_TIME)
        for call in calls:
            if call.operation not in self.bench.contract.operations:
                raise Unsupported(Reason.NOT_IMPLEMENTED, f"the document has no {call.operation}")
        if self.spare:
            self.extra += len(calls)
            return
        if self.sent + len(calls) > self.row.requests:
            message = f"{self.id} sends more than the {self.row.requests} requests it planned"
            raise HarnessError(message)
        self.sent += len(calls)

    def _received(self, exchange: Exchange) -> None:
        """Adds an exchange to the history, and judges what may be judged of any."""
        self.history.append(exchange)
        for judgement in self.bench.passive.judge(exchange):
            self._note(judgement, (exchange,))
        self.repeated += exchange.attempts - 1
        self.bench.breaker.note(answered=not exchange.infrastructure)

    def unbroken(self, act: Callable[[], T], *, afresh: Callable[[], None] = lambda: None, within: bool = False) -> T:
        """What ``act`` gives once nothing interrupts it; ``afresh`` is called before each time that it begins again.

        A write whose answer never came was carried out, or was not. Nothing that follows it on the same things may be
        held against the server, and nothing is: ``act`` makes things of other ids, and all its judgements are of them.
        What was seen before is forgotten, unless ``act`` stands ``within`` a case that goes on with it.

        That costs requests, which are no part of the plan and have an allowance of their own. Raises GivenUp where it
        is spent, where the same call is interrupted time after time, or where the target is down.
        """
        patience = Patience(REPEATED_REQUESTS_A_CASE)
        while True:
            sent = self.sent
            try:
                return act()
            except Interrupted as cut:
                self.repeated += self.sent - sent
                self.sent = sent
                if down := self.bench.breaker.down:
                    raise GivenUp(f"{cut}; the target is down: {down}") from None
                place = cut.operation if within else cut.place
                if enough := patience.tried(place, self.repeated) or self.bench.may_not_repeat(self.repeated):
                    raise GivenUp(f"{cut}; {enough}") from None
            if not within:
                self.begin_example()
            afresh()

    def arranged(self, exchange: Exchange) -> Exchange:
        """The exchange, if it was accepted; what it sets up is a prerequisite and not what is judged.

        Raises Blocked otherwise.
        """
        if not exchange.ok:
            raise Blocked(f"{exchange.operation} answered {exchange.status}, which the case builds on")
        return exchange

    def settled(self, read: Callable[[], Exchange], holds: Callable[[Exchange], bool]) -> Exchange:
        """What ``read`` gives once it holds, or when the target's settle time is up.

        Reads again with growing pauses; the first read is planned, the others are extra.
        """
        deadline = time.monotonic() + self.bench.target.settle
        pause = 0.1
        exchange = read()
        while not holds(exchange) and time.monotonic() < deadline:
            time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
            pause *= 1.6
            exchange = self.off_plan(read)
        return exchange

    def off_plan(self, send: Callable[[], T]) -> T:
        """What ``send`` gives; its requests are extra, for looking twice at what may be a finding."""
        spare, self.spare = self.spare, True
        try:
            return send()
        finally:
            self.spare = spare

    # judging

    def judge(  # noqa: PLR0913 - all that a finding says
        self,
        requirement: str,
        holds: bool,
        message: str,
        *,
        of: Exchange | Sequence[Exchange],
        pointer: str = "",
        check: str = "",
        operation: str = "",
        expected: str = "",
        timeline: str = "",
    ) -> bool:
        """Counts as evidence for a requirement, and as a finding where it does not hold.

        The requirement is named by its id or by one of its rules. ``of`` are the exchanges judged, the last
        one being the answer at fault; ``operation`` is the one that is accused, by default that of the last
        exchange. ``message`` says what was seen and what was expected; ``expected`` is the status (or ``2xx``, ``4xx``)
        that the answer should have, where that is all there is to it, and ``timeline`` draws what overlapped. A
        requirement of level observe is recorded,
        never judged.
        """
        requirement = self._declares(requirement)
        exchanges = (of,) if isinstance(of, Exchange) else tuple(of)
        if not exchanges:
            message = f"{self.id} judges {requirement} by no exchange at all"
            raise HarnessError(message)
        name = f"{self.row.spec.suite}.{check or self.row.spec.function}"
        self._note(
            Judgement(requirement, holds, name, operation or exchanges[-1].operation, message, pointer),
            exchanges,
            expected,
            timeline,
        )
        return holds

    def accepted(
        self,
        requirement: str,
        exchange: Exchange,
        *,
        doing: str = "",
        check: str = "",
        after: Sequence[Exchange] = (),
    ) -> bool:
        """Judges that a call succeeds: a 4xx breaks it; a 5xx ends the case, being judged apart.

        ``after`` are calls before it without which it would not have failed.
        """
        self._fit_to_judge(exchange)
        what = doing or exchange.operation
        return self.judge(
            requirement,
            exchange.ok,
            f"{what}: answered {exchange.status}, expected a 2xx",
            of=(*after, exchange),
            check=check,
            expected="2xx",
        )

    def refused(self, requirement: str, exchange: Exchange, *, doing: str = "", check: str = "") -> bool:
        """Judges that a call is refused with a 4xx; a 5xx ends the case, being judged apart."""
        self._fit_to_judge(exchange)
        what = doing or exchange.operation
        return self.judge(
            requirement,
            exchange.refused,
            f"{what}: answered {exchange.status}, expected a 4xx",
            of=exchange,
            check=check,
            expected="4xx",
        )

    def answered(self, requirement: str, exchange: Exchange, status: int, *, doing: str = "", check: str = "") -> bool:
        """Judges that a call is answered with one status and no other; a 5xx ends the case, being judged apart."""
        self._fit_to_judge(exchange)
        what = doing or exchange.operation
        return self.judge(
            requirement,
            exchange.status == status,
            f"{what}: answered {exchange.status}, expected {status}",
            of=exchange,
            check=check,
            expected=str(status),
        )

    def _fit_to_judge(self, exchange: Exchange) -> None:
        if not exchange.ok and not exchange.refused:
            raise Blocked(f"{exchange.operation} answered {exchange.status}")

    def observe(self, requirement: str, note: str, *, unsent: bool = False) -> None:
        """Records what a target does, by its last answer, where no source says what it should do.

        ``unsent``: what is recorded is that a call could not be made, so there need be no answer.
        """
        requirement = self._declares(requirement)
        if requirement in self.bench.catalogue.unsettled:
            return
        if not self.history and not unsent:
            message = f"{self.id} records {requirement} before anything was answered"
            raise HarnessError(message)
        self.evidence[requirement] += 1
        if self.history:
            self.exercised.note(requirement, self.history[-1:], self.history)
        self.observations[requirement, note] = None

    def unsupported(self, reason: Reason, detail: str) -> NoReturn:
        """Ends the case: this target cannot be judged here."""
        raise Unsupported(reason, detail)

    def block(self, detail: str) -> NoReturn:
        """Ends the case: a prerequisite is not there."""
        raise Blocked(detail)

    def _declares(self, name: str) -> str:
        """The id of a requirement that the case declares; HarnessError for any other."""
        requirement = self.bench.catalogue.named(name).id
        if requirement not in self._declared and requirement not in self.bench.catalogue.unsettled:
            message = f"{self.id} judges {requirement} without declaring it"
            raise HarnessError(message)
        return requirement

    def _note(self, judgement: Judgement, judged: Iterable[Exchange], expected: str = "", timeline: str = "") -> None:
        requirement = judgement.requirement
        if requirement not in self.bench.catalogue or requirement in self.bench.catalogue.unsettled:
            return
        judged = tuple(judged)
        self.evidence[requirement] += 1
        self.exercised.note(requirement, judged, self.history)
        if self.bench.catalogue[requirement].level is Level.OBSERVE:
            if judgement.message:
                self.observations[requirement, judgement.message] = None
            return
        if judgement.holds or not (self.bench.selected is None or requirement in self.bench.selected):
            return
        numbers = [exchange.number for exchange in judged]
        wanted = relevant(self.history, numbers)
        shown = Shown(
            judgement,
            tuple(self.history[number] for number in wanted),
            self.example,
            tuple(wanted.index(number) for number in numbers),
            expected,
            tuple(place for place, number in enumerate(wanted) if number in self._faulty),
            timeline,
        )
        self._faulty.add(numbers[-1])
        self.shown.setdefault(judgement.fingerprint, shown)

    # examples and replays

    def begin_example(self) -> None:
        """A new history begins, for one drawn value."""
        self.history.clear()
        self.exercised.begin_example()
        self._faulty.clear()
        self.example = None

    def begin_replay(self) -> dict[str, Shown]:
        """A second attempt on fresh ids begins; gives what the first one showed."""
        first, self.shown = self.shown, {}
        self.attempt = 2
        self.spare = True
        self.begin_example()
        return first
