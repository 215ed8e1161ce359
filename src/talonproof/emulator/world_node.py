"""A node is a value of a world file that knows its place, so that every complaint names file, line and key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from talonproof.contract.document import parse, place
from talonproof.emulator import instant
from talonproof.emulator.message import as_array, as_object
from talonproof.emulator.refusal import step
from talonproof.errors import DocumentError, closest


@dataclass(frozen=True, slots=True)
class _Source:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its JSON pointer. Every method raises DocumentError for a value of another kind."""

    value: Any
    pointer: str
    source: _Source

    def wrong(self, message: str, *, hint: str = "") -> DocumentError:
        """The error that says what is wrong here."""
        line = place(self.source.text, self.pointer)
        return DocumentError(message, file=self.source.name, line=line, pointer=self.pointer, hint=hint)

    def table(self, *known: str, required: Iterable[str] = ()) -> dict[str, Node]:
        """The values by key, all of which must be known (no ``known``: any key goes)."""
        table = as_object(self.value)
        if table is None:
            raise self.wrong("this must be a table")
        found = {str(key): Node(value, self.pointer + step(str(key)), self.source) for key, value in table.items()}
        for key, node in found.items():
            if known and key not in known:
                raise node.wrong(f"unknown key {key}", hint=closest(key, known))
        for key in required:
            if key not in found:
                raise self.wrong(f"{key} is missing")
        return found

    def items(self) -> list[Node]:
        """The values of a list."""
        values = as_array(self.value)
        if values is None:
            raise self.wrong("this must be a list")
        return [Node(value, f"{self.pointer}/{index}", self.source) for index, value in enumerate(values)]

    def cycle(self) -> list[Node]:
        """The values of a list with at least one, or the value itself as the only one."""
        if as_array(self.value) is None:
            return [self]
        found = self.items()
        if not found:
            raise self.wrong("this list must not be empty")
        return found

    def string(self) -> str:
        """A string."""
        if not isinstance(self.value, str):
            raise self.wrong("this must be a string")
        return self.value

    def choice(self, choices: Iterable[str]) -> str:
        """One of some strings."""
        word, known = self.string(), list(choices)
        if word not in known:
            raise self.wrong(f"there is no {word!r} here", hint=closest(word, known))
        return word

    def integer(self, least: int = 1) -> int:
        """A whole number, not below ``least``."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < least:
            raise self.wrong(f"this must be a whole number, {least} or more")
        return self.value

    def reference(self, known: Iterable[int], what: str) -> int:
        """The id of something that the file defines."""
        found = self.integer()
        ids = list(known)
        if found not in ids:
            raise self.wrong(f"there is no {what} {found}", hint=closest(str(found), map(str, ids)))
        return found

    def boolean(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.wrong("this must be true or false")
        return self.value

    def number(self) -> Decimal:
        """A number, to the digit that is written."""
        if not isinstance(self.value, int | float) or isinstance(self.value, bool):
            raise self.wrong("this must be a number")
        return Decimal(str(self.value))

    def offset(self) -> int:
        """An ISO 8601 duration such as -P10D, in microseconds."""
        try:
            return instant.offset(self.string())
        except ValueError as error:
            raise self.wrong(str(error)) from None

    def past(self) -> int:
        """An offset that does not lie in the future."""
        found = self.offset()
        if found > 0:
            raise self.wrong("this must not lie in the future", hint=f"-{self.value}")
        return found

    def future(self) -> int:
        """An offset that lies in the future."""
        found = self.offset()
        if found <= 0:
            raise self.wrong("this must lie in the future")
        return found


def root(text: str, source: str) -> Node:
    """The document of a file as a node. Raises DocumentError for a text that is no YAML."""
    return Node(parse(text, source), "", _Source(source, text))
