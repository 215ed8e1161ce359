"""Several files become one document: every ``$ref`` of the result stays inside it, and leads somewhere.

Schemas of other files are put under ``components/schemas`` (they may be recursive), everything else is put in place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import quote, unquote

from talonproof.contract.structure import Kind, with_children
from talonproof.contract.yaml12 import escape, parse, place, unescape
from talonproof.errors import DocumentError, closest

_SCHEMAS: Final = "/components/schemas/"
_IN_FRAGMENT: Final = "/~!$&'()*+,;=:@?"
_NO_NAME: Final = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class _Target:
    """A place in a file."""

    file: Path
    pointer: str


@dataclass(frozen=True, slots=True)
class _File:
    text: str
    value: Any


def read_text(path: Path) -> str:
    """The text of a file in UTF-8; DocumentError if it is not there (with the closest name) or not text."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"not UTF-8 at byte {error.start}", file=str(path)) from None
    except FileNotFoundError:
        folder = path.parent
        beside = sorted(entry.name for entry in folder.iterdir() if entry.is_file()) if folder.is_dir() else []
        hint = closest(path.name, beside) if beside else ""
        raise DocumentError("there is no such file", file=str(path), hint=hint) from None
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror}", file=str(path)) from None


def look_up(value: Any, pointer: str) -> Any:
    """What stands at a JSON pointer; KeyError with the first pointer that leads nowhere."""
    here = value
    walked = ""
    for part in pointer.split("/")[1:]:
        walked += "/" + part
        name = unescape(part)
        if isinstance(here, dict) and name in here:
            here = cast("dict[str, Any]", here)[name]
        elif isinstance(here, list) and name.isdecimal() and int(name) < len(cast("list[Any]", here)):
            here = cast("list[Any]", here)[int(name)]
        else:
            raise KeyError(walked)
    return here


