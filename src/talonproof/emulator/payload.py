"""A payload is JSON that every later step can handle: bounded in size, depth and numbers, and valid Unicode."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any, NoReturn

import orjson

from talonproof.emulator.json_text import has_long_number
from talonproof.emulator.message import as_array, as_object
from talonproof.emulator.refusal import Refusal

MAX_BYTES = 4 * 1024 * 1024
"""No documented request comes near: a cart of 1,000 items, or as many profiles, have a few hundred kilobytes."""

MAX_DEPTH = 64

_LARGEST = 2**63 - 1
_DIGITS = 19


class _TooLarge(ValueError):
    """A number is beyond what the server keeps."""


def refuse_long(body: bytes) -> None:
    """Raises Refusal (413) above MAX_BYTES, whether or not anybody would read the body."""
    if len(body) > MAX_BYTES:
        raise Refusal(413, f"The body is larger than {MAX_BYTES} bytes.")


def decode(body: bytes) -> Any:
    """The JSON value of a body, which is not too long.

    Raises Refusal: 400 for text that is no JSON or no UTF-8, for NaN and infinities (by name
    or by overflow), integers beyond 64 bits, more than MAX_DEPTH levels, and halves of surrogate pairs.
    """
    try:
        value = _careful(body) if has_long_number(body) else orjson.loads(body)
    except orjson.JSONDecodeError:
        value = _careful(body)  # it says what is wrong, if orjson has not only met a limit of its own
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        _refuse_deep(value)
    return value


def _careful(body: bytes) -> Any:
    try:
        value = _DECODER.decode(body.decode())
    except _TooLarge as error:
        raise Refusal(400, str(error)) from None
    except RecursionError:
        raise Refusal(400, f"The body has more than {MAX_DEPTH} levels.") from None
    except ValueError:  # JSONDecodeError and UnicodeDecodeError are ones
        raise Refusal(400, "The body is not valid JSON.") from None
    if b"\\u" in body:
        _refuse_deep(value)  # before it is written: that has a limit of its own
        _refuse_lone_surrogates(value)
    return value


def _integer(text: str) -> int:
    if len(text) <= _DIGITS + 1:
        value = int(text)
        if -_LARGEST - 1 <= value <= _LARGEST:
            return value
    message = "An integer of the body is beyond 64 bits."
    raise _TooLarge(message)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        message = "A number of the body is too large."
        raise _TooLarge(message)
    return value


def _constant(name: str) -> NoReturn:
    message = f"{name} is no JSON"
    raise ValueError(message)


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_float, parse_constant=_constant)


def _refuse_deep(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in _children(parent) if child and isinstance(child, list | dict)]
        if not level:
            return
    raise Refusal(400, f"The body has more than {MAX_DEPTH} levels.")


def _children(value: Any) -> Iterable[Any]:
    fields = as_object(value)
    return as_array(value) or () if fields is None else fields.values()


def _refuse_lone_surrogates(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Refusal(400, "The body holds half of a surrogate pair.") from None
