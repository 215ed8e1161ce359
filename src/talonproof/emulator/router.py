"""The router finds the operation of a raw path: an encoded slash stays inside its segment, literal segments win."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from talonproof.contract.contract import Operation
from talonproof.emulator.refusal import Refusal


@dataclass(slots=True)  # not frozen: that takes four times as long to make, and nobody changes one
class Route:
    """An operation with the decoded values of its path."""

    operation: Operation
    values: dict[str, str]


@dataclass(slots=True)
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict[str, "_Node"])
    wildcard: _Node | None = None
    operations: dict[str, tuple[Operation, tuple[str, ...]]] = field(
        default_factory=dict[str, tuple[Operation, tuple[str, ...]]]
    )


class Router:
    """Routes over the templates of a contract."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            node, names = self._root, list[str]()
            for segment in operation.path.removeprefix("/").split("/"):
                if segment.startswith("{"):
                    names.append(segment[1:-1])
                    node.wildcard = node = node.wildcard or _Node()
                else:
                    node = node.literals.setdefault(segment, _Node())
            node.operations[operation.method] = (operation, tuple(names))

    def route(self, method: str, path: str) -> Route:
        """The operation of a raw path.

        Raises Refusal: 400 if a segment is not percent-encoded UTF-8, 404 if no template fits, 405 if one does
        but has no such method. An empty segment fits no parameter.
        """
        raw = path.removeprefix("/").split("/")
        if "%" in path:
            try:
                segments = [unquote(segment, errors="strict") for segment in raw]
            except UnicodeDecodeError:
                raise Refusal(400, "The path is not percent-encoded UTF-8.") from None
        else:
            segments = raw
        found = self._only(method, segments)
        if found is not None:
            return found
        matches = [found for found in _walk(self._root, segments, ()) if found[0].operations]
        for node, values in matches:
            if method in node.operations:
                operation, names = node.operations[method]
                return Route(operation, dict(zip(names, values, strict=True)))
        if matches:
            allowed = ", ".join(sorted({name for node, _ in matches for name in node.operations}))
            raise Refusal(405, f"This path answers {allowed} only.")
        raise Refusal(404, "There is nothing at this path.")

    def _only(self, method: str, segments: list[str]) -> Route | None:
        """The operation where at each segment only one way leads on; None where it takes more to tell."""
        node, values = self._root, list[str]()
        for segment in segments:
            literal, wildcard = node.literals.get(segment), node.wildcard
            if literal is not None:
                if wildcard is not None:
                    return None
                node = literal
            elif wildcard is not None and segment:
                node = wildcard
                values.append(segment)
            else:
                return None
        if method not in node.operations:
            return None
        operation, names = node.operations[method]
        return Route(operation, dict(zip(names, values, strict=True)))


def _walk(node: _Node, segments: list[str], values: tuple[str, ...]) -> Iterable[tuple[_Node, tuple[str, ...]]]:
    """The nodes at which the segments end, literal ways first, with the values taken on the way."""
    if not segments:
        yield node, values
        return
    head, *rest = segments
    if head in node.literals:
        yield from _walk(node.literals[head], rest, values)
    if head and node.wildcard is not None:
        yield from _walk(node.wildcard, rest, (*values, head))
