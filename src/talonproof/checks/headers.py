"""What travels beside the body: its media type, and its absence where there must be none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from talonproof.checks.answer import Answer, Form, matches
from talonproof.finding import Judgement

CHECKS: Mapping[str, str] = {"no-content": "ERR-003", "media-type": "ERR-004"}


def judge(answer: Answer) -> Iterator[Judgement]:
    """A 204 carries no byte, and announces none; every other 2xx with a body says that it is what the document lists.

    Where the document lists nothing, as for a status that it does not know, that is application/json.
    """
    exchange = answer.exchange
    if exchange.status == 204:
        size = max(len(exchange.response_body), _announced(exchange.response_headers))
        problem = f"answered 204 with a body of {size} byte{'s' if size > 1 else ''}" if size else ""
        yield answer.judged("ERR-003", "no-content", problem)
    elif exchange.ok and answer.body.form is not Form.EMPTY:
        sent = exchange.response_headers.get("content-type", "")
        listed = answer.media_types or ("application/json",)
        problem = ""
        if not any(matches(answer.media_type, each) for each in listed):
            problem = f"the media type is {sent or 'not given'}, expected {' or '.join(listed)}"
        yield answer.judged("ERR-004", "media-type", problem)


def _announced(headers: Mapping[str, str]) -> int:
    """The bytes that a response says it has: HTTP clients read none after a 204, whatever is sent."""
    text = headers.get("content-length", "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0
