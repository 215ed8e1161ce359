"""The number of the answer: listed, unlisted, the server's own fault, or none of the API's business."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from talonproof.checks.answer import Answer
from talonproof.finding import Judgement

CHECKS: Mapping[str, str] = {
    "success-status": "ERR-007",
    "unlisted-refusal": "ERR-008",
    "server-error": "ERR-009",
    "infrastructure": "ERR-010",
}


def judge(answer: Answer) -> Iterator[Judgement]:
    """Judges the status alone.

    A success must be one that the operation lists. A 4xx that it does not list is noted and never
    judged; so are 429, 502, 503, 504 and silence. Any other 5xx is the server's fault.
    What is only noted counts as not held: its level, observe, keeps it from being a finding; an answer
    without it counts as a look that found nothing to note.
    """
    exchange, status = answer.exchange, answer.exchange.status
    if exchange.infrastructure:
        seen = f"answered {status}" if status else f"no answer: {exchange.failure or 'nothing came'}"
        yield answer.broken("ERR-010", "infrastructure", seen)
        return
    yield answer.judged("ERR-010", "infrastructure", "")
    unlisted = "" if answer.documented else f", which no source lists for {answer.operation.id}"
    problem = f"answered {status}{unlisted}" if status >= 500 else ""
    yield answer.judged("ERR-009", "server-error", problem)
    if exchange.ok:
        problem = "" if answer.documented else f"answered {status}, expected {_listed(answer)}"
        yield answer.judged("ERR-007", "success-status", problem)
    elif exchange.refused and not answer.documented:
        note = f"answered {status}, which {answer.operation.id} does not list"
        yield answer.broken("ERR-008", "unlisted-refusal", note)


def _listed(answer: Answer) -> str:
    return " or ".join(str(status) for status in sorted(answer.operation.success))
