"""What Schemathesis would try of each operation, sent by our client on things of the run's own, and judged as ours.

Its coverage phase is sampled at release and sent whole at nightly, where its fuzzing phase is added.
"""

from __future__ import annotations

import pytest

from strategies.subjects import EVERY_SUBJECT, SUBJECTS_SINCE, Subject
from strategies.trials import ALSO, attempt, cover, plain
from talonproof.generation.neighbour import engine
from talonproof.plugin import scenario
from talonproof.run.case import Case
from talonproof.run.explore import explore

pytestmark = pytest.mark.xdist_group("schemathesis")
"""One worker has these cases, so that one alone imports Schemathesis and has it read the document."""

SHARES = {
    "updateCustomerSessionV2": 18,
    "returnCartItems": 12,
    "updateCustomerProfileV2": 12,
    "trackEventV2": 12,
    "createReferral": 9,
    "createReferralsForMultipleAdvocates": 9,
    "syncCatalog": 15,
    **dict.fromkeys(SUBJECTS_SINCE, 1),
}
"""How many calls of its coverage phase a release sends of an operation, drawn by the seed."""

SHARE = 3
"""As many of any other operation."""

ALL = 400
"""More than the coverage phase has for any operation."""

FUZZED = 40
"""How many drawn calls of each operation nightly adds."""


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
        for name, subject in EVERY_SUBJECT.items()
    ],
)
def test_coverage_phase(case: Case, subject: Subject) -> None:
    """Calls that systematically keep and break each part of the contract are answered as it says."""
    cover(case, subject, case.examples - subject.overhead)


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
        for name, subject in EVERY_SUBJECT.items()
    ],
)
def test_fuzzing_phase(case: Case, subject: Subject) -> None:
    """Calls drawn from the contract, and from what it does not allow, are answered as it says."""
    drawn = engine(case.bench.contract).fuzzing(subject.operation)
    explore(case, drawn, lambda suggestion: attempt(case, subject, suggestion), show=plain)
