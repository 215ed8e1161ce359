"""What changed between two documents, for whoever sends calls and reads answers.

Two operations are the same if every call and every answer means the same by both. Components are seen through, and
nothing hangs on names of components and of path parameters, on descriptions, titles, examples, deprecations and
extensions, or on the order of what has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast
from urllib.parse import unquote

from talonproof.contract.contract import Contract, Operation
from talonproof.contract.document import look_up
from talonproof.contract.structure import STRUCTURE, Kind
from talonproof.errors import DocumentError

Change = Literal["added", "parameters", "body", "responses"]

_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")

_REMARKS: Final = frozenset(
    {
        "title", "summary", "description", "example", "examples", "deprecated", "externalDocs", "xml", "$comment",
        "operationId", "tags", "links", "callbacks",
    }
)  # fmt: skip
"""Members of schemas, parameters, bodies and responses that say nothing of a message."""

_DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "schema": {
        "nullable": False, "uniqueItems": False, "minLength": 0, "minItems": 0, "minProperties": 0, "required": [],
        "properties": {}, "readOnly": False, "writeOnly": False,
    },
    "parameter": {"required": False, "allowReserved": False, "allowEmptyValue": False},
    "request body": {"required": False},
    "response": {"headers": {}, "content": {}},
    "header": {"required": False},
    "media type": {"encoding": {}},
}  # fmt: skip
"""Members that mean the same as none at all."""

_UNORDERED: Final = frozenset({"required", "enum", "type"})
_ALTERNATIVES: Final = frozenset({"allOf", "anyOf", "oneOf"})


@dataclass(frozen=True, slots=True)
class Changes:
    """What a document has that an older one has not; ``removed`` are operations by method and path.

    ``operations`` are those added or changed, by id in the order of the document, with what about them changed.
    """

    operations: Mapping[str, tuple[Change, ...]]
    removed: tuple[str, ...]


def changes(old: Contract, new: Contract) -> Changes:
    """What changed from one contract to another. Operations are known by method and path, whatever their ids."""
    before = {_key(operation): operation for operation in old.operations.values()}
    comparison = _Comparison(old, new)
    found: dict[str, tuple[Change, ...]] = {}
    for operation in new.operations.values():
        known = before.pop(_key(operation), None)
        changed: tuple[Change, ...] = ("added",) if known is None else tuple(_changed(comparison, known, operation))
        if changed:
            found[operation.id] = changed
    return Changes(found, tuple(f"{operation.method} {operation.path}" for operation in before.values()))


def _key(operation: Operation) -> tuple[str, str]:
    return operation.method, _VARIABLE.sub("{}", operation.path)


def _changed(same: _Comparison, before: Operation, after: Operation) -> Iterator[Change]:
    one, other = _Message(same.old, before), _Message(same.new, after)
    if not same.maps(one.parameters(), other.parameters(), "parameter"):
        yield "parameters"
    if not same.nodes(one.node.get("requestBody", {}), other.node.get("requestBody", {}), "request body"):
        yield "body"
    if not same.maps(one.node.get("responses", {}), other.node.get("responses", {}), "response"):
        yield "responses"


@dataclass(frozen=True, slots=True)
class _Message:
    """An operation as the document has it."""

    contract: Contract
    operation: Operation

    @property
    def item(self) -> Mapping[str, Any]:
        return self.contract.resolve(self.contract.document["paths"][self.operation.path])

    @property
    def node(self) -> Mapping[str, Any]:
        return self.contract.resolve(self.item[self.operation.method.lower()])

    def parameters(self) -> dict[str, Any]:
        """The parameters by where and what they are; those of the path by their order in it."""
        places = {name: f"path {index}" for index, name in enumerate(_VARIABLE.findall(self.operation.path))}
        found: dict[str, Any] = {}
        for given in (*self.item.get("parameters", ()), *self.node.get("parameters", ())):
            parameter = self.contract.resolve(given)
            location, name = parameter["in"], parameter["name"]
            usual = {"path": "simple", "header": "simple"}.get(location, "form")
            style = parameter.get("style", usual)
            told = {**parameter, "style": style, "explode": parameter.get("explode", style == "form")}
            if location == "path":
                told["name"] = places.get(name, name)
            key = told["name"] if location == "path" else name.lower() if location == "header" else name
            found[f"{location} {key}"] = {**told, "name": key}
        return found


@dataclass(slots=True)
class _Comparison:
    """Compares nodes of two documents; what is being compared already counts as the same, so circles end."""

    old: Contract
    new: Contract
    _assumed: dict[tuple[int, int], Any] = field(default_factory=dict["tuple[int, int]", Any])

    def nodes(self, one: Any, other: Any, kind: Kind) -> bool:
        """Whether two nodes of a kind say the same."""
        if kind == "schema":
            one, other = _spelled_out(one), _spelled_out(other)
        if not isinstance(one, dict) or not isinstance(other, dict):
            return _plain(one) == _plain(other)
        one, other = _meant(self.old, cast("Any", one)), _meant(self.new, cast("Any", other))
        pair = (id(one), id(other))
        if pair in self._assumed:
            return True
        known = len(self._assumed)
        self._assumed[pair] = (one, other)  # held, so that no id is used again
        if self._members(_essence(one, kind), _essence(other, kind), kind):
            return True
        while len(self._assumed) > known:
            self._assumed.popitem()
        return False

    def maps(self, one: Any, other: Any, kind: Kind) -> bool:
        """Whether two objects hold the same names with nodes that say the same."""
        mine, theirs = _named(one, kind), _named(other, kind)
        return mine.keys() == theirs.keys() and all(self.nodes(mine[key], theirs[key], kind) for key in mine)

    def _members(self, one: Mapping[str, Any], other: Mapping[str, Any], kind: Kind) -> bool:
        return one.keys() == other.keys() and all(self._member(key, one[key], other[key], kind) for key in one)

    def _member(self, key: str, one: Any, other: Any, kind: Kind) -> bool:
        shape, inner = STRUCTURE[kind].get(key, ("", kind))
        if shape == "one":
            return self.nodes(one, other, inner)
        if shape == "map":
            return self.maps(one, other, inner)
        if shape == "list" and isinstance(one, list) and isinstance(other, list):
            mine, theirs = cast("list[Any]", one), cast("list[Any]", other)
            if len(mine) != len(theirs):
                return False
            in_order = all(self.nodes(a, b, inner) for a, b in zip(mine, theirs, strict=True))
            return in_order or (key in _ALTERNATIVES and self._paired(mine, theirs, inner))
        if key in _UNORDERED:
            return sorted(map(_plain, _listed(one))) == sorted(map(_plain, _listed(other)))
        return _plain(one) == _plain(other)

    def _paired(self, one: list[Any], other: list[Any], kind: Kind) -> bool:
        """Whether each of the one has its like among the other."""
        left = list(other)
        for mine in one:
            like = next((index for index, theirs in enumerate(left) if self.nodes(mine, theirs, kind)), None)
            if like is None:
                return False
            del left[like]
        return True


def _meant(contract: Contract, node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The node itself, or what it only refers to."""
    seen: set[str] = set()
    while isinstance(ref := node.get("$ref"), str) and _told(node, "schema").keys() == {"$ref"}:
        if ref in seen:
            raise DocumentError(f"$ref {ref!r} leads back to itself", file=contract.source)
        seen.add(ref)
        node = look_up(contract.document, unquote(ref[1:]))
    return node


