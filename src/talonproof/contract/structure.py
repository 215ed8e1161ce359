"""What stands where in an OpenAPI document: which of its values are schemas, parameters, responses and so on.

Everything that rewrites documents goes by this one table, so that a property which happens to be called ``$ref``,
``nullable`` or ``pattern``, or an example that looks like a schema, is never taken for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, cast

Kind = Literal[
    "document", "components", "path item", "operation", "parameter", "request body", "response", "header",
    "media type", "encoding", "callback", "link", "example", "security scheme", "schema",
]  # fmt: skip
Shape = Literal["one", "list", "map"]

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_MAPS_OF_SCHEMAS: Final = ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions")
_LISTS_OF_SCHEMAS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_SCHEMAS: Final = (
    "items", "additionalProperties", "unevaluatedItems", "unevaluatedProperties", "propertyNames", "contains",
    "contentSchema", "not", "if", "then", "else",
)  # fmt: skip
_CONTENT: Final[dict[str, tuple[Shape, Kind]]] = {
    "schema": ("one", "schema"),
    "content": ("map", "media type"),
    "examples": ("map", "example"),
}
STRUCTURE: Final[Mapping[Kind, Mapping[str, tuple[Shape, Kind]]]] = {
    "document": {
        "paths": ("map", "path item"),
        "webhooks": ("map", "path item"),
        "components": ("one", "components"),
    },
    "components": {
        "schemas": ("map", "schema"),
        "responses": ("map", "response"),
        "parameters": ("map", "parameter"),
        "examples": ("map", "example"),
        "requestBodies": ("map", "request body"),
        "headers": ("map", "header"),
        "securitySchemes": ("map", "security scheme"),
        "links": ("map", "link"),
        "callbacks": ("map", "callback"),
        "pathItems": ("map", "path item"),
    },
    "path item": {**dict.fromkeys(_METHODS, ("one", "operation")), "parameters": ("list", "parameter")},
    "operation": {
        "parameters": ("list", "parameter"),
        "requestBody": ("one", "request body"),
        "responses": ("map", "response"),
        "callbacks": ("map", "callback"),
    },
    "parameter": _CONTENT,
    "header": _CONTENT,
    "request body": _CONTENT,
    "response": {"headers": ("map", "header"), "content": ("map", "media type"), "links": ("map", "link")},
    "media type": {**_CONTENT, "encoding": ("map", "encoding")},
    "encoding": {"headers": ("map", "header")},
    "callback": {},
    "link": {},
    "example": {},
    "security scheme": {},
    "schema": {
        **dict.fromkeys(_MAPS_OF_SCHEMAS, ("map", "schema")),
        **dict.fromkeys(_LISTS_OF_SCHEMAS, ("list", "schema")),
        **dict.fromkeys(_SCHEMAS, ("one", "schema")),
    },
}


def children(node: Mapping[str, Any], kind: Kind) -> Iterator[tuple[tuple[str, ...], Any, Kind]]:
    """The parts of a node that are nodes themselves: path from the node, value, kind.

    Values of the wrong form (a list where an object belongs) are left out: whoever needs them says so.
    """
    known = STRUCTURE[kind]
    for key, value in node.items():
        if kind == "callback" and not key.startswith("x-"):
            yield (key,), value, "path item"
            continue
        if key not in known:
            continue
        shape, inner = known[key]
        if shape == "one":
            yield (key,), value, inner
        elif shape == "list" and isinstance(value, list):
            for index, item in enumerate(cast("list[Any]", value)):
                yield (key, str(index)), item, inner
        elif shape == "map" and isinstance(value, dict):
            for name, item in cast("dict[str, Any]", value).items():
                if not (inner == "path item" and name.startswith("x-")):
                    yield (key, name), item, inner


def with_children(
    node: Mapping[str, Any], kind: Kind, make: Callable[[tuple[str, ...], Any, Kind], Any]
) -> dict[str, Any]:
    """A copy of the node in which ``make`` (path from the node, value, kind) gave each of its children.

    What is no node (examples, enums, extensions) is shared with the original.
    """
    copy = dict(node)
    for path, inner, inner_kind in children(node, kind):
        made = make(path, inner, inner_kind)
        key = path[0]
        if len(path) == 1:
            copy[key] = made
            continue
        if copy[key] is node[key]:
            copy[key] = node[key].copy()
        copy[key][int(path[1]) if isinstance(copy[key], list) else path[1]] = made
    return copy


def rebuild(value: Any, kind: Kind, change: Callable[[dict[str, Any], Kind], Any]) -> Any:
    """A copy of the value in which every node was put through ``change``, the inner ones first.

    ``change`` gets a copy that it may alter, and returns what takes its place.
    """
    if not isinstance(value, dict):
        return value
    node = cast("dict[str, Any]", value)
    return change(with_children(node, kind, lambda _, inner, inner_kind: rebuild(inner, inner_kind, change)), kind)
