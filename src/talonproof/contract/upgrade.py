"""A document of OpenAPI 3.0 becomes one of 3.1: afterwards every schema is plain JSON Schema 2020-12."""

from __future__ import annotations

from typing import Any

from talonproof.contract.structure import Kind, rebuild


def to_3_1(document: dict[str, Any]) -> dict[str, Any]:
    """The 3.1 document that says what the 3.0 document says.

    ``nullable`` becomes a type, boolean ``exclusiveMinimum`` and ``exclusiveMaximum`` become numbers, and what stands
    beside a ``$ref`` is dropped, because 3.0 ignores it.
    """
    return {**rebuild(document, "document", _change), "openapi": "3.1.0"}


def _change(node: dict[str, Any], kind: Kind) -> Any:
    if isinstance(node.get("$ref"), str) and kind != "path item":
        return {"$ref": node["$ref"]}
    if kind != "schema":
        return node
    for edge, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(node.get(edge), bool):
            exclusive = node.pop(edge)
            if exclusive and bound in node:
                node[edge] = node.pop(bound)
    if node.pop("nullable", False) is not True:
        return node
    kind_of_value = node.get("type")
    if isinstance(kind_of_value, str):
        # An enum still decides: 3.0 wants null listed there as well.
        return {**node, "type": [kind_of_value, "null"]}
    if any(key in node for key in ("allOf", "anyOf", "oneOf")):
        # By the letter of 3.0.3 nullable needs a type beside it; authors write it beside a lone allOf and mean it.
        return {"anyOf": [node, {"type": "null"}]}
    return node
