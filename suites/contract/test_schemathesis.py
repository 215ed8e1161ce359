"""What Schemathesis would try of each operation, sent by our client on things of the run's own, and judged as ours.

Its coverage phase is sampled at release and sent whole at nightly, where its fuzzing phase is added.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from strategies.adopted import Adoption
from strategies.harmless import Arguments
from strategies.subjects import SUBJECTS, Ids, Subject, around, bound, give_back, harms, send, valid
from talonproof.checks.neighbour import ABOUT, unseen, worded
from talonproof.contract.serialise import serialise
from talonproof.errors import ConfigError
from talonproof.generation.breaches import breaches, judged
from talonproof.generation.neighbour import Engine, Suggestion, engine, sampled
from talonproof.generation.pointers import MISSING
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.case import NOTHING, Case
from talonproof.run.explore import explore

SHARES = {
    "updateCustomerSessionV2": 24,
    "returnCartItems": 10,
    "updateCustomerProfileV2": 10,
    "trackEventV2": 10,
    "createReferral": 8,
    "createReferralsForMultipleAdvocates": 8,
    "syncCatalog": 14,
}
"""How many calls of its coverage phase a release sends of an operation, drawn by the seed."""

SHARE = 6
"""As many of any other operation."""

ALL = 400
"""More than the coverage phase has for any operation."""

FUZZED = 40
"""How many drawn calls of each operation nightly adds."""


ALSO = ("ERR-004", "ERR-007", "ERR-009", "ERR-011", "ERR-013")

PROBES = frozenset({"malformed_content_type", "unsupported_content_type"})
"""Scenarios whose call is wrong in its headers, which no clause wants refused."""


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param(
            subject,
            marks=scenario(
                "ERR-009",
                also=ALSO,
                footprint=subject.footprint,
                requests=1,
                examples=(0, subject.overhead + SHARES.get(name, SHARE), subject.overhead + ALL),
                needs=subject.needs,
                operations=subject.operations,
            ),
            id=name,
        )
        for name, subject in SUBJECTS.items()
    ],
)
def test_coverage_phase(case: Case, subject: Subject) -> None:
    """Calls that systematically keep and break each part of the contract are answered as it says."""
    trials = Trials(case, subject)
    shuffle = Random(case.seed).shuffle
    for suggestion in sampled(trials.engine.covering(subject.operation), shuffle):
        if trials.sent == case.examples - subject.overhead:
            break
        trials.carry_out(suggestion)
    if trials.left_out:
        case.observe("ERR-009", f"{subject.operation}: {trials.left_out} calls of Schemathesis' were left out")
    give_back(case)


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param(
            subject,
            marks=scenario(
                "ERR-009",
                also=ALSO,
                footprint=subject.footprint,
                requests=1 + subject.overhead,
                examples=(0, 0, FUZZED),
                needs=subject.needs,
                operations=subject.operations,
            ),
            id=name,
        )
        for name, subject in SUBJECTS.items()
    ],
)
def test_fuzzing_phase(case: Case, subject: Subject) -> None:
    """Calls drawn from the contract, and from what it does not allow, are answered as it says."""

    def attempt(suggestion: Suggestion) -> None:
        Trials(case, subject).carry_out(suggestion)
        give_back(case)

    explore(case, engine(case.bench.contract).fuzzing(subject.operation), attempt, show=plain)


def plain(suggestion: Suggestion) -> dict[str, Any]:
    """A suggestion as JSON: without ids of the run, and the same for the same call."""
    body = {} if suggestion.body is MISSING else {"body": suggestion.body}
    return {"path": suggestion.path, "query": suggestion.query, **body, "content_type": suggestion.content_type}


class Trials:
    """Sends suggestions for one operation, and judges what comes back; counts those sent and those left out.

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
        worst = None if suggestion.scenario in PROBES else judged(broken)
        if worst is not None and (exchange.ok or exchange.refused):
            case.judge(
                "ERR-011",
                exchange.refused,
                f"{self._operation} breaks the {worst.keyword} of {worst.where}: answered {exchange.status}, "
                "expected a 4xx",
                of=exchange,
                pointer=worst.pointer,
                check=f"refuses-{worst.place}-{worst.keyword}",
            )
        elif exchange.ok and broken and not suggestion.positive:
            note = f"{self._operation}: accepted what Schemathesis holds to be wrong ({suggestion.scenario})"
            case.observe("ERR-011", note)
        for failure in unseen(self.engine.failures(suggestion, exchange), bench.passive.judge(exchange)):
            case.observe(ABOUT.get(failure.kind, ("ERR-009",))[0], worded(self._operation, failure))
