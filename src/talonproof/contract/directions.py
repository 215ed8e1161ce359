"""A schema may serve calls and answers alike, and mean different things in each.

A property that is ``writeOnly`` need not be in an answer, one that is ``readOnly`` need not be in a call, however
required they are.
"""

from __future__ import annotations

from typing import Any, Literal, cast

from talonproof.contract.contract import Contract
from talonproof.contract.structure import Kind, rebuild

Direction = Literal["call", "answer"]


def seen_as(contract: Contract, direction: Direction) -> Contract:
    """The contract in which no schema requires what the other direction alone must hold."""
    mark = "readOnly" if direction == "call" else "writeOnly"

    def freed(node: dict[str, Any], kind: Kind) -> Any:
        required, properties = node.get("required"), node.get("properties")
        if kind == "schema" and isinstance(required, list) and isinstance(properties, dict):
            members = cast("dict[str, Any]", properties)
            kept = [name for name in cast("list[str]", required) if not _marked(contract, members.get(name), mark)]
            node["required"] = kept
        return node

    if mark not in _words(contract.document):
        return contract
    document = rebuild(dict(contract.document), "document", freed)
    return Contract.from_document(document, edition=contract.edition, source=contract.source)


def _marked(contract: Contract, schema: Any, mark: str) -> bool:
    if not isinstance(schema, dict):
        return False
    node = cast("dict[str, Any]", schema)
    return node.get(mark) is True or contract.resolve(node).get(mark) is True


def _words(value: Any) -> frozenset[str]:
    """The marks that occur anywhere in a document."""
    text = repr(value)
    return frozenset(mark for mark in ("readOnly", "writeOnly") if mark in text)
