"""Well-formed JSON that breaks careless servers: deep, long, huge or strange, and harmless where it is accepted."""

from __future__ import annotations

from dataclasses import dataclass

DEEP = 20_000
"""Levels of nesting: more than the stacks of common parsers hold, and short to send."""

DIGITS = 5_000
"""Digits of an integer: more than common languages convert."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """The ``customerSession`` of an update as JSON text, and what is strange about it."""

    label: str
    session: str

    @property
    def raw(self) -> bytes:
        """The whole body; characters that are no Unicode are written as escapes."""
        return b'{"customerSession":' + self.session.encode() + b"}"


def _with(member: str) -> str:
    return f'{{"state":"open",{member}}}'


def _line(quantity: str = "1", price: str = "1", sku: str = '"a"') -> str:
    return _with(f'"cartItems":[{{"sku":{sku},"quantity":{quantity},"price":{price}}}]')


HOSTILE: tuple[Hostile, ...] = (
    Hostile("arrays in arrays", _with('"attributes":' + "[" * DEEP + "]" * DEEP)),
    Hostile("objects in objects", _with('"attributes":' + '{"a":' * DEEP + "1" + "}" * DEEP)),
    Hostile("an integer of many digits", _line(quantity="9" * DIGITS)),
    Hostile("an integer beyond 64 bits", _line(quantity="9223372036854775808")),
    Hostile("a number beyond all floats", _line(price="1e400")),
    Hostile("a number next to nothing", _line(price="1e-400")),
    Hostile("half of a surrogate pair", _line(sku='"\\ud83d"')),
    Hostile("a null character", _line(sku='"\\u0000"')),
    Hostile("a member twice", _with('"profileId":"","profileId":""')),
    Hostile("a member without a name", _with('"":""')),
    Hostile("members of an object's own", _with('"__proto__":{},"constructor":{}')),
    Hostile("a million blanks", _with(" " * 1_000_000 + '"profileId":""')),
    Hostile("a long text", _line(sku='"' + "a" * 100_000 + '"')),
)
"""Some of these are lawful: a server may take or refuse any of them, and fail over none."""
