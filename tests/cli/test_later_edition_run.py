"""A server of 2026-05 is judged by the clauses of 2026-05, and the emulator keeps them."""

from __future__ import annotations

from typing import Any


def test_the_emulator_keeps_the_later_edition(judge: Any) -> None:
    """Started in the later edition it is conformant without a warning, judged by that edition's own clauses."""
    run = judge("--edition", "2026-05", "--depth", "smoke", "--strict")

    assert (0, "2026-05") == (run.ended.code, run.header["edition"])
    assert {"SES-072", "PAG-018"} <= run.verdicts.keys()
    assert not {"SES-066", "PAG-006"} & run.verdicts.keys()
    assert ("pass", None) == run.verdicts["SES-072"]


def test_cases_of_another_edition_do_not_run(talonproof: Any) -> None:
    """A case that judges what only another edition has is in the plan, with that as the reason why it does not run."""
    for edition, other in (("2025-01", "PAG-018"), ("2026-05", "PAG-006")):
        ended = talonproof("plan", "--depth", "release", "--edition", edition, "--select", "test_page_sizes.py")

        assert 0 == ended.code
        assert f"{other} is of another edition than {edition}" in " ".join(ended.out.split())
