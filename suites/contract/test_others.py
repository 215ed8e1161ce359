"""Operations of a document of the user's own that no suite knows, tried by what the document says of them and no more.

Nobody has judged what they do, so they count as destructive: beyond this machine they are not called.
"""

from __future__ import annotations

import pytest

from strategies.subjects import SUBJECTS
from talonproof.plugin import scenario, strangers
from talonproof.run.case import Case
from talonproof.run.fuzz import ALSO, try_out

pytestmark = pytest.mark.xdist_group("schemathesis")
"""One worker has these cases, so that one alone imports Schemathesis and has it read the document."""

TOGETHER = 100
"""The requests that a release spends on all of them together."""

EACH = 20
"""The most that it spends on one."""

ALL = 200
"""The most that nightly spends on one."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A case for each operation that only the document knows; none where it is the edition's own."""
    if "stranger" not in metafunc.fixturenames:
        return
    names = [name for name in strangers(metafunc.config) if name not in SUBJECTS]
    share = min(EACH, TOGETHER // max(1, len(names)))
    metafunc.parametrize(
        "stranger",
        [
            pytest.param(
                name,
                marks=scenario(
                    "ERR-009",
                    also=ALSO,
                    footprint="destructive",
                    requests=1,
                    examples=(0, share, ALL),
                    operations=(name,),
                ),
                id=name,
            )
            for name in names
        ],
    )


def test_by_schema(case: Case, stranger: str) -> None:
    """Generated calls of an operation that nothing else is known of are answered as the document says."""
    try_out(case, stranger, case.examples)
