"""An overlay says how one document differs from another: the OpenAPI Overlay Specification, 1.0 and 1.1.

Each action selects places by a JSONPath and merges something into them, copies something there, or removes them.
Stricter than the specification, so that a slip is not lost: an action that selects nothing is an error, and so is a
key that is not known. An update of a list is written in the object that holds it, where the two are joined.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn, cast
from urllib.parse import unquote

from talonproof.contract.bundle import look_up, read_text
from talonproof.contract.jsonpath import Location, select
from talonproof.contract.structure import Kind, children
from talonproof.contract.yaml12 import escape, place
from talonproof.errors import DocumentError, closest

_KEYS: Final = ("overlay", "info", "extends", "actions")
_ACTION_KEYS: Final = ("target", "description", "update", "copy", "remove")
_WHAT: Final = ("update", "copy", "remove")


@dataclass(frozen=True, slots=True)
class Overlay:
    """The overlay in a file, with its value as it stands there.

    Raises DocumentError, with file and line, for whatever is wrong with it.
    """

    file: Path
    value: Mapping[str, Any]

    def base(self) -> Path:
        """The file of the document that it extends."""
        version = self.value["overlay"]
        if not isinstance(version, str) or not version.startswith(("1.0.", "1.1.")):
            self._fail(f"the overlay says overlay: {version}", "/overlay", "1.0 and 1.1 are read")
        self._known(self.value, _KEYS, "")
        extends = self.value.get("extends")
        if not isinstance(extends, str):
            self._fail("an overlay extends a document", "/extends" if "extends" in self.value else "")
        if "://" in extends or extends.startswith("//"):
            self._fail(f"{extends!r} leads into the network; only files are read", "/extends")
        file = (self.file.parent / unquote(extends)).resolve()
        if not file.is_file():
            self._fail(f"{extends!r}: there is no such file", "/extends")
        return file

    def over(self, base: Mapping[str, Any]) -> dict[str, Any]:
        """The document that results from laying the overlay over a bundled one, which stays as it is."""
        document = _fresh(base)
        actions = self.value.get("actions")
        if not isinstance(actions, list) or not actions:
            self._fail("an overlay has a list of actions", "/actions" if "actions" in self.value else "")
        for index, action in enumerate(cast("list[Any]", actions)):
            self._act(document, action, f"/actions/{index}")
        self._verify(document, document, "document", "")
        return document

    def _act(self, document: dict[str, Any], action: Any, at: str) -> None:
        if not isinstance(action, dict):
            self._fail("an action is an object", at)
        action = cast("dict[str, Any]", action)
        self._known(action, _ACTION_KEYS, at)
        what = [key for key in _WHAT if key in action and action[key] is not False]
        if len(what) != 1:
            self._fail("an action does one of update, copy and remove", at)
        places = self._select(document, action.get("target"), f"{at}/target")
        if what == ["remove"]:
            # From the end, so that what is still to be removed stays where it was found.
            for where in reversed(places):
                self._remove(document, where, f"{at}/target")
            return
        source = action[what[0]]
        if what == ["copy"]:
            origins = self._select(document, action["copy"], f"{at}/copy")
            if len(origins) != 1:
                self._fail(f"{action['copy']} selects {len(origins)} places; one can be copied", f"{at}/copy")
            source = _at(document, origins[0])
        for where in places:
            node = _at(document, where)
            if not isinstance(node, dict) or not isinstance(source, dict):
                self._fail(f"only an object can be merged into an object, not at {_pointer(where)}", f"{at}/{what[0]}")
            self._merge(cast("dict[str, Any]", node), _fresh(source), where, f"{at}/{what[0]}")

    def _select(self, document: dict[str, Any], path: object, at: str) -> tuple[Location, ...]:
        if not isinstance(path, str):
            self._fail("a JSONPath is expected", at if path is not None else at.rpartition("/")[0])
        try:
            places = select(path, document)
        except ValueError as error:
            self._fail(f"{path}: {error}", at)
        if not places:
            self._fail(f"{path} selects nothing", at)
        return places

    def _remove(self, document: dict[str, Any], where: Location, at: str) -> None:
        if not where or not isinstance(_at(document, where), (dict, list)):
            self._fail(f"only an object or a list can be removed, not {_pointer(where) or 'the document'}", at)
        del _at(document, where[:-1])[where[-1]]

    def _merge(self, node: dict[str, Any], update: dict[str, Any], where: Location, at: str) -> None:
        for name, value in update.items():
            old, below = node.get(name), f"{at}/{escape(name)}" if at.rpartition("/")[2] != "copy" else at
            if name not in node:
                node[name] = value
            elif isinstance(old, dict) and isinstance(value, dict):
                self._merge(cast("dict[str, Any]", old), cast("dict[str, Any]", value), (*where, name), below)
            elif isinstance(old, list) and isinstance(value, list):
                node[name] = [*cast("list[Any]", old), *cast("list[Any]", value)]
            elif isinstance(old, (dict, list)) or isinstance(value, (dict, list)):
                self._fail(f"{_pointer((*where, name))} is of another kind; remove it first", below)
            else:
                node[name] = value

    def _verify(self, document: dict[str, Any], node: Any, kind: Kind, pointer: str) -> None:
        """Every reference of the result leads somewhere in it."""
        if not isinstance(node, dict):
            return
        node = cast("dict[str, Any]", node)
        if isinstance(ref := node.get("$ref"), str):
            if not ref.startswith("#/"):
                self._fail(f"$ref {ref!r} at {pointer} leads out of the document", "")
            try:
                look_up(document, unquote(ref[1:]))
            except KeyError:
                self._fail(f"$ref {ref!r} at {pointer} leads nowhere once the overlay is laid over", "")
        for path, inner, inner_kind in children(node, kind):
            self._verify(document, inner, inner_kind, pointer + "".join("/" + escape(part) for part in path))

    def _known(self, value: Mapping[str, Any], keys: tuple[str, ...], at: str) -> None:
        for key in value:
            if key not in keys and not key.startswith("x-"):
                self._fail(f"the key {key} is unknown", f"{at}/{escape(key)}", closest(key, keys))

    def _fail(self, message: str, pointer: str, hint: str = "") -> NoReturn:
        line = place(read_text(self.file), pointer) if pointer else None
        raise DocumentError(message, file=str(self.file), line=line, pointer=pointer, hint=hint)


def _at(value: Any, where: Location) -> Any:
    for step in where:
        value = value[step]
    return value


def _pointer(where: Location) -> str:
    return "".join(f"/{escape(str(step))}" for step in where)


def _fresh(value: Any) -> Any:
    """A copy that shares nothing, not even with itself."""
    if isinstance(value, Mapping):
        return {name: _fresh(inner) for name, inner in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [_fresh(inner) for inner in cast("list[Any]", value)]
    return value
