"""A document is sound if every schema in it is one, so that nothing is judged by a schema that means nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

import jsonschema_rs

from talonproof.contract import dialect
from talonproof.contract.contract import Contract
from talonproof.contract.document import escape, place, read_text
from talonproof.contract.structure import Kind, children
from talonproof.errors import DocumentError

_LONGEST: Final = 200


def check_schemas(contract: Contract) -> None:
    """Raises DocumentError, with file, line and pointer, for the first schema that is none of JSON Schema 2020-12."""
    for pointer, schema in _schemas(contract.document, "document", ""):
        if isinstance(schema, dict):
            _check(contract, pointer, dialect.prepared(cast("dict[str, Any]", schema), "schema"))


def _check(contract: Contract, pointer: str, schema: dict[str, Any]) -> None:
    try:
        if jsonschema_rs.meta.is_valid({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}):
            return
    except (ValueError, RecursionError):
        pass  # what Rust cannot read is judged below
    from jsonschema.exceptions import SchemaError  # noqa: PLC0415  # only where a schema is none

    from talonproof.contract import worded  # noqa: PLC0415

    try:
        worded.check(schema)
    except SchemaError as error:
        where = pointer + "".join(f"/{escape(str(part))}" for part in error.absolute_path)
        file = Path(contract.source)
        line = place(read_text(file), where) if file.is_file() else None
        told = error.message if len(error.message) <= _LONGEST else error.message[:_LONGEST] + " …"
        message = f"not a schema: {told}"
        raise DocumentError(message, file=contract.source, line=line, pointer=where) from None


def _schemas(value: Any, kind: Kind, pointer: str) -> Iterator[tuple[str, Any]]:
    """The outermost schemas of a document, each with its pointer."""
    if kind == "schema":
        yield pointer, value
    elif isinstance(value, dict):
        for path, inner, inner_kind in children(cast("dict[str, Any]", value), kind):
            yield from _schemas(inner, inner_kind, pointer + "".join(f"/{escape(part)}" for part in path))
