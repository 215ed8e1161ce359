"""YAML and JSON text becomes plain JSON values, by the rules of YAML 1.2, and its places can be found again.

PyYAML follows YAML 1.1: ``1E+15`` would be a string, ``no`` a boolean, ``2024-05-29`` a date and ``=`` an unknown tag.
So only its parser is used here (the C one where it is built in); what a scalar means is decided below, by the core
schema of YAML 1.2. Everything that JSON cannot hold is refused: keys are strings as written, numbers are finite.
"""

from __future__ import annotations

import json
import math
import pickle
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, cast

import yaml

from talonproof.errors import DocumentError

MAX_NODES: Final = 1_000_000
"""How many values a text may stand for once its aliases are written out: the largest public API documents have
about 200,000, nested aliases ("billion laughs") have billions."""

MAX_DEPTH: Final = 200
"""How deep values may be nested, so that everything after this can recurse."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_WORDS: Final[dict[str, Any]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_DECIMAL: Final = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_CORE: Final = "tag:yaml.org,2002:"


def parse(text: str, source: str) -> Any:
    """The value of a YAML or JSON text; ``source`` is the name that errors give the text.

    Raises DocumentError, with the line, for what is not well-formed, for duplicate keys, aliases that stand for more
    than MAX_NODES values or for themselves, merge keys, unknown tags, several documents, and numbers that are not
    finite. A text that begins as JSON is read as JSON if it is JSON (escaped surrogate pairs are not YAML).
    """
    return pickle.loads(_parsed(text, source))  # noqa: S301 - of this process alone; a copy, for the value can be changed


@lru_cache(maxsize=64)
def _parsed(text: str, source: str) -> bytes:
    """The value of a text, pickled: one process reads the same documents several times over."""
    value = _parse_json_or_yaml(text, source)
    if _depth(value) > MAX_DEPTH:
        raise DocumentError(f"nested deeper than {MAX_DEPTH} levels", file=source)
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def place(text: str, pointer: str) -> int | None:
    """The line, from 1, on which the value at a JSON pointer begins (for a property: the line of its name).

    None if there is no such value. A pointer that leads through an alias is answered with the line of the alias.
    """
    wanted = tuple(unescape(part) for part in pointer.split("/")[1:])
    try:
        for path, line, is_alias in _walk(text):
            if path == wanted or (is_alias and path == wanted[: len(path)]):
                return line
    except yaml.YAMLError:
        return None
    return None


def escape(part: str) -> str:
    """A property name as one part of a JSON pointer."""
    return part.replace("~", "~0").replace("/", "~1")


def unescape(part: str) -> str:
    """The property name that one part of a JSON pointer stands for."""
    return part.replace("~1", "/").replace("~0", "~")


class _DuplicateError(Exception):
    """A JSON object has a key twice."""


def _parse_json_or_yaml(text: str, source: str) -> Any:
    if source.endswith(".json") or text.lstrip()[:1] in {"{", "["}:
        try:
            return _parse_json(text, source)
        except json.JSONDecodeError as error:
            if source.endswith(".json"):
                raise DocumentError(f"not JSON: {error.msg}", file=source, line=error.lineno) from None
    return _parse_yaml(text, source)


def _depth(value: Any) -> int:
    """How deep the value is nested; MAX_DEPTH + 1 for anything deeper."""
    deepest = 0
    pending = [(value, 1)]
    while pending and deepest <= MAX_DEPTH:
        here, depth = pending.pop()
        deepest = max(deepest, depth)
        if isinstance(here, dict):
            pending += [(inner, depth + 1) for inner in cast("dict[str, Any]", here).values()]
        elif isinstance(here, list):
            pending += [(inner, depth + 1) for inner in cast("list[Any]", here)]
    return deepest


def _parse_json(text: str, source: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_float=_finite, parse_constant=_finite)
    except _DuplicateError as error:
        # The decoder does not say where: the YAML reader finds the second one, unless the text is JSON only.
        _parse_yaml(text, source)
        raise DocumentError(f"duplicate key {error}", file=source) from None
    except RecursionError:
        raise DocumentError(f"nested deeper than {MAX_DEPTH} levels", file=source) from None
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        raise DocumentError(str(error), file=source) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _DuplicateError(next(repr(name) for name in names if names.count(name) > 1))
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        message = f"{text} is no number that JSON can hold"
        raise ValueError(message)
    return number


def _scalar(event: Any) -> Any:
    """The value of a scalar event; ValueError for what has none."""
    text: str = event.value
    tag: str | None = event.tag
    if tag in (None, ""):
        return _plain(text) if event.implicit[0] else text
    if tag in ("!", _CORE + "str"):
        return text
    if tag.startswith(_CORE):
        value = _plain(text)
        kind = tag.removeprefix(_CORE)
        fits = {
            "null": value is None,
            "bool": isinstance(value, bool),
            "int": isinstance(value, int) and not isinstance(value, bool),
            "float": isinstance(value, (int, float)) and not isinstance(value, bool),
        }
        if fits.get(kind):
            return float(value) if kind == "float" else value
    message = f"{text!r} is not tagged as a value of JSON: {tag}"
    raise ValueError(message)


def _plain(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "-+.0123456789":
        return text
    if _DECIMAL.fullmatch(text):
        return int(text)
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text) or _NOT_FINITE.fullmatch(text):
        return _finite(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


@dataclass(slots=True)
class _Open:
    """A mapping or a sequence that is still being read; ``size`` counts its values, aliases written out."""

    value: Any
    anchor: str | None
    is_mapping: bool
    key: str | None = None
    size: int = 1

    @property
    def wants_key(self) -> bool:
        return self.is_mapping and self.key is None


@dataclass(slots=True)
class _Builder:
    """Turns the events of a parser into one value."""

    source: str
    open: list[_Open] = field(default_factory=list[_Open])
    anchors: dict[str, tuple[Any, int] | None] = field(default_factory=dict[str, "tuple[Any, int] | None"])
    result: Any = None
    documents: int = 0

    def fail(self, message: str, event: Any) -> DocumentError:
        return DocumentError(message, file=self.source, line=event.start_mark.line + 1)

    def take(self, event: Any) -> None:
        match event:
            case yaml.ScalarEvent():
                self.scalar(event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self.start(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                closed = self.open.pop()
                if closed.anchor is not None:
                    self.anchors[closed.anchor] = (closed.value, closed.size)
                self.put(closed.value, closed.size, event)
            case yaml.AliasEvent():
                self.alias(event)
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    raise self.fail("a second document begins; one is expected", event)
            case _:
                pass

    def scalar(self, event: Any) -> None:
        top = self.open[-1] if self.open else None
        if top is not None and top.wants_key:
            key: str = event.value
            if key == "<<" and event.implicit[0]:
                raise self.fail("merge keys (<<) are not YAML 1.2: write the properties out", event)
            if key in top.value:
                raise self.fail(f"duplicate key {key!r}", event)
            top.key = key
            if event.anchor is not None:
                self.anchors[event.anchor] = (key, 1)
            return
        try:
            value = _scalar(event)
        except ValueError as error:
            raise self.fail(str(error), event) from None
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, 1)
        self.put(value, 1, event)

    def start(self, event: Any) -> None:
        kind = "map" if isinstance(event, yaml.MappingStartEvent) else "seq"
        if event.tag not in (None, "", "!", _CORE + kind):
            raise self.fail(f"unknown tag {event.tag}", event)
        top = self.open[-1] if self.open else None
        if top is not None and top.wants_key:
            raise self.fail("a key must be a string", event)
        # Here with its line; what aliases or JSON nest is measured at the end.
        if len(self.open) >= MAX_DEPTH:
            raise self.fail(f"nested deeper than {MAX_DEPTH} levels", event)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.open.append(_Open({} if kind == "map" else [], event.anchor, is_mapping=kind == "map"))

    def alias(self, event: Any) -> None:
        top = self.open[-1] if self.open else None
        if top is not None and top.wants_key:
            raise self.fail("an alias cannot be a key", event)
        if event.anchor not in self.anchors:
            raise self.fail(f"there is no anchor &{event.anchor}", event)
        known = self.anchors[event.anchor]
        if known is None:
            raise self.fail(f"*{event.anchor} stands inside the value that it names", event)
        self.put(*known, event)

    def put(self, value: Any, size: int, event: Any) -> None:
        if not self.open:
            self.result = value
            return
        top = self.open[-1]
        top.size += size
        if top.size > MAX_NODES:
            raise self.fail(f"with its aliases written out the document has more than {MAX_NODES:,} values", event)
        if top.is_mapping:
            top.value[top.key] = value
            top.key = None
        else:
            top.value.append(value)


def _events(text: str) -> Iterator[Any]:
    return yaml.parse(text, Loader=_LOADER)


def _parse_yaml(text: str, source: str) -> Any:
    builder = _Builder(source)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise DocumentError(f"not YAML: {error.problem or error.context}", file=source, line=line) from None
    except yaml.YAMLError as error:
        raise DocumentError(f"not YAML: {str(error).splitlines()[0]}", file=source) from None
    return builder.result


@dataclass(slots=True)
class _Level:
    """A mapping or a sequence on the way to a place; ``index`` is that of the next item, None in a mapping."""

    index: int | None
    key_line: int | None = None


def _walk(text: str) -> Iterator[tuple[tuple[str, ...], int, bool]]:
    """Every value of the text in its order: path, line, and whether an alias stands for it."""
    path: list[str] = []
    levels: list[_Level] = []
    for event in _events(text):
        top = levels[-1] if levels else None
        line: int = event.start_mark.line + 1
        match event:
            case yaml.ScalarEvent() if top is not None and top.index is None and top.key_line is None:
                top.key_line = line
                path.append(event.value)
                continue
            case yaml.NodeEvent():
                if top is not None and top.index is not None:
                    path.append(str(top.index))
                    top.index += 1
                yield tuple(path), (top and top.key_line) or line, isinstance(event, yaml.AliasEvent)
                if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                    levels.append(_Level(None if isinstance(event, yaml.MappingStartEvent) else 0))
                    continue
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                levels.pop()
            case _:
                continue
        # A value is complete: its name is no longer part of the path.
        if levels:
            path.pop()
            levels[-1].key_line = None
