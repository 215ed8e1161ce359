"""OpenAPI documents come in here: 3.0 or 3.1, YAML or JSON, in one file, in many, or as an overlay on another.

What goes out is OpenAPI 3.1 in one piece.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from talonproof.contract.bundle import Bundler, look_up, read_text
from talonproof.contract.overlay import Overlay
from talonproof.contract.upgrade import to_3_1
from talonproof.contract.yaml12 import escape, parse, place, unescape
from talonproof.errors import DocumentError

__all__ = ["escape", "load", "look_up", "parse", "place", "read_text", "unescape"]


def load(path: Path) -> dict[str, Any]:
    """The document in a file, as one OpenAPI 3.1 document.

    References into other files are followed and their targets bundled in; afterwards each ``$ref`` begins with ``#/``
    and leads somewhere. A 3.0 document is turned into 3.1. An overlay is laid over the document that it extends,
    which is bundled and turned first.

    Raises DocumentError, with file and line, for what is no such document.
    """
    return _load(path, ())


def _load(path: Path, above: tuple[Path, ...]) -> dict[str, Any]:
    """The document in a file; ``above`` are the overlays that extend it."""
    bundler = Bundler(path)
    value = bundler.read()
    if not isinstance(value, dict):
        raise DocumentError("an OpenAPI document is an object", file=str(path))
    if "overlay" in value:
        overlay = Overlay(path, cast("dict[str, Any]", value))
        base = overlay.base()
        if base in (*above, path.resolve()):
            line = bundler.line("/extends")
            raise DocumentError("the overlay extends itself", file=str(path), line=line, pointer="/extends")
        return overlay.over(_load(base, (*above, path.resolve())))
    version = cast("dict[str, Any]", value).get("openapi")
    if not isinstance(version, str) or not version.startswith(("3.0.", "3.1.")):
        found = "swagger" if "swagger" in value else "openapi"
        line = bundler.line(f"/{found}")
        said = cast("dict[str, Any]", value).get(found)
        message = f"the document says {found}: {said}" if found in value else "the document does not say openapi: 3.1.0"
        raise DocumentError(message, file=str(path), line=line, hint="3.0 and 3.1 are read")
    document = bundler.bundle()
    return to_3_1(document) if version.startswith("3.0.") else document
