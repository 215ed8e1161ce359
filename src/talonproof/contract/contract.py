"""A contract is the operations and schemas of one edition, read from an OpenAPI 3.1 document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast
from urllib.parse import unquote

from talonproof.contract.document import escape, load, look_up, place, read_text
from talonproof.errors import ConfigError, DocumentError, closest

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_DEFAULT_STYLE: Final = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}

Schema = Mapping[str, Any]


class NoSuchOperation(ConfigError):
    """An operation was asked for that the document does not have."""

    def __init__(self, operation: str, edition: str, hint: str) -> None:
        super().__init__(f"there is no operation {operation} in edition {edition}", hint=hint)
        self.operation = operation


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of an operation.

    ``location`` is path, query, header or cookie; ``style`` and ``explode`` say how arrays and objects are written.
    A parameter that is described by a media type has the style ``content``: it is written as JSON.
    """

    name: str
    location: str
    required: bool
    schema: Schema
    style: str
    explode: bool


@dataclass(frozen=True, slots=True)
class Response:
    """What an operation may answer with a status; ``schema`` is None for an answer without a JSON body.

    ``status`` is 0 in an answer that stands for several: ``default``, or a range such as ``4XX``.
    """

    status: int
    schema: Schema | None
    media_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; ``path`` is the template, ``method`` upper case, ``body`` the schema of a JSON body."""

    id: str
    method: str
    path: str
    summary: str
    parameters: tuple[Parameter, ...]
    body: Schema | None
    body_required: bool
    responses: Mapping[int, Response]
    others: Mapping[str, Response] = field(default_factory=dict[str, Response])

    @property
    def path_parameters(self) -> tuple[Parameter, ...]:
        """In the order of the document."""
        return tuple(p for p in self.parameters if p.location == "path")

    @property
    def query_parameters(self) -> tuple[Parameter, ...]:
        """In the order of the document."""
        return tuple(p for p in self.parameters if p.location == "query")

    @property
    def success(self) -> frozenset[int]:
        """The 2xx statuses that the document lists."""
        return frozenset(status for status in self.responses if 200 <= status < 300)

    def response(self, status: int) -> Response | None:
        """What the document says of a status: by its number, else by its range, else by ``default``."""
        if status in self.responses:
            return self.responses[status]
        return self.others.get(f"{status // 100}XX") or self.others.get("default")


@dataclass(frozen=True, slots=True, eq=False)
class Contract:
    """The operations of one edition, by id, in the order of the document.

    ``document`` is bundled: each ``$ref`` in it begins with ``#/``. ``source`` is the name that errors give it.
    """

    edition: str
    document: Mapping[str, Any]
    operations: Mapping[str, Operation]
    source: str

    @classmethod
    def from_document(cls, document: Mapping[str, Any], *, edition: str, source: str) -> Contract:
        """The contract in a bundled 3.1 document (:func:`talonproof.contract.document.load` gives one).

        Raises DocumentError, with the JSON pointer (and the line, if ``source`` is a file that has it), where the
        document lacks what an operation needs, or uses an operationId twice.
        """
        operations = {operation.id: operation for operation in _Reader(document, source).operations()}
        return cls(edition, document, MappingProxyType(operations), source)

    def operation(self, operation_id: str) -> Operation:
        """Raises NoSuchOperation with the closest id for an unknown one."""
        try:
            return self.operations[operation_id]
        except KeyError:
            raise NoSuchOperation(operation_id, self.edition, closest(operation_id, self.operations)) from None

    def schema(self, name: str) -> Schema:
        """The schema of that name under ``components``; ConfigError with the closest name for an unknown one."""
        schemas = cast("Mapping[str, Schema]", self.document.get("components", {}).get("schemas", {}))
        try:
            return schemas[name]
        except KeyError:
            message = f"there is no schema {name} in edition {self.edition}"
            raise ConfigError(message, hint=closest(name, schemas)) from None

    def resolve(self, schema: Schema) -> Schema:
        """The schema that is meant: ``$ref`` followed until there is none; what stands beside one is left out."""
        seen: set[str] = set()
        while isinstance(ref := schema.get("$ref"), str):
            if ref in seen:
                raise DocumentError(f"$ref {ref!r} leads back to itself", file=self.source)
            seen.add(ref)
            schema = _follow(self.document, ref, self.source)
        return schema


def read_contract(path: Path, *, edition: str) -> Contract:
    """The contract in a file; see :func:`talonproof.contract.document.load` for what is read and raised."""
    return Contract.from_document(load(path), edition=edition, source=str(path))


def _follow(document: Mapping[str, Any], ref: str, source: str) -> Any:
    if not ref.startswith("#"):
        raise DocumentError(f"$ref {ref!r} leads out of the document", file=source, hint="load() bundles files")
    try:
        return look_up(document, unquote(ref[1:]))
    except KeyError:
        raise DocumentError(f"$ref {ref!r} leads nowhere", file=source) from None


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads operations out of a document; pointers are carried along for the errors."""

    document: Mapping[str, Any]
    source: str

    def fail(self, message: str, pointer: str, hint: str = "") -> DocumentError:
        path = Path(self.source)
        line = place(read_text(path), pointer) if path.is_file() else None
        return DocumentError(message, file=self.source, line=line, pointer=pointer, hint=hint)

    def mapping(self, value: object, pointer: str) -> tuple[Mapping[str, Any], str]:
        """The object at a place, and the pointer to where it really stands: references are followed."""
        seen: set[str] = set()
        while isinstance(value, dict) and isinstance(ref := cast("dict[str, Any]", value).get("$ref"), str):
            if ref in seen:
                raise self.fail(f"$ref {ref!r} leads back to itself", pointer)
            seen.add(ref)
            value = _follow(self.document, ref, self.source)
            pointer = unquote(ref[1:])
        if not isinstance(value, dict):
            raise self.fail("an object is expected here", pointer)
        return cast("dict[str, Any]", value), pointer

    def operations(self) -> list[Operation]:
        if "paths" not in self.document:
            raise self.fail("the document has no paths", "")
        found: list[Operation] = []
        places: dict[str, str] = {}
        paths, _ = self.mapping(self.document["paths"], "/paths")
        for path, value in paths.items():
            if path.startswith("x-"):
                continue
            pointer = f"/paths/{escape(path)}"
            if not path.startswith("/"):
                raise self.fail(f"the path {path!r} does not begin with a slash", pointer)
            item, where = self.mapping(value, pointer)
            shared = self.parameters(item.get("parameters", []), where + "/parameters")
            for method in (key for key in item if key in _METHODS):
                operation = self.operation(method, path, item[method], f"{where}/{method}", shared)
                if operation.id in places:
                    message = f"the operationId {operation.id!r} is already that of {places[operation.id]}"
                    raise self.fail(message, f"{where}/{method}/operationId")
                places[operation.id] = f"{operation.method} {path}"
                found.append(operation)
        return found

    def operation(
        self, method: str, path: str, value: object, pointer: str, shared: Mapping[tuple[str, str], Parameter]
    ) -> Operation:
        node, pointer = self.mapping(value, pointer)
        own = self.parameters(node.get("parameters", []), pointer + "/parameters")
        body, required = None, False
        if "requestBody" in node:
            request, where = self.mapping(node["requestBody"], pointer + "/requestBody")
            body, _ = self.content(request, where)
            required = request.get("required") is True
        responses, others = self.responses(node.get("responses", {}), pointer + "/responses")
        return Operation(
            id=str(node.get("operationId") or f"{method} {path}"),
            method=method.upper(),
            path=path,
            summary=str(node.get("summary", "")),
            parameters=tuple({**shared, **own}.values()),
            body=body,
            body_required=required,
            responses=MappingProxyType(responses),
            others=MappingProxyType(others),
        )

    def parameters(self, value: object, pointer: str) -> dict[tuple[str, str], Parameter]:
        if not isinstance(value, list):
            raise self.fail("a list of parameters is expected here", pointer)
        found: dict[tuple[str, str], Parameter] = {}
        for index, item in enumerate(cast("list[object]", value)):
            node, where = self.mapping(item, f"{pointer}/{index}")
            name, location = node.get("name"), node.get("in")
            if not isinstance(name, str):
                raise self.fail("a parameter needs a name", where)
            if not isinstance(location, str) or location not in _DEFAULT_STYLE:
                hint = closest(str(location), _DEFAULT_STYLE)
                raise self.fail(f"the parameter {name} is in {location!r}", f"{where}/in", hint)
            style = "content" if "content" in node else str(node.get("style", _DEFAULT_STYLE[location]))
            schema = self.content(node, where)[0] if style == "content" else node.get("schema", {})
            found[name, location] = Parameter(
                name=name,
                location=location,
                required=node.get("required") is True,
                schema=self.schema(schema or {}, f"{where}/schema"),
                style=style,
                explode=bool(node.get("explode", style == "form")),
            )
        return found

    def responses(self, value: object, pointer: str) -> tuple[dict[int, Response], dict[str, Response]]:
        listed: dict[int, Response] = {}
        others: dict[str, Response] = {}
        nodes, pointer = self.mapping(value, pointer)
        for key, item in nodes.items():
            if key.startswith("x-"):
                continue
            where = f"{pointer}/{escape(key)}"
            schema, media_types = self.content(*self.mapping(item, where))
            if key.isdecimal() and len(key) == 3:
                listed[int(key)] = Response(int(key), schema, media_types)
            elif key == "default" or (len(key) == 3 and key[0] in "12345" and key[1:].upper() == "XX"):
                others[key if key == "default" else key.upper()] = Response(0, schema, media_types)
            else:
                raise self.fail(f"{key!r} is no status", where, "a number, a range such as 4XX, or default")
        return listed, others

    def content(self, node: Mapping[str, Any], pointer: str) -> tuple[Schema | None, tuple[str, ...]]:
        """The schema of the JSON body, if there is one, and all media types."""
        content, where = self.mapping(node.get("content", {}), pointer + "/content")
        chosen = sorted((m for m in content if _is_json(m)), key=lambda m: m != "application/json")[:1]
        for media_type in chosen:
            place_of = f"{where}/{escape(media_type)}"
            media, place_of = self.mapping(content[media_type], place_of)
            return self.schema(media.get("schema", {}), place_of + "/schema"), tuple(content)
        return None, tuple(content)

    def schema(self, value: object, pointer: str) -> Schema:
        if isinstance(value, bool):
            return {} if value else {"not": {}}
        if not isinstance(value, dict):
            raise self.fail("a schema is an object", pointer)
        return cast("dict[str, Any]", value)


def _is_json(media_type: str) -> bool:
    plain = media_type.partition(";")[0].strip().lower()
    return plain in {"application/json", "*/*"} or plain.endswith("+json")
