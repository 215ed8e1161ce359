"""A finding's calls are sent once more, on fresh ids, through client and guard, and their answers judged again."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from talonproof.checks import PASSIVE
from talonproof.http.exchange import Call, Credential, Exchange
from talonproof.report.recurrence import GONE, SHOWS, UNTRIED, at, rebound, renewed, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from talonproof.checks import Passive
    from talonproof.http.client import Client
    from talonproof.http.ledger import Ledger

_ID: Final = re.compile(r"tp-(?P<run>[A-Za-z0-9-]+)-(?P<worker>[a-z][a-z0-9]*)-(?P<number>\d+)(?!\d)")
_READS: Final = frozenset({"GET", "HEAD"})
_MOST_IDS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Recorded:
    """A finding as it was recorded: by which run, what it accuses, and how it is shown again."""

    run: str
    fingerprint: str
    check: str
    exchanges: Sequence[Mapping[str, Any]]
    calls: Sequence[Mapping[str, Any]]
    judged: Sequence[int]
    loose: Sequence[int] = ()
    binds: Sequence[Mapping[str, Any]] = ()
    shows: Mapping[str, Any] | None = None

    @property
    def tells(self) -> bool:
        """Whether the answers alone tell that it shows; else its case must run again."""
        return self.shows is not None or self.check in PASSIVE

    @property
    def worker(self) -> str:
        """The worker whose ids the calls name."""
        found = _ID.search(self._texts())
        return found["worker"] if found else "main"

    @property
    def ids(self) -> int:
        """How many ids had been issued when the last of those that the calls name was."""
        numbers = [int(found["number"]) for found in _ID.finditer(self._texts())]
        return min(max(numbers, default=-1) + 1, _MOST_IDS)

    def _texts(self) -> str:
        return "\n".join(
            [
                *(str(exchange["path"]) for exchange in self.exchanges),
                *(str(exchange["request_body"]) for exchange in self.exchanges),
            ]
        )


@dataclass(frozen=True, slots=True)
class Repeated:
    """What became of a finding: ``shows``, ``gone`` or ``untried``, why, and the exchanges."""

    outcome: str
    detail: str = ""
    exchanges: tuple[Exchange, ...] = field(default=())


def repeat(
    finding: Recorded,
    client: Client,
    ledger: Ledger,
    passive: Passive,
    *,
    run: str,
    settle: float = 0.0,
    sleep: Callable[[float], None] = time.sleep,
) -> Repeated:
    """Sends the calls of a finding and judges their answers: every exchange by the passive checks, or by its form.

    ``run`` is a name as long as that of the run which found it, and ``ledger`` issues its ids; ``settle`` is waited
    between a write and the first read after it. Raises GuardError for a call that may not be sent.
    """
    for _ in range(finding.ids):
        ledger.new("replay")
    names: list[list[str]] = []
    exchanges: list[Exchange] = []
    written = False
    for step, recorded in enumerate(finding.exchanges):
        if recorded["method"] in _READS:
            sleep(settle if written else 0.0)
            written = False
        else:
            written = True
        exchange = client.send(_call(finding, step, run, names), number=step)
        exchanges.append(exchange)
        names += [
            [bind["kind"], bind["was"], name]
            for bind in finding.binds
            if bind["step"] == step and (name := _name(exchange, bind["pointer"]))
        ]
    return _judge(finding, tuple(exchanges), passive, run)


def _judge(finding: Recorded, exchanges: tuple[Exchange, ...], passive: Passive, run: str) -> Repeated:
    if finding.check in PASSIVE:
        marks = {j.fingerprint for exchange in exchanges for j in passive.judge(exchange) if not j.holds}
        if finding.fingerprint in marks:
            return Repeated(SHOWS, exchanges=exchanges)
    answers = [
        {
            "status": exchange.status,
            "media_type": exchange.response_headers.get("content-type", "").partition(";")[0].strip().lower(),
            "body": exchange.response_body.decode("utf-8-sig", errors="backslashreplace"),
        }
        for exchange in exchanges
    ]
    form: Any = finding.shows
    if form is None or finding.check in PASSIVE:
        judged = finding.judged or [len(exchanges) - 1]
        form = {"form": "answers", "answers": [{"step": step, "status": -1} for step in judged]}
    before = [None if at in finding.loose else each["status"] for at, each in enumerate(finding.exchanges)]
    outcome, detail = told(_renewed(form, finding.run, run), answers, before)
    return Repeated(outcome, detail or _seen(exchanges, finding.judged), exchanges)


def _seen(exchanges: Sequence[Exchange], judged: Sequence[int]) -> str:
    last = exchanges[judged[-1] if judged else -1]
    return f"{last.operation} answered {last.status}"


def _renewed(value: Any, was: str, now: str) -> Any:
    match value:
        case str():
            return renewed(value, was, now)
        case list():
            return [_renewed(item, was, now) for item in value]  # pyright: ignore[reportUnknownVariableType]
        case dict():
            return {_renewed(name, was, now): _renewed(item, was, now) for name, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
        case _:
            return value


def _call(finding: Recorded, step: int, run: str, names: Sequence[Sequence[str]]) -> Call:
    """The call of a step, its ids those of this run, its body byte for byte what it was otherwise."""
    exchange, call = finding.exchanges[step], finding.calls[step]
    arguments = {part: _renewed(call[part], finding.run, run) for part in ("path", "query")}
    path = {name: _bound(value, names) for name, value in arguments["path"].items()}
    body = body_bytes(call)
    if body is not None:
        text = renewed(body.decode("utf-8", "surrogateescape"), finding.run, run)
        body = rebound(text, names).encode("utf-8", "surrogateescape")
    return Call(
        exchange["operation"],
        path=path,
        query=arguments["query"],
        has_body=body is not None,
        raw_body=body,
        credential=Credential(exchange["credential"]),
        content_type=call["content_type"],
    )


def body_bytes(call: Mapping[str, Any]) -> bytes | None:
    """The bytes of a recorded body; None where there was none."""
    match call["body"]:
        case None:
            return None
        case {"text": str() as text}:
            return text.encode()
        case written:
            return base64.b64decode(written["base64"])


def _bound(value: Any, names: Sequence[Sequence[str]]) -> Any:
    return next((new for _, was, new in names if str(value) == was), value)


def _name(exchange: Exchange, pointer: str) -> str:
    found = at(exchange.response_body.decode("utf-8-sig", errors="replace"), pointer)
    return str(found[1]) if found[0] == "json" else ""


__all__ = ["GONE", "SHOWS", "UNTRIED", "Recorded", "Repeated", "body_bytes", "repeat"]