@dataclass(slots=True)
class Bundler:
    """Bundles the document in one file with everything that it refers to.

    Raises DocumentError, with the file and line of the ``$ref``, for one that leads nowhere, into the network, or,
    outside of schemas, to itself.
    """

    root: Path
    _files: dict[Path, _File] = field(default_factory=dict[Path, _File])
    _names: dict[_Target, str] = field(default_factory=dict[_Target, str])
    _taken: set[str] = field(default_factory=set[str])
    _pending: list[_Target] = field(default_factory=list[_Target])
    _inside: list[tuple[_Target, str]] = field(default_factory=list["tuple[_Target, str]"])

    def read(self) -> Any:
        """The value of the root file, as it stands."""
        self.root = self.root.resolve()
        return self._file(self.root).value

    def bundle(self) -> dict[str, Any]:
        """The bundled document; the value of the root file must be an object."""
        whole = self.read()
        own = _schemas_of(whole)
        self._taken = set(own)
        for name, schema in own.items():
            # A component that only points into another file lends its name to what is there.
            if isinstance(schema, dict) and isinstance(ref := cast("dict[str, Any]", schema).get("$ref"), str):
                target = self._target(ref, _Target(self.root, f"{_SCHEMAS}{escape(name)}/$ref"))
                if target.file != self.root:
                    self._names.setdefault(target, name)
        document: dict[str, Any] = self._node(whole, "document", _Target(self.root, ""), ())
        schemas: dict[str, Any] = {}
        for target, name in list(self._names.items()):
            if name in own:
                schemas[name] = self._node(self._value(target), "schema", target, ())
        while self._pending:
            target = self._pending.pop(0)
            schemas[self._names[target]] = self._node(self._value(target), "schema", target, ())
        if schemas:
            components = document["components"] = dict(document.get("components") or {})
            components["schemas"] = {**_schemas_of(document), **schemas}
        self._verify(document)
        return document

    def line(self, pointer: str) -> int | None:
        """The line of a pointer into the root file."""
        return place(self._file(self.root).text, pointer)

    def _file(self, path: Path) -> _File:
        if path not in self._files:
            text = read_text(path)
            self._files[path] = _File(text, parse(text, str(path)))
        return self._files[path]

    def _fail(self, message: str, at: _Target, hint: str = "") -> DocumentError:
        line = place(self._file(at.file).text, at.pointer)
        return DocumentError(message, file=str(at.file), line=line, pointer=at.pointer, hint=hint)

    def _target(self, ref: str, at: _Target) -> _Target:
        """The place that a ``$ref`` standing at ``at`` means."""
        location, _, fragment = ref.partition("#")
        if "://" in location or location.startswith("//"):
            raise self._fail(f"$ref {ref!r} leads into the network; only files are read", at)
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            raise self._fail(f"$ref {ref!r} names an anchor; only JSON pointers are followed", at)
        file = (at.file.parent / unquote(location)).resolve() if location else at.file
        if file != self.root and file not in self._files:
            try:
                self._file(file)
            except DocumentError as error:
                if error.file != str(file) or error.line is not None:
                    raise
                raise self._fail(f"$ref {ref!r}: {error.message}", at, error.hint) from None
        if file != self.root:
            self._value(_Target(file, fragment), at, ref)
        return _Target(file, fragment)

    def _value(self, target: _Target, at: _Target | None = None, ref: str = "") -> Any:
        value = self._file(target.file).value
        try:
            return look_up(value, target.pointer)
        except KeyError as error:
            raise self._fail(f"$ref {ref!r} leads nowhere", at or target, _nearest(value, error.args[0])) from None

    def _node(self, value: Any, kind: Kind, at: _Target, chain: tuple[_Target, ...]) -> Any:
        """The node with all its references turned inwards; ``chain`` is what is being put in place around it."""
        if not isinstance(value, dict):
            return value

        def make(path: tuple[str, ...], inner: Any, inner_kind: Kind) -> Any:
            pointer = at.pointer + "".join("/" + escape(part) for part in path)
            return self._node(inner, inner_kind, _Target(at.file, pointer), chain)

        node = with_children(cast("dict[str, Any]", value), kind, make)
        if kind == "schema" and isinstance(node.get("discriminator"), dict):
            node["discriminator"] = self._discriminator(node["discriminator"], at)
        return self._reference(node, kind, at, chain) if "$ref" in node else node

    def _reference(self, node: dict[str, Any], kind: Kind, at: _Target, chain: tuple[_Target, ...]) -> Any:
        """The node with its ``$ref`` turned inwards, or what that leads to."""
        where = _Target(at.file, at.pointer + "/$ref")
        ref = node.pop("$ref")
        if not isinstance(ref, str):
            raise self._fail("a $ref is a string", where)
        target = self._target(ref, where)
        if target.file == self.root:
            self._inside.append((where, target.pointer))
            as_written = at.file == self.root and ref.startswith("#")
            return {"$ref": ref if as_written else "#" + quote(target.pointer, safe=_IN_FRAGMENT), **node}
        if kind == "schema":
            pointer = _SCHEMAS + escape(self._name(target))
            self._inside.append((where, pointer))
            return {"$ref": "#" + pointer, **node}
        if target in chain:
            raise self._fail(f"$ref {ref!r} leads back to itself", where)
        placed: Any = self._node(self._value(target), kind, target, (*chain, target))
        # Beside the $ref of a path item there may be operations; elsewhere only a summary, which is not needed.
        return (
            {**cast("dict[str, Any]", placed), **node} if kind == "path item" and isinstance(placed, dict) else placed
        )

    def _discriminator(self, value: dict[str, Any], at: _Target) -> dict[str, Any]:
        mapping = value.get("mapping")
        if not isinstance(mapping, dict):
            return value
        turned: dict[str, Any] = {}
        for name, ref in cast("dict[str, Any]", mapping).items():
            turned[name] = ref
            if isinstance(ref, str) and ("#" in ref or ref.endswith((".yaml", ".yml", ".json"))):
                where = _Target(at.file, f"{at.pointer}/discriminator/mapping/{escape(name)}")
                target = self._target(ref, where)
                inner = target.pointer if target.file == self.root else _SCHEMAS + escape(self._name(target))
                turned[name] = "#" + inner
        return {**value, "mapping": turned}

    def _name(self, target: _Target) -> str:
        """The component that stands for a schema of another file."""
        if target not in self._names:
            last = unescape(target.pointer.rpartition("/")[2]) or target.file.stem
            plain = _NO_NAME.sub("_", last)
            name, number = plain, 1
            while name in self._taken:
                number += 1
                name = f"{plain}_{number}"
            self._taken.add(name)
            self._names[target] = name
            self._pending.append(target)
        return self._names[target]

    def _verify(self, document: dict[str, Any]) -> None:
        """Every reference leads somewhere in the bundled document, and not only to other references in a circle."""
        for where, first in self._inside:
            pointer = first
            seen: set[str] = set()
            while pointer not in seen:
                seen.add(pointer)
                try:
                    value = look_up(document, pointer)
                except KeyError as error:
                    hint = _nearest(document, error.args[0])
                    raise self._fail(f"$ref '#{pointer}' leads nowhere", where, hint) from None
                if not isinstance(value, dict) or set(cast("dict[str, Any]", value)) != {"$ref"}:
                    break
                ref: str = cast("dict[str, Any]", value)["$ref"]
                pointer = unquote(ref[1:])
            else:
                raise self._fail("this $ref leads only back to itself", where)


def _schemas_of(document: Any) -> dict[str, Any]:
    components = cast("dict[str, Any]", document).get("components") if isinstance(document, dict) else None
    schemas = cast("dict[str, Any]", components).get("schemas") if isinstance(components, dict) else None
    return cast("dict[str, Any]", schemas) if isinstance(schemas, dict) else {}


def _nearest(value: Any, failed: str) -> str:
    """A hint at the closest name beside the one that is missing."""
    parent, _, part = failed.rpartition("/")
    beside = look_up(value, parent)
    names = list(cast("Mapping[str, Any]", beside)) if isinstance(beside, dict) else []
    return closest(unescape(part), names) if names else ""
