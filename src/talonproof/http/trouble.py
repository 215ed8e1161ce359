"""What it means that no answer came, or one that says nothing of the API: whose fault it is, and what is left to do.

A call that never reached the server, or that the server turned away before it began, can be made again whatever it
does. Any other may have been carried out: it is made again only where that changes nothing, as with a read. What
became of a write is unknown then, and whoever sent it has to begin again with things of other names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Final

import httpx

from talonproof.http.arguments import is_dry
from talonproof.http.exchange import Credential, Exchange

LONGEST_RETRY_AFTER: Final = 30.0
"""Seconds that a server may ask for with Retry-After; a longer wish is not granted in full."""

_READS: Final = frozenset({"GET", "HEAD"})
_UNTRUSTED: Final = "CERTIFICATE_VERIFY_FAILED"
_UNWELCOME: Final = re.compile(
    r"ALERT_(?:CERTIFICATE_(?:REQUIRED|EXPIRED|REVOKED|UNKNOWN)|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA)"
)
"""The words of OpenSSL for what a server says that does not like the certificate of its client."""


class Fate(Enum):
    """What became of a call."""

    ANSWERED = "answered"
    """The answer is one of the API, good or bad."""
    NEVER_SENT = "never sent"
    """There was no connection to send it on."""
    TURNED_AWAY = "turned away"
    """The server says that it takes no call now: 429, or 503 with the time to come back at."""
    UNKNOWN = "unknown"
    """It went out, and may have been carried out or not. So with a bare 503, which proxies also make of a broken
    connection to the server behind them."""


def fate(exchange: Exchange) -> Fate:
    """What became of the call of an exchange."""
    match exchange.status:
        case 0:
            return Fate.NEVER_SENT if exchange.failure.startswith("connect: ") else Fate.UNKNOWN
        case 429:
            return Fate.TURNED_AWAY
        case 503 if "retry-after" in exchange.response_headers:
            return Fate.TURNED_AWAY
        case 502 | 503 | 504:
            return Fate.UNKNOWN
        case _:
            return Fate.ANSWERED


def repeatable(exchange: Exchange) -> bool:
    """Whether the call may be made once more as it is: it was not carried out, or it changes nothing."""
    match fate(exchange):
        case Fate.NEVER_SENT:
            return not untrusted(exchange)
        case Fate.TURNED_AWAY:
            return True
        case Fate.UNKNOWN:
            call = exchange.call
            return exchange.method in _READS or (is_dry(call) and call.credential is Credential.LIVE)
        case Fate.ANSWERED:
            return False


def untrusted(exchange: Exchange) -> bool:
    """Whether the server could not prove who it is: no later attempt will change that."""
    return exchange.status == 0 and _UNTRUSTED in exchange.failure


def unwelcome(exchange: Exchange) -> bool:
    """Whether the server wants a certificate of its clients, and another than it was shown, if any."""
    return exchange.status == 0 and _UNWELCOME.search(exchange.failure) is not None


def worded(exchange: Exchange) -> str:
    """Whose fault it was that a call got no answer of the API: the server's, a gateway's, or the network's."""
    failure = exchange.failure
    match exchange.status, failure.partition(":")[0]:
        case 0, "connect":
            return f"the network: there was no connection to the server ({failure})"
        case 0, "timeout":
            return f"the server or the network: no whole answer came in time ({failure})"
        case 0, "decoding":
            return f"the server: its answer cannot be decoded ({failure})"
        case 0, _:
            return f"the network: the connection broke before the answer was whole ({failure})"
        case 429, _:
            return "the server: it asks for fewer requests (answered 429)"
        case 503, _:
            return "the server: it is not available (answered 503)"
        case status, _:
            return f"a gateway before the server (answered {status})"


def retry_after(headers: Mapping[str, str], now: float) -> float:
    """The seconds that a server asks to wait, as a number or as a date, within reason; 0 where it names none.

    A date is taken by the server's own clock, where the answer tells it, else by ``now`` in seconds since the epoch.
    """
    wish = headers.get("retry-after", "").strip()
    if wish.isascii() and wish.isdigit():
        return min(float(wish[:10]), LONGEST_RETRY_AFTER)
    then = _moment(wish)
    if then is None:
        return 0.0
    served = _moment(headers.get("date", ""))
    return min(max(0.0, then - (now if served is None else served)), LONGEST_RETRY_AFTER)


def _moment(date: str) -> float | None:
    """Seconds since the epoch of a date in a header; None where it is none."""
    try:
        found = parsedate_to_datetime(date)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def phrased(error: httpx.TransportError) -> str:
    """What went wrong with a connection, the phase first."""
    match error:
        case httpx.ConnectTimeout() | httpx.ConnectError() | httpx.PoolTimeout():
            phase = "connect"
        case httpx.TimeoutException():
            phase = "timeout"
        case httpx.ProtocolError():
            phase = "protocol"
        case httpx.WriteError():
            phase = "write"
        case _:
            phase = "read"
    return f"{phase}: {str(error) or type(error).__name__}"
