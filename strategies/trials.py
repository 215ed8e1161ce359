"""Calls that Schemathesis suggests, sent by our client about things of the run's own, and judged as ours are."""

from __future__ import annotations

import json
from random import Random
from typing import Any, Final

from strategies.adopted import Adoption
from strategies.harmless import Arguments
from strategies.reserving import giving_back
from strategies.subjects import Ids, Subject, around, bound, harms, send, valid
from talonproof.checks.neighbour import ABOUT, unseen, worded
from talonproof.contract.serialise import serialise
from talonproof.errors import ConfigError
from talonproof.generation.breaches import breaches, judged
from talonproof.generation.neighbour import Engine, Suggestion, engine, sampled
from talonproof.generation.pointers import MISSING
from talonproof.http.exchange import Exchange
from talonproof.run.case import NOTHING, Case

ALSO: Final = ("ERR-004", "ERR-007", "ERR-009", "ERR-011", "ERR-013")
"""The requirements that suggestions may judge, or have something recorded of."""

_PROBES: Final = frozenset({"malformed_content_type", "unsupported_content_type"})
"""Scenarios whose call is wrong in its headers, which no clause wants refused."""


def cover(case: Case, subject: Subject, count: int) -> None:
    """Sends so many calls of the coverage phase, drawn by the case's seed, all of them where there are fewer."""
    with giving_back(case):
        trials = Trials(case, subject)
        for suggestion in sampled(trials.engine.covering(subject.operation), Random(case.seed).shuffle):
            if trials.sent == count:
                break
            trials.carry_out(suggestion)
        if trials.left_out:
            case.observe("ERR-009", f"{subject.operation}: {trials.left_out} calls of Schemathesis' were left out")


def attempt(case: Case, subject: Subject, suggestion: Suggestion) -> None:
    """Sends one call, after what it needs is arranged."""
    with giving_back(case):
        Trials(case, subject).carry_out(suggestion)


def plain(suggestion: Suggestion) -> dict[str, Any]:
    """A suggestion as JSON: without ids of the run, and the same for the same call."""
    body = {} if suggestion.body is MISSING else {"body": suggestion.body}
    return {"path": suggestion.path, "query": suggestion.query, **body, "content_type": suggestion.content_type}


class Trials:
    """Sends suggestions about one thing that was arranged, and judges what comes back; counts those sent and left out.

    Left out are calls that repeat another, that cannot be written, or that could touch what others made.
    """

    def __init__(self, case: Case, subject: Subject) -> None:
        self.engine: Engine = engine(case.bench.contract)
        self.sent = 0
        self.left_out = 0
        self._case = case
        self._operation = subject.operation
        self._staged = subject.arrange(case)
        self._sample = around(case, self._staged)
        self._seen: set[str] = set()

    def carry_out(self, suggestion: Suggestion) -> None:
        """Sends a suggestion, unless it is left out."""
        sample = self._own(suggestion, self._sample)
        written = json.dumps([sample.path, sample.query, None if sample.body is NOTHING else [sample.body]])
        key = f"{written}{suggestion.content_type}"
        if key in self._seen or harms(self._case, self._operation, sample) or not self._sendable(sample):
            self.left_out += 1
            return
        self._seen.add(key)
        self.sent += 1
        call = self._own(suggestion, around(self._case, self._staged))
        exchange = send(self._case, self._operation, call, content_type=suggestion.content_type)
        self._judge(suggestion, exchange)

    def _own(self, suggestion: Suggestion, ids: Ids) -> Arguments:
        case, bench = self._case, self._case.bench
        good = bound(valid(self._operation, case.bindings), ids)
        adoption = Adoption(self._operation, good, ids, case.bindings)
        body = NOTHING if suggestion.body is MISSING else suggestion.body
        return adoption.meant(Arguments(suggestion.path, suggestion.query, body), bench.contract, bench.validators)

    def _sendable(self, call: Arguments) -> bool:
        try:
            serialise(self._case.bench.contract.operation(self._operation), call.path, call.query)
        except ConfigError:
            return False
        return True

    def _judge(self, suggestion: Suggestion, exchange: Exchange) -> None:
        """Judges the refusal of what breaks the contract, and records what Schemathesis alone holds against it."""
        case, bench = self._case, self._case.bench
        broken = breaches(bench.contract, bench.validators, exchange.call)
        worst = None if suggestion.scenario in _PROBES else judged(broken)
        if worst is not None and (exchange.ok or exchange.refused):
            case.judge(
                "ERR-011",
                exchange.refused,
                f"{self._operation} breaks the {worst.keyword} of {worst.where}: answered {exchange.status}, "
                "expected a 4xx",
                of=exchange,
                pointer=worst.pointer,
                check=f"refuses-{worst.place}-{worst.keyword}",
                expected="4xx",
            )
        elif exchange.ok and broken and not suggestion.positive:
            note = f"{self._operation}: accepted what Schemathesis holds to be wrong ({suggestion.scenario})"
            case.observe("ERR-011", note)
        for failure in unseen(self.engine.failures(suggestion, exchange), bench.passive.judge(exchange)):
            case.observe(ABOUT.get(failure.kind, ("ERR-009",))[0], worded(self._operation, failure))
