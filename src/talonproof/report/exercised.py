"""What each requirement was exercised by in a whole run: the cases put together, and said in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from talonproof.report import words
from talonproof.report.records import Case, Exercise


def exercised(cases: Iterable[Case]) -> Mapping[str, Exercise]:
    """By requirement, what the cases exercised it by: exchanges add up, what is of the same kind counts once."""
    found: dict[str, Exercise] = {}
    for case in cases:
        for name, row in case.exercised.items():
            before = found.get(name, Exercise())
            found[name] = Exercise(
                exchanges=before.exchanges + row.exchanges,
                shapes=before.shapes | row.shapes,
                transitions=before.transitions | row.transitions,
                effects=before.effects | row.effects,
            )
    return found


def counted(times: int, by: Exercise | None) -> str:
    """How often a requirement was judged and by what; one that was not says so."""
    if not times:
        return "never exercised"
    said = f"judged {words.amount(times, 'time')}"
    if by is None or not by.exchanges:
        return said
    return f"{said}, by {words.amount(by.exchanges, 'exchange')} of {words.amount(len(by.shapes), 'shape')}"
