"""JSON pointers (RFC 6901) into plain JSON values; values are never changed in place."""

from __future__ import annotations

from typing import Any

MISSING: Any = object()
"""What :func:`get` answers where the pointer leads nowhere; JSON has no such value."""


def split(pointer: str) -> tuple[str, ...]:
    """The unescaped tokens of a pointer; none for the whole document."""
    if not pointer:
        return ()
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/"))


def join(*tokens: str | int) -> str:
    """The pointer made of these tokens."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


def parent(pointer: str) -> str:
    """The pointer to what holds the place; the whole document holds itself."""
    return pointer.rpartition("/")[0]


def get(value: Any, pointer: str) -> Any:
    """The value at a pointer, or MISSING."""
    for token in split(pointer):
        if isinstance(value, dict) and token in value:
            value = value[token]  # pyright: ignore[reportUnknownVariableType]
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):  # pyright: ignore[reportUnknownArgumentType]
            value = value[int(token)]  # pyright: ignore[reportUnknownVariableType]
        else:
            return MISSING
    return value  # pyright: ignore[reportUnknownVariableType]


def put(value: Any, pointer: str, new: Any) -> Any:
    """A copy of the value with something else at a pointer; objects on the way are made, arrays are not.

    MISSING in place of a new value takes the place away. An array index may be the length of the
    array, which appends. Raises KeyError where the way leads through something that is no container.
    """
    tokens = split(pointer)
    return _put(value, tokens, new)


def _put(value: Any, tokens: tuple[str, ...], new: Any) -> Any:
    if not tokens:
        return new
    head, rest = tokens[0], tokens[1:]
    if isinstance(value, list):
        items: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
        index = int(head) if head.isdecimal() else -1
        if not 0 <= index <= len(items):
            raise KeyError(head)
        changed = _put(items[index] if index < len(items) else MISSING, rest, new)
        if changed is MISSING:
            return items[:index] + items[index + 1 :]
        return [*items[:index], changed, *items[index + 1 :]]
    if value is MISSING:
        value = {}
    if not isinstance(value, dict):
        raise KeyError(head)
    members: dict[str, Any] = dict(value)  # pyright: ignore[reportUnknownArgumentType]
    changed = _put(members.get(head, MISSING), rest, new)
    if changed is MISSING:
        members.pop(head, None)
    else:
        members[head] = changed
    return members
