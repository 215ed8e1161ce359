"""What a target file says cannot be judged here, beside what a run could not judge: neither more nor less is green.

``[expect] unsupported`` lists requirements, with ``*`` for many. Where it is given, every requirement that the target
keeps from being judged has to be listed, so that a run that came to less than it used to does not look like one that
came to all. What talonproof itself has no test for (``waits``) is never asked for.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from talonproof.verdict import JUDGED, Reason, Verdict

if TYPE_CHECKING:
    from talonproof.report.records import Header


class State(Protocol):
    """What a run says of a requirement."""

    @property
    def verdict(self) -> Verdict:
        """Its verdict."""
        ...

    @property
    def reason(self) -> Reason | None:
        """Why it has no better one."""
        ...


@dataclass(frozen=True, slots=True)
class Expectation:
    """How a run differs from what was expected: unsupported and ``unlisted``; listed, and judged: ``needless``."""

    unlisted: tuple[str, ...] = ()
    needless: tuple[str, ...] = ()

    def decides(self, verdict: Verdict, counts: Mapping[Verdict, int]) -> bool:
        """Whether the verdict of the run is what it is because of this."""
        if verdict is Verdict.VACUOUS:
            return bool(self.unlisted) and not counts.get(Verdict.VACUOUS)
        return verdict is Verdict.STALE and bool(self.needless) and not counts.get(Verdict.STALE)

    def told(self) -> str:
        """The difference in words."""
        if self.unlisted:
            return f"unsupported, and not expected to be: {_some(self.unlisted)}"
        return f"expected to be unsupported, and judged: {_some(self.needless)}"


def against(header: Header, states: Mapping[str, State]) -> Expectation:
    """The difference between what was expected and what came; none where nothing is said to be expected.

    A pattern with ``*`` is needless only where all that it names is judged.
    """
    if header.expected is None:
        return Expectation()
    testable = [row.id for row in header.requirements if row.testable]
    missed = [
        name
        for name in testable
        if states[name].verdict is Verdict.UNSUPPORTED and states[name].reason is not Reason.WAITS
    ]
    unlisted = [name for name in missed if not any(fnmatch.fnmatchcase(name, each) for each in header.expected)]
    needless: list[str] = []
    for pattern in header.expected:
        named = fnmatch.filter(testable, pattern)
        if named and all(states[name].verdict in JUDGED for name in named):
            needless.append(pattern)
    return Expectation(tuple(unlisted), tuple(needless))


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown
