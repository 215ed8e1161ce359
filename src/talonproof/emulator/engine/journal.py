"""A journal remembers what was changed, so that a rule that fails half way leaves nothing behind."""

from __future__ import annotations

from typing import Any, Protocol

_ABSENT = object()


class _Holder(Protocol):
    def __setitem__(self, key: Any, value: Any, /) -> None: ...
    def __getitem__(self, key: Any, /) -> Any: ...


class Journal:
    """Changes of lists and dicts that can be undone, the last one first."""

    def __init__(self) -> None:
        self._changes: list[tuple[Any, Any, Any]] = []

    def put(self, holder: _Holder, key: object, value: object) -> None:
        """Sets an item of a list, or a key of a dict."""
        try:
            before = holder[key]
        except KeyError:
            before = _ABSENT
        self._changes.append((holder, key, before))
        holder[key] = value

    def mark(self) -> int:
        """A place to go back to."""
        return len(self._changes)

    def undo(self, mark: int) -> None:
        """Undoes every change since a mark."""
        while len(self._changes) > mark:
            holder, key, before = self._changes.pop()
            if before is _ABSENT:
                del holder[key]
            else:
                holder[key] = before
