"""Before a run: somebody answers, accepts the key, and speaks this API."""

from __future__ import annotations

import re
import socket
from typing import Final
from urllib.parse import urlsplit

import httpx

from talonproof.contract.contract import Contract
from talonproof.errors import TargetError
from talonproof.http.client import Client, Journal, no_journal
from talonproof.http.exchange import Call, Credential, Exchange
from talonproof.http.guard import Guard
from talonproof.http.ledger import Ledger
from talonproof.http.trouble import untrusted, unwelcome
from talonproof.target import Footprint, Keys, Target

_ASKED: Final = "getCustomerSession"
_WAIT: Final = 5.0
"""Seconds to wait for a connection."""

_VERSION: Final = re.compile(r"/v[12]/?$")
"""How an address ends that was copied with the beginning of a path."""

_ERROR_MEMBERS = frozenset({"message", "errors", "StatusCode"})


def preflight(
    target: Target,
    keys: Keys,
    contract: Contract,
    run: str,
    *,
    key: str = "",
    transport: httpx.BaseTransport | None = None,
    on_intent: Journal = no_journal,
    on_outcome: Journal = no_journal,
) -> int:
    """Asks for a session that cannot exist; returns if what answers may be such an API, broken or not.

    A contract without that operation leaves nothing to ask for: then somebody must listen, and no more.
    ``key`` says in an error which key was used (by default, the one in the target's variable). Gives how many requests
    it sent. Raises TargetError: exit 2 where the key is not accepted, exit 3 where nothing answers or something else
    than this API does.
    """
    if _ASKED not in contract.operations:
        check_listening(target)
        return 0
    ledger = Ledger(run, "preflight")
    guard = Guard(target, contract, Footprint.READ, ledger)
    with Client(
        target, keys, contract, guard, transport=transport, on_intent=on_intent, on_outcome=on_outcome
    ) as client:
        session = ledger.new("session")
        exchange = client.send(Call(_ASKED, {"customerSessionId": session}), number=0)
        if exchange.status == 404 and (version := _VERSION.search(target.url)):
            # An API that is there answers who has no key by a 401; where nothing is, everything is 404.
            keyless = client.send(Call(_ASKED, {"customerSessionId": session}, credential=Credential.ABSENT), number=1)
            if keyless.status == 404:
                message = f"nothing of the API is at {target.url}: its paths are 404 with a key and without"
                hint = f"they begin with /v1 and /v2 themselves; try {target.url[: version.start()]}"
                raise TargetError(message, hint=hint)
    url = target.url
    if untrusted(exchange):
        message = f"the certificate of {url} is not to be trusted: {exchange.failure}"
        raise TargetError(message, hint="nothing was sent")
    if unwelcome(exchange):
        shown = target.way.client_certificate
        message = f"{url} does not accept {shown}" if shown else f"{url} asks for a certificate of its clients"
        hint = "it is that of [tls] client_certificate" if shown else "[tls] client_certificate names one"
        raise TargetError(f"{message}: {exchange.failure}", hint=hint, code="key", exit_code=2)
    if exchange.status == 0:
        raise TargetError(f"nothing answers at {url}: {exchange.failure}", hint=_silent(target))
    if exchange.status == 401:
        which = key or f"the key in {target.key_variable}"
        raise TargetError(f"{which} is not accepted by {url}", hint="it answers 401", code="key", exit_code=2)
    if exchange.infrastructure:
        raise TargetError(f"{url} cannot be tested now: it answers {exchange.status}")
    if hint := _foreign(exchange):
        raise TargetError(f"what answers at {url} is no Integration API: status {exchange.status}", hint=hint)
    return client.sent


def _silent(target: Target) -> str:
    """What to look at where nothing is answered; some servers hang up on clients without a certificate."""
    if target.url.startswith("https:"):
        return "is it running, is the port right, and does it ask for a client certificate?"
    return "is it running, and is the port right?"


def check_listening(target: Target) -> None:
    """Raises TargetError (exit 3) where nobody listens at the target's address; sends nothing."""
    parts = urlsplit(target.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=_WAIT).close()
    except OSError as error:
        message = f"nothing answers at {target.url}: {error.strerror or error}"
        raise TargetError(message, hint="is it running, and is the port right?") from None


def _foreign(exchange: Exchange) -> str:
    """Why an answer cannot come from such an API; empty where it might."""
    if 300 <= exchange.status < 400:
        return f"it redirects to {exchange.response_headers.get('location', 'nowhere')}"
    if exchange.status >= 500:
        return ""
    body = exchange.json()
    if not exchange.is_json and exchange.response_body.strip():
        kind = exchange.response_headers.get("content-type", "").partition(";")[0] or "something"
        return f"it answers with {kind} that is not JSON; check the address"
    if exchange.status == 404 and not (isinstance(body, dict) and body.keys() & _ERROR_MEMBERS):
        return "it knows no customer sessions under this address; check the path in it"
    return ""
