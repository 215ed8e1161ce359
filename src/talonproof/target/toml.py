"""Values out of a TOML file, each of the type of its key and with ``${NAME}`` filled in, or named by its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from talonproof.errors import ConfigError, DocumentError, closest
from talonproof.target.keys import LARGEST, VARIABLE, Key, Kind
from talonproof.target.values import RETURN_POLICIES, Footprint

_VARIABLE: Final = re.compile(VARIABLE)
_PLACEHOLDER: Final = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Reader:
    """A parsed file that knows where in its text a key stands; ``environment`` fills in ``${NAME}``."""

    text: str
    source: str
    environment: Mapping[str, str] = field(default_factory=dict[str, str])

    def parse(self) -> dict[str, Any]:
        """The tables of the file; DocumentError with the line if it is no TOML."""
        try:
            return tomllib.loads(self.text)
        except (ValueError, RecursionError) as error:
            line = re.search(r"line (\d+)", str(error))
            at = int(line[1]) if line else None
            raise DocumentError(f"not TOML: {error}", file=self.source, line=at) from None

    def line(self, key: str, table: str = "") -> int | None:
        """The line on which a key of a table is set, or the table begins; None where that is not plain to see."""
        current = ""
        for number, line in enumerate(self.text.splitlines(), start=1):
            if header := re.match(r"\s*\[\[?\s*\"?([^\]\"]+?)\"?\s*\]", line):
                current = header[1]
                if (not table and current == key) or current == f"{table}.{key}":
                    return number
            elif current == table and re.match(rf"\s*\"?{re.escape(key)}\"?\s*[.=]", line):
                return number
        return None

    def wrong(self, message: str, key: str, table: str = "", hint: str = "") -> DocumentError:
        """The error for what stands at a key."""
        return DocumentError(message, file=self.source, line=self.line(key, table), hint=hint)

    def only(self, data: Mapping[str, Any], known: Iterable[str], *, table: str) -> None:
        """Refuses what the table does not know."""
        names = list(known)
        for key in data:
            if key not in names:
                what = f"[{table}] has an unknown key {key}" if table else f"unknown table [{key}]"
                raise self.wrong(what, key, table, closest(key, names))

    def table(self, data: Mapping[str, Any], name: str) -> dict[str, Any]:
        """A table, empty if it is not there."""
        found = data.get(name, {})
        if not isinstance(found, dict):
            raise self.wrong(f"{name} must be a table", name, hint=f"[{name}]")
        return cast("dict[str, Any]", found)

    def value(self, row: Key, found: Any) -> Any:  # noqa: C901 - one branch a kind
        """What stands behind a key, checked by its row; DocumentError with its place for anything else."""
        match row.kind:
            case Kind.TEXT:
                return self._filled(row, self._typed(row, found, str))
            case Kind.WHOLE:
                return self._typed(row, found, int)
            case Kind.COUNT:
                number: int = self._typed(row, found, int)
                if number < 1:
                    raise self._wrong(row, f"must be {row.kind.value}")
                return number
            case Kind.NUMBER | Kind.SPAN:
                if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= LARGEST:
                    raise self._wrong(row, f"must be a number from 0 to {LARGEST:.0f}")
                if row.kind is Kind.SPAN and not found:
                    raise self._wrong(row, "must be more than 0 seconds")
                return float(found)
            case Kind.TEXTS:
                if not isinstance(found, list) or not all(isinstance(each, str) for each in cast("list[Any]", found)):
                    raise self._wrong(row, f"must be {row.kind.value}")
                return [self._filled(row, each) for each in cast("list[str]", found)]
            case Kind.VARIABLE:
                name: str = self._typed(row, found, str)
                if not (_VARIABLE.fullmatch(name) or (row.optional and not name)):  # it could be a key: not repeated
                    message = "must name an environment variable: capitals, digits and _"
                    raise self._wrong(row, message, "not the key itself")
                return name
            case Kind.FOOTPRINT:
                try:
                    return Footprint.parse(self._typed(row, found, str))
                except ConfigError as error:
                    if isinstance(error, DocumentError):
                        raise
                    raise self.wrong(error.message, row.name, row.table, error.hint) from None
            case Kind.POLICY:
                policy: str = self._typed(row, found, str)
                if policy and policy not in RETURN_POLICIES:
                    raise self._wrong(row, f"must be {row.kind.value}", closest(policy, RETURN_POLICIES))
                return policy
            case Kind.HEADERS:
                if not isinstance(found, dict):
                    raise self._wrong(row, "must be a table of strings", 'headers = { "x-gate" = "…" }')
                named = cast("dict[str, Any]", found)
                if not all(isinstance(value, str) for value in named.values()):
                    raise self._wrong(row, "must be a table of strings")
                return {name: self._filled(row, value) for name, value in named.items()}

    def _typed(self, row: Key, found: Any, wanted: type[Any]) -> Any:
        if not isinstance(found, wanted) or (wanted is int and isinstance(found, bool)):
            words = {str: "a string", int: "an integer"}
            raise self._wrong(row, f"must be {words[wanted]}")
        return found

    def _filled(self, row: Key, text: str) -> str:
        return self.filled(text, lambda message, hint: self._wrong(row, message, hint))

    def filled(self, text: str, wrong: Callable[[str, str], DocumentError]) -> str:
        """The text with the values of the variables it names; an unset one is an error, and its text is not guessed."""

        def value(found: re.Match[str]) -> str:
            name = found[1]
            if not _VARIABLE.fullmatch(name):
                raise wrong("holds ${…} without the name of a variable", "capitals, digits and _")
            if name not in self.environment:
                raise wrong(f"needs the environment variable {name}, which is not set", f"export {name}=…")
            return self.environment[name]

        return _PLACEHOLDER.sub(value, text)

    def _wrong(self, row: Key, message: str, hint: str = "") -> DocumentError:
        return self.wrong(f"[{row.table}] {row.name} {message}", row.name, row.table, hint)
