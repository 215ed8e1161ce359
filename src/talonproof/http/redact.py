"""No secret leaves this module: every occurrence of one becomes ``[redacted]``.

An occurrence is the secret as it is, or with any of its characters percent-encoded, escaped for JSON or HTML, or the
whole of it in base64 or UTF-16: the forms in which servers echo what they were sent.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from talonproof.http.attributes import MASK, Attributes

__all__ = ["MASK", "Redactor"]

_CREDENTIALS: Final = frozenset({"authorization", "proxy-authorization"})
_COOKIES: Final = frozenset({"cookie", "set-cookie"})
_ESCAPES: Final = re.compile(rb"[%\\&]")
_SHORTEST_IN_BASE64: Final = 6
"""Base64 of less than this many bytes is a few letters that occur by chance."""


class Redactor:
    """Takes the secrets out of text, bytes and headers; empty secrets are left aside.

    Of the ``attributes`` of people, by name, the values are taken out of bodies too. A secret that is a common word
    takes that word out of bodies, before they are judged: real keys are long.
    """

    __slots__ = ("_attributes", "_escaped", "_plain")

    def __init__(self, secrets: Iterable[str], attributes: Iterable[str] = ()) -> None:
        self._attributes = Attributes(attributes)
        found = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        forms = {form for secret in found for form in _forms(secret)}
        self._plain = tuple(sorted(forms, key=len, reverse=True))
        self._escaped = re.compile(b"|".join(_pattern(secret) for secret in found)) if found else None

    def __repr__(self) -> str:
        return "Redactor()"

    def data(self, data: bytes) -> bytes:
        """The bytes without the secrets; the same object where there is none in them."""
        for form in self._plain:
            if form in data:
                data = data.replace(form, MASK.encode())
        if self._escaped and _ESCAPES.search(data):
            data = self._escaped.sub(MASK.encode(), data)
        return self._attributes.masked(data)

    def text(self, text: str) -> str:
        """The text without the secrets; lone surrogates stay as they are."""
        return self.data(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def value(self, value: Any) -> Any:
        """A JSON value without the secrets in its texts, names of members included."""
        match value:
            case str():
                return self.text(value)
            case Mapping():
                members = self._attributes.without(cast("Mapping[str, Any]", value))
                return {self.text(name): self.value(member) for name, member in members.items()}
            case list() | tuple():
                return [self.value(item) for item in cast("list[Any]", value)]
            case _:
                return value

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers, names in lower case, without secrets, credentials and cookies; a scheme stays readable."""
        kept = {name.lower(): self._header(name.lower(), value) for name, value in headers.items()}
        together = "\n".join((*kept, *kept.values()))
        if self.text(together) == together:  # nearly always, and one search is faster than thirty
            return kept
        return {self.text(name): self.text(value) for name, value in kept.items()}

    def _header(self, name: str, value: str) -> str:
        if name in _COOKIES:
            return MASK
        if name in _CREDENTIALS:
            scheme, space, _ = value.strip().partition(" ")
            return f"{scheme} {MASK}" if space else MASK
        return value


def _forms(secret: str) -> set[bytes]:
    """The secret as bytes that can be searched for as they are."""
    plain = secret.encode("utf-8", "surrogatepass")
    forms = {plain, secret.encode("utf-16-le", "surrogatepass"), secret.encode("utf-16-be", "surrogatepass")}
    if len(plain) >= _SHORTEST_IN_BASE64:
        encoded = {base64.b64encode(plain), *(_base64_core(plain, before) for before in range(3))}
        forms |= encoded | {form.translate(bytes.maketrans(b"+/", b"-_")) for form in encoded}
    return forms


def _base64_core(plain: bytes, before: int) -> bytes:
    """The part of the base64 of a longer text that the secret alone decides, ``before`` bytes (mod 3) into it."""
    encoded = base64.b64encode(b"\0" * before + plain)
    start = (0, 2, 3)[before]
    end = len(encoded) - (0, 3, 2)[(before + len(plain)) % 3]
    return encoded[start:end]


def _pattern(secret: str) -> bytes:
    """Matches the secret with any of its characters escaped."""
    return b"".join(_character(character) for character in secret)


def _character(character: str) -> bytes:
    encoded = character.encode("utf-8", "surrogatepass")
    units = character.encode("utf-16-be", "surrogatepass").hex()
    percent = "".join(f"%(?:25)*{byte:02x}" for byte in encoded)
    unicode = "".join(rf"\\+u{units[at : at + 4]}" for at in range(0, len(units), 4))
    numeric = f"&#(?:0*{ord(character)}|x0*{ord(character):x});"
    named = re.escape(html.escape(character).encode("utf-8", "surrogatepass"))
    return b"(?:" + rb"\\*" + re.escape(encoded) + f"|(?i:{percent}|{unicode}|{numeric})|".encode() + named + b")"
