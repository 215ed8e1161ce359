"""An exchange can be said again by one shell command, with the keys in variables."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Final, assert_never

from talonproof.http.exchange import Credential, Exchange
from talonproof.http.keys import MORE, SCHEME, WRONG_KEY
from talonproof.http.redact import MASK
from talonproof.target import KEY_VARIABLE

VARIABLES: Final = {
    Credential.EXPIRED: "TALONPROOF_EXPIRED_KEY",
    Credential.OTHER_APPLICATION: "TALONPROOF_OTHER_APPLICATION_KEY",
    Credential.TEST: "TALONPROOF_TEST_KEY",
}
"""Where a command finds the keys that are not the live one."""

_LONGEST_ARGUMENT: Final = 100_000
"""Bytes; Linux takes 131,072 in one argument."""


def commands(exchanges: Sequence[Exchange]) -> str:
    """A line for each exchange, as ``curl`` has it; those that were sent together are started together."""
    lines: list[str] = []
    for exchange, following in zip(exchanges, [*exchanges[1:], None], strict=True):
        last = following is None or not following.together
        lines.append(curl(exchange) + ("" if not exchange.together else " & wait" if last else " &"))
    return "\n".join(lines)


def curl(exchange: Exchange) -> str:
    """The request of an exchange as one line for a POSIX shell; it prints status, headers and body of the answer.

    The key is read from ``$TALONPROOF_API_KEY``. The bytes of path and body are those that were sent, except where a
    secret was redacted in them; proxies are left aside, as they were.
    """
    words = ["curl", "-sS", "-i", "--globoff", "--path-as-is", "--noproxy", shlex.quote("*"), "-X", exchange.method]
    for name in ("accept", "content-type"):
        if name in exchange.request_headers:
            words += ["-H", shlex.quote(f"{name}: {exchange.request_headers[name]}")]
    for name, value in exchange.call.headers.items():
        if name not in {"accept", "content-type", "cookie"} and MASK not in exchange.request_headers.get(name, ""):
            words += ["-H", shlex.quote(f"{name}: {value}" if value else f"{name};")]
    if exchange.call.credential is Credential.DOCUMENT:
        words += [word for header in _as_documented(exchange) for word in ("-H", header)]
    elif credential := _credential(exchange.call.credential):
        words += ["-H", credential]
    body = exchange.request_body
    before = ""
    if body is None:
        if exchange.method not in {"GET", "HEAD", "DELETE"}:
            words += ["-H", shlex.quote("content-length: 0")]
    else:
        if "content-type" not in exchange.request_headers:
            words += ["-H", shlex.quote("content-type:")]
        if _fits(body):
            words += ["--data-binary", shlex.quote(body.decode())]
        else:
            before = f"printf {_escaped(body)} | "
            words += ["--data-binary", "@-"]
    return before + " ".join([*words, shlex.quote(exchange.url)])


def _credential(credential: Credential) -> str:
    """The Authorization header as a word of the shell; empty where there is none."""
    match credential:
        case Credential.ABSENT | Credential.DOCUMENT:
            return ""
        case Credential.WRONG:
            return shlex.quote(f"Authorization: {SCHEME} {WRONG_KEY}")
        case Credential.LONGER:
            return f'"Authorization: {SCHEME} ${KEY_VARIABLE}{MORE}"'
        case Credential.BARE:
            return f'"Authorization: ${KEY_VARIABLE}"'
        case Credential.BEARER:
            return f'"Authorization: Bearer ${KEY_VARIABLE}"'
        case Credential.LIVE:
            return f'"Authorization: {SCHEME} ${KEY_VARIABLE}"'
        case Credential.EXPIRED | Credential.OTHER_APPLICATION | Credential.TEST:
            return f'"Authorization: {SCHEME} ${VARIABLES[credential]}"'
        case _:
            assert_never(credential)


def _as_documented(exchange: Exchange) -> Iterator[str]:
    """The headers with the key, as words of the shell."""
    for name, value in exchange.request_headers.items():
        before, mask, after = value.partition(MASK)
        if mask and not after and name != "cookie" and "$" not in before and "`" not in before:
            yield f'"{name}: {before}${KEY_VARIABLE}"'


def _fits(body: bytes) -> bool:
    """Whether the bytes can stand in the command as text: one line that can be seen, and no name of a file."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return text.isprintable() and not text.startswith("@") and len(body) < _LONGEST_ARGUMENT


def _escaped(body: bytes) -> str:
    """A format for printf that writes exactly these bytes: octal for all that is not plain, or reads as an option."""
    plain = {byte for byte in range(0x20, 0x7F) if byte not in b"%\\'-"}
    text = "".join(chr(byte) if byte in plain else f"\\{byte:03o}" for byte in body)
    return f"'{text}'"