def _essence(node: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    """What of a node has a meaning for messages; a reference beside other members is one more schema to be kept."""
    found = _told(node, kind)
    if kind == "schema" and "$ref" in found:
        found["allOf"] = [*found.get("allOf", ()), {"$ref": found.pop("$ref")}]
    return found


def _told(node: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    defaults = _DEFAULTS.get(kind, {})
    return {
        key: value
        for key, value in node.items()
        if key not in _REMARKS
        and not key.startswith("x-")
        and not (key in defaults and _plain(defaults[key]) == _plain(value))
        and not (kind == "schema" and key == "additionalProperties" and value in (True, {}))
    }


def _spelled_out(schema: Any) -> Any:
    """A schema as an object."""
    if isinstance(schema, bool):
        return dict[str, Any]() if schema else {"not": {}}
    return schema


def _listed(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _named(value: Any, kind: Kind) -> dict[str, Any]:
    """The members of an object; beside responses there may be extensions, anywhere else any name is one."""
    members = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    return {key: inner for key, inner in members.items() if kind != "response" or not key.startswith("x-")}


def _plain(value: Any) -> str:
    """A JSON value as a text that is the same for the same value: 1 and 1.0 are one number, true is none."""
    match value:
        case bool() | None:
            return str(value)
        case int() | float():
            return str(int(value)) if float(value).is_integer() else repr(float(value))
        case dict():
            members = cast("dict[str, Any]", value)
            return "{" + ",".join(f"{key!r}:{_plain(members[key])}" for key in sorted(members)) + "}"
        case list():
            return "[" + ",".join(map(_plain, cast("list[Any]", value))) + "]"
        case _:
            return repr(value)
