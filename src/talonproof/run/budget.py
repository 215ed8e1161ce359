"""Which cases fit into the time there is: those first that catch the most planted faults for their requests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any, Final

from talonproof.errors import ConfigError, HarnessError
from talonproof.run.plan import Plan, Row
from talonproof.verdict import Reason, Verdict

SCOREBOARD: Final = "scoreboard.json"

OWN_WORK: Final = 0.03
"""Seconds of a worker that a request costs beside the wait for its answer: drawing, checking, writing down."""

START: Final = 6.0
"""Seconds until the first case: the workers read the suites."""

PLANNED: Final = 0.85
"""The part of the time that is planned for; findings have to be shrunk and confirmed, and answers are late at times."""


_TIME: Final = re.compile(r"(?:(\d{1,4})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s?)?")


def duration(text: str, flag: str) -> float:
    """The seconds of a time such as ``90s``, ``5m`` or ``1h30m``; ConfigError for what is none, or no time at all."""
    found = _TIME.fullmatch(text.strip().lower())
    parts = found.groups() if found else ()
    seconds = sum(int(part or 0) * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))
    if not seconds:
        message = f"{flag} {text} is no time"
        raise ConfigError(message, hint="such as 90s, 5m or 1h30m")
    return float(seconds)


def allowance(seconds: float, *, latency: float, rate: float, workers: int) -> int:
    """How many requests fit into a time; ``rate`` is the most that may be sent in a second (0: no limit).

    ``latency`` is what one answer takes, in seconds.
    """
    return max(0, int((seconds - START) * PLANNED * _every_second(latency, rate, workers)))


def lasting(requests: int, *, latency: float, rate: float, workers: int) -> float:
    """How many seconds so many requests take, beside what shrinking and confirming findings costs; see allowance."""
    return START + requests / _every_second(latency, rate, workers)


def _every_second(latency: float, rate: float, workers: int) -> float:
    """How many requests are sent in a second."""
    most = max(1, workers) / (latency + OWN_WORK)
    return min(most, rate) if rate > 0 else most


def answered_in(journal: Path) -> float:
    """How long an answer takes, in seconds: the median of those in a journal; 0 where it holds none."""
    times: list[float] = []
    for line in journal.read_text(encoding="utf-8").splitlines() if journal.exists() else ():
        record: Any = json.loads(line)
        if record.get("type") == "outcome" and record.get("status"):
            times.append(float(record["seconds"]))
    return median(times) if times else 0.0


def read_scores(reports: Path) -> Mapping[str, frozenset[str]]:
    """The planted faults that each case catches, by its id; of a workspace without a scoreboard, none.

    Raises HarnessError for a scoreboard that cannot be read.
    """
    file = reports / SCOREBOARD
    if not file.exists():
        return {}
    caught: dict[str, set[str]] = {}
    try:
        scores: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        for fault, score in scores.items():
            for case in score["cases"]:
                caught.setdefault(case, set()).add(fault)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HarnessError(f"{file} is no scoreboard: {error}", hint="talonproof faults writes it") from None
    return {case: frozenset(faults) for case, faults in caught.items()}


def within_budget(plan: Plan, requests: int, scores: Mapping[str, frozenset[str]]) -> Plan:
    """The plan with no more requests than there is time for; what is left out is NOT_RUN(budget).

    Taken is, again and again, the case that catches the most faults which none taken before catches, for its
    requests; then the one that judges the most requirements which none taken before judges; then the cheapest.
    """
    left = requests
    taken: set[str] = set()
    for wanted in (scores, {row.spec.id: frozenset(row.spec.requirements) for row in plan.rows}):
        covered: set[str] = {each for name in taken for each in wanted.get(name, ())}
        while (best := _best(plan.rows, taken, left, wanted, covered)) is not None:
            taken.add(best.spec.id)
            left -= best.requests
            covered |= wanted[best.spec.id]
    for row in sorted(plan.rows, key=lambda row: (row.requests, row.spec.id)):
        if row.planned and row.spec.id not in taken and row.requests <= left:
            taken.add(row.spec.id)
            left -= row.requests
    detail = f"no room for it in the {requests} requests that the time allows"
    return replace(
        plan, rows=tuple(row if not row.planned or row.spec.id in taken else _out(row, detail) for row in plan.rows)
    )


def _best(
    rows: Sequence[Row], taken: set[str], left: int, wanted: Mapping[str, frozenset[str]], covered: set[str]
) -> Row | None:
    """The row that adds the most for its requests; None where none that fits adds anything."""
    fitting = [
        (len(wanted.get(row.spec.id, frozenset()) - covered) / max(1, row.requests), row)
        for row in rows
        if row.planned and row.spec.id not in taken and row.requests <= left
    ]
    worth, best = max(fitting, key=lambda each: (each[0], -each[1].requests), default=(0.0, None))
    return best if worth else None


def _out(row: Row, detail: str) -> Row:
    return Row(row.spec, 0, 0, Verdict.NOT_RUN, Reason.BUDGET, detail)
