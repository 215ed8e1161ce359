"""What a baseline lists without need: the finding does not show, though all that could have met it ran."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from talonproof.baseline import Entry
from talonproof.report.records import Case, Header
from talonproof.verdict import Verdict

_TOLD = frozenset({Verdict.FAIL, Verdict.STALE, Verdict.WARN, Verdict.KNOWN, Verdict.OBSERVED, Verdict.PASS})
"""The verdicts of a case that ran to its end, and would have met the finding."""


def stale_entries(header: Header, cases: Iterable[Case], entries: Iterable[Entry] | None = None) -> tuple[Entry, ...]:
    """The entries that are past their date, or whose finding shows no more; of the header's unless others are given.

    An entry whose requirements are not in the selection of the run says nothing, nor does one that some case which
    could have met it did not get to.
    """
    cases = tuple(cases)
    given = header.baseline if entries is None else tuple(entries)
    selected = {row.id for row in header.requirements}
    about = [entry for entry in given if any(entry.covers(name) for name in selected)]
    return tuple(entry for entry in about if entry.expired or not (shows(entry, cases) or _open(entry, header, cases)))


def shows(entry: Entry, cases: Iterable[Case]) -> bool:
    """Whether a case met what the entry lists."""
    return any(entry.matches(found.requirement, found.fingerprint) for case in cases for found in case.findings)


def no_longer(entry: Entry) -> str:
    """Why an entry is stale, in words."""
    if entry.expired:
        return f"the baseline lists {entry.fingerprint} until {entry.expires} only"
    return f"the baseline lists {entry.fingerprint}, which does not show any more"


def _open(entry: Entry, header: Header, cases: tuple[Case, ...]) -> bool:
    """Whether the finding might still be there: some case that could have met it did not get to what it is about."""
    reached = {
        case.id
        for case in cases
        if case.verdict in _TOLD and any(entry.covers(name) for name, times in case.evidence.items() if times)
    }
    wanted = set(_could(entry, header))
    return not wanted or not wanted <= reached


def _could(entry: Entry, header: Header) -> Iterator[str]:
    """The cases that met it when it was written down; where the suites have none of these any more, all about it."""
    planned = {case.id for case in header.cases}
    if entry.cases and (planned.intersection(entry.cases) or header.select):
        yield from entry.cases
        return
    for case in header.cases:
        names = (*case.requirements, *case.also)
        if any(entry.covers(name) for name in (*names, *header.passive)):
            yield case.id
