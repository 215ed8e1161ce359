"""The one way to the target: a call is guarded, paced, journalled, sent and redacted, and becomes an exchange."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from random import Random
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx

from talonproof import __version__
from talonproof.contract.contract import Contract
from talonproof.contract.serialise import serialise
from talonproof.errors import HarnessError
from talonproof.http.deadline import patient, within
from talonproof.http.exchange import Call, Credential, Exchange
from talonproof.http.gate import Gate, Passage
from talonproof.http.guard import Guard
from talonproof.http.keys import authorization
from talonproof.http.pace import Pace
from talonproof.http.redact import Redactor
from talonproof.http.trouble import phrased, repeatable, retry_after
from talonproof.http.way import reached
from talonproof.target import Footprint, Keys, Target

LARGEST_ANSWER: Final = 32 * 1024 * 1024
"""Bytes of a body that are read; no answer of this API comes near."""

RETRY_PAUSES: Final = (0.2, 0.8)
"""Seconds before the second and the third attempt, more or less: workers that failed together do not come back so."""

_KEEP_ALIVE: Final = 4.0
"""Seconds that an idle connection is used again: less than the 5 s after which common servers close theirs."""

Journal = Callable[[dict[str, Any]], None]


def no_journal(record: dict[str, Any]) -> None:
    """Keeps nothing."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A call as it goes on the wire. The headers hold the key; their repr hides it."""

    call: Call
    method: str
    url: str
    target: str
    headers: httpx.Headers
    body: bytes | None
    footprint: Footprint


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back; ``status`` 0 and a failure where nothing did."""

    status: int
    headers: httpx.Headers
    body: bytes
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Flight:
    """An exchange among others at the same time: it was carried out, if it was, between the two moments.

    They are seconds of ``time.perf_counter``: before the last byte was sent, and after the answer was read.
    """

    exchange: Exchange
    sent: float
    answered: float


class Client:
    """Sends calls to one target; safe to use from several threads.

    ``on_intent`` is given a record before each attempt and ``on_outcome`` one after it; both are redacted.
    ``transport`` stands in for the network. ``sent`` counts attempts, retries included. How long it waits for an answer
    is what the limits of the target say; ``random`` spreads the pauses before retries. ``prefixes`` are, by operation,
    the headers in which the document wants the key, each with what stands before the key.
    """

    def __init__(  # noqa: PLR0913 - everything with an effect is passed in
        self,
        target: Target,
        keys: Keys,
        contract: Contract,
        guard: Guard,
        *,
        redactor: Redactor | None = None,
        pace: Pace | None = None,
        transport: httpx.BaseTransport | None = None,
        on_intent: Journal = no_journal,
        on_outcome: Journal = no_journal,
        random: Random | None = None,
        prefixes: Mapping[str, Mapping[str, str]] | None = None,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.target = target
        self.guard = guard
        self.sent = 0
        self._keys = keys
        self._contract = contract
        self._redactor = redactor or Redactor(keys.secrets(), target.redact)
        self._pace = pace or Pace(0)
        self._on_intent = on_intent
        self._on_outcome = on_outcome
        self._random = random or Random(0)
        self._prefixes = prefixes or {}
        self._now = now
        self._sleep = sleep
        self._count = threading.Lock()
        self._base_path = urlsplit(target.url).path
        limits = httpx.Limits(keepalive_expiry=_KEEP_ALIVE)
        self._http = httpx.Client(
            transport=transport or patient(httpx.HTTPTransport(trust_env=False, limits=limits, **reached(target.way))),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(target.limits.read_timeout, connect=target.limits.connect_timeout),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()
        self._pace.close()

    def send(self, call: Call, *, number: int) -> Exchange:
        """The exchange that a call leads to; ``number`` is its place in the history of the case.

        An attempt that changed nothing, or can change nothing (see :mod:`talonproof.http.trouble`), is made again,
        twice at most. Whatever else the target does is in the exchange: silence has status 0. Raises GuardError, before
        anything is sent, for a call that the run may not make; ConfigError for arguments that cannot be written in a
        path; HarnessError for a body or header that cannot be sent.
        """
        prepared = self._prepare(call)
        return self._again(prepared, self._attempt(prepared, number, 1))

    def send_together(self, calls: Sequence[Call], *, number: int) -> tuple[Flight, ...]:
        """The exchanges of calls that are under way at the same time, in their order, the first with that number.

        Each waits for its turn, all of them before the first is sent; each is written down before any is sent; each is
        made again, alone, as in ``send``. None is sent where the guard refuses one of them. What one of them could do
        once another is carried out, it is taken to do.
        """
        prepared = [self._prepare(call) for call in calls]
        highest = max((each.footprint for each in prepared), default=Footprint.READ)
        prepared = [replace(each, footprint=highest) for each in prepared]
        for _ in prepared:
            self._pace.wait()
        gate = Gate(len(prepared))
        intents = [self._intend(each, number + place, 1) for place, each in enumerate(prepared)]

        def fly(place: int) -> Flight:
            passage = Passage(gate)
            try:
                exchange = self._carry_out(prepared[place], intents[place], passage)
            finally:
                passage.end()
            sent = passage.released
            if repeatable(exchange):  # so it was not carried out, and what counts is what comes now
                sent = time.perf_counter()
                exchange = self._again(prepared[place], exchange)
            return Flight(replace(exchange, together=True), sent, time.perf_counter())

        with ThreadPoolExecutor(max_workers=max(1, len(prepared)), thread_name_prefix="together") as threads:
            return tuple(threads.map(fly, range(len(prepared))))

    def _again(self, prepared: _Prepared, exchange: Exchange) -> Exchange:
        """The exchange once it need not be made again; it is a first attempt."""
        number = exchange.number
        for attempt, pause in enumerate(RETRY_PAUSES, start=2):
            if not repeatable(exchange):
                break
            wish = retry_after(exchange.response_headers, self._now())
            self._sleep(max(pause * self._random.uniform(0.75, 1.25), wish))
            exchange = self._attempt(prepared, number, attempt)
        return exchange

    def _prepare(self, call: Call) -> _Prepared:
        operation = self._contract.operation(call.operation)
        path = serialise(operation, call.path, call.query)
        url = f"{self.target.url}{path}"
        footprint = self.guard.check(call, url)
        body = _encode(call)
        headers = self._headers(call, has_body=body is not None)
        return _Prepared(call, operation.method, url, self._base_path + path, headers, body, footprint)

    def _headers(self, call: Call, *, has_body: bool) -> httpx.Headers:
        headers = httpx.Headers(
            {
                "accept": "application/json",
                "accept-encoding": "identity",
                "user-agent": f"talonproof/{__version__}",
            }
        )
        content_type = "application/json" if call.content_type is None and has_body else call.content_type
        if content_type:
            headers["content-type"] = content_type
        headers.update(self.target.way.headers)
        if (value := authorization(call.credential, self._keys)) is not None:
            headers["authorization"] = value
        headers.update(call.headers)
        if call.credential is Credential.DOCUMENT and self._keys.live:
            wanted = self._prefixes.get(call.operation, {})
            headers.update({name: f"{before}{self._keys.live}" for name, before in wanted.items()})
        return headers

    def _attempt(self, prepared: _Prepared, number: int, attempt: int) -> Exchange:
        self._pace.wait()
        return self._carry_out(prepared, self._intend(prepared, number, attempt))

    def _intend(self, prepared: _Prepared, number: int, attempt: int) -> Exchange:
        """The exchange before it happens, once it is written down that it will."""
        unanswered = self._exchange(prepared, number, attempt)
        self._on_intent({**_about(prepared, unanswered), **_request_of(unanswered)})
        with self._count:
            self.sent += 1
        return unanswered

    def _carry_out(self, prepared: _Prepared, unanswered: Exchange, passage: Passage | None = None) -> Exchange:
        begun = time.perf_counter()
        answer = self._ask(prepared, passage)
        exchange = replace(
            unanswered,
            status=answer.status,
            response_headers=self._redactor.headers(answer.headers),
            response_body=self._redactor.data(answer.body),
            seconds=time.perf_counter() - begun,
            failure=self._redactor.text(answer.failure),
        )
        self._on_outcome({**_about(prepared, exchange), **exchange.record()})
        self.guard.ledger.note(exchange)
        if exchange.status in {429, 503}:
            self._pace.slow_down(retry_after(exchange.response_headers, self._now()))
        elif exchange.status:
            self._pace.speed_up()
        return exchange

    def _exchange(self, prepared: _Prepared, number: int, attempt: int) -> Exchange:
        """The exchange as far as it is known before it happens."""
        url = self._redactor.text(prepared.url)
        body = None if prepared.body is None else self._redactor.data(prepared.body)
        clean = url == prepared.url and body == prepared.body
        return Exchange(
            number=number,
            call=prepared.call if clean else self._without_secrets(prepared.call),
            method=prepared.method,
            url=url,
            path=self._redactor.text(prepared.target),
            request_headers=self._redactor.headers(prepared.headers),
            request_body=body,
            status=0,
            response_headers={},
            response_body=b"",
            started=self._now(),
            seconds=0.0,
            attempts=attempt,
        )

    def _without_secrets(self, call: Call) -> Call:
        """The call with its arguments redacted: an argument may happen to hold a key."""
        return replace(
            call,
            path=self._redactor.value(call.path),
            query=self._redactor.value(call.query),
            body=self._redactor.value(call.body),
            raw_body=None if call.raw_body is None else self._redactor.data(call.raw_body),
            headers=self._redactor.value(call.headers),
        )

    def _ask(self, prepared: _Prepared, passage: Passage | None = None) -> _Answer:
        request = self._request(prepared, passage)
        if passage is not None and not prepared.body:
            passage.pass_through()
        begun = time.monotonic()
        allowed = self.target.limits.total_timeout
        try:
            with within(allowed):
                response = self._http.send(request, stream=True)
                try:
                    body, failure = _read(response, begun + allowed, allowed)
                finally:
                    response.close()
        except httpx.LocalProtocolError as error:
            raise HarnessError(self._redactor.text(f"{prepared.call.operation} cannot be sent: {error}")) from None
        except httpx.TransportError as error:
            return _Answer(0, httpx.Headers(), b"", phrased(error))
        except httpx.DecodingError as error:
            return _Answer(0, httpx.Headers(), b"", f"decoding: {error}")
        if failure:
            return _Answer(0, response.headers, b"", failure)
        return _Answer(response.status_code, response.headers, body)

    def _request(self, prepared: _Prepared, passage: Passage | None) -> httpx.Request:
        """The request, its target exactly as serialised: httpx alone would resolve and escape it anew.

        A proxy that forwards plain HTTP is told the whole address.
        """
        forwarded = bool(self.target.way.proxy) and prepared.url.startswith("http:")
        target = prepared.url if forwarded else prepared.target
        headers, content = prepared.headers, prepared.body
        if passage is not None and content:
            headers = httpx.Headers([*headers.multi_items(), ("content-length", str(len(content)))])
        try:
            return self._http.build_request(
                prepared.method,
                prepared.url,
                headers=headers,
                content=passage.pieces(content) if passage is not None and content else content,
                extensions={"target": target.encode("ascii")},
            )
        except (httpx.InvalidURL, ValueError) as error:
            raise HarnessError(self._redactor.text(f"{prepared.call.operation} cannot be sent: {error}")) from None


def _encode(call: Call) -> bytes | None:
    """The bytes of the body: JSON in UTF-8, escaped to ASCII only where a lone surrogate leaves no other way."""
    if call.raw_body is not None:
        return call.raw_body
    if call.body is None and not call.has_body:
        return None
    try:
        try:
            return json.dumps(call.body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        except UnicodeEncodeError:
            return json.dumps(call.body, allow_nan=False, separators=(",", ":")).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise HarnessError(f"the body of {call.operation} is no JSON value: {error}") from None


def _read(response: httpx.Response, deadline: float, allowed: float) -> tuple[bytes, str]:
    """The whole body, or why it was given up."""
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            return b"", f"read: the answer is longer than {LARGEST_ANSWER} bytes"
        if time.monotonic() > deadline:
            return b"", f"timeout: the answer was not complete after {allowed:g} s"
    return bytes(body), ""


def _about(prepared: _Prepared, exchange: Exchange) -> dict[str, Any]:
    return {"attempt": exchange.attempts, "footprint": prepared.footprint.label}


def _request_of(exchange: Exchange) -> dict[str, Any]:
    """The part of a record that is known before there is an answer."""
    unknown = {"status", "response_headers", "response_body", "seconds", "failure"}
    return {key: value for key, value in exchange.record().items() if key not in unknown}
