"""The state table shows of each clause what the run saw."""

from __future__ import annotations

import pytest

from talonproof.report.matrix import MARKS, matrix
from talonproof.report.records import MatrixRow
from talonproof.report.totals import RequirementState
from talonproof.verdict import Reason, Verdict


@pytest.mark.parametrize(
    ("verdict", "mark"),
    [
        (Verdict.PASS, "held"),
        (Verdict.OBSERVED, "recorded"),
        (Verdict.WARN, "warned"),
        (Verdict.FAIL, "broken"),
        (Verdict.FLAKY, "broken"),
        (Verdict.NOT_RUN, "unseen"),
        (Verdict.UNSUPPORTED, "unseen"),
        (Verdict.ERROR, "unseen"),
    ],
)
def test_each_verdict_has_its_mark(verdict: Verdict, mark: str) -> None:
    """Seen, broken or unseen, each with a sign of its own."""
    row = MatrixRow("T18", "closed", "PUT open", "SES-118", "SES-218")
    table = matrix((row,), dict.fromkeys(("SES-118", "SES-218"), RequirementState(verdict, Reason.DEPTH)), {})
    (entry,) = table.cells["closed", "PUT open"]

    assert (mark, mark) == (entry.status.mark, entry.state.mark)
    assert 2 == table.counts[mark] == sum(table.counts.values())


def test_the_signs_differ() -> None:
    """No two marks are told apart by colour alone."""
    assert len(MARKS) == len({sign for sign, _ in MARKS.values()})


def test_an_unseen_clause_says_why() -> None:
    """The reason of the requirement is the reason of the cell; outside the selection it says that."""
    row = MatrixRow("T18", "closed", "PUT open", "SES-118", "SES-218")
    states = {"SES-118": RequirementState(Verdict.NOT_RUN, Reason.DEPTH, 0, "not part of the depth smoke")}
    (entry,) = matrix((row,), states, {}).cells["closed", "PUT open"]

    assert "it is not part of this depth: not part of the depth smoke" == entry.status.said
    assert "not part of this run" == entry.state.said


def test_a_cell_holds_every_row_of_its_place() -> None:
    """Two rows for one state and action stand in one cell, in their order; a clause that both show counts once."""
    rows = tuple(MatrixRow(name, "open", "PUT open", "SES-110", "SES-210") for name in ("T10", "T43"))
    table = matrix(rows, {}, {})

    assert (("open",), ("PUT open",)) == (table.states, table.actions)
    assert 2 == table.counts["unseen"]
    assert ["T10", "T43"] == [entry.row for entry in table.cells["open", "PUT open"]]
