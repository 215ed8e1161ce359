"""Two validators that agree judge every body: ``jsonschema-rs`` says at once whether, ``jsonschema`` says why not.

``dialect`` says what makes them agree. What is JSON but cannot be handed to Rust (half a surrogate pair) is judged by
``jsonschema`` alone, which is imported when it is first needed: a server that is asked nothing wrong does without.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import unquote

import jsonschema_rs

from talonproof.contract import dialect
from talonproof.contract.contract import Contract, Schema
from talonproof.contract.document import escape, look_up
from talonproof.errors import DocumentError, HarnessError

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class SchemaError:
    """One constraint that a value breaks.

    ``pointer`` leads to the value, in the instance; ``schema_pointer`` to the constraint, in the document (or in the
    schema itself, if that was given inline and holds the constraint). ``expected`` is what the constraint says there;
    for ``required`` it is the name of the property that is missing from the object at ``pointer``.
    """

    pointer: str
    keyword: str
    message: str
    schema_pointer: str
    expected: Any


@dataclass(frozen=True, eq=False)
class Validator:
    """Judges values against one schema."""

    _given: Schema
    _shared: _Shared

    @cached_property
    def _schema(self) -> dict[str, Any]:
        return dialect.prepared(self._given, "schema")

    @cached_property
    def _fast(self) -> Any:
        try:
            return dialect.fast(self._schema, self._shared.fast)
        except (ValueError, jsonschema_rs.ReferencingError, jsonschema_rs.ValidationError):
            # Either the schema is at fault, which jsonschema words, or Rust has a limit that Python has not.
            self._check()
            return None

    @cached_property
    def _worded(self) -> Any:
        from talonproof.contract import worded  # noqa: PLC0415

        self._check()
        return worded.validator(self._schema, self._shared.worded)

    def _check(self) -> None:
        from jsonschema.exceptions import SchemaError as InvalidSchema  # noqa: PLC0415

        from talonproof.contract import worded  # noqa: PLC0415

        try:
            worded.check(self._schema)
        except InvalidSchema as error:
            message = f"not a schema: {_short(error.message)}"
            file = self._shared.contract.source
            raise DocumentError(message, file=file, pointer=_pointer(error.absolute_path)) from None

    def is_valid(self, instance: object) -> bool:
        """Whether the instance, a plain JSON value, keeps the schema."""
        if self._fast is not None:
            try:
                return bool(self._fast.is_valid(instance))
            except (ValueError, RecursionError):
                pass
        return bool(self._worded.is_valid(instance))

    def errors(self, instance: object) -> tuple[SchemaError, ...]:
        """Every constraint that the instance breaks, in the order of the instance; empty if it is valid.

        Only leaves: in place of an ``anyOf`` or ``oneOf`` stand the errors of the branch that was meant, if its
        constants (such as ``type``) or the type of the value tell which one that is.
        """
        if self.is_valid(instance):
            return ()
        from talonproof.contract.leaves import in_order, leaves  # noqa: PLC0415

        found = leaves(self._worded.iter_errors(instance))
        if not found:
            message = "jsonschema-rs refuses a value that jsonschema accepts"
            raise HarnessError(message, hint="the two are held together by tests/unit/contract: add this case")
        worded = map(self._error, in_order(found, instance))
        # One constraint may stand in two schemas of which both apply.
        return tuple({(error.pointer, error.keyword, error.message): error for error in worded}.values())

    def _error(self, error: ValidationError) -> SchemaError:
        keyword = str(error.validator)
        schema_pointer, expected = self._constraint(error)
        message = error.message
        if keyword == "required":
            expected = _missing(error)
        elif keyword == "pattern":
            message = f"{error.instance!r} does not match {expected!r}"
        return SchemaError(
            pointer=_pointer(error.absolute_path),
            keyword=keyword,
            message=_short(message),
            schema_pointer=schema_pointer,
            expected=expected,
        )

    def _constraint(self, error: ValidationError) -> tuple[str, Any]:
        """Where the constraint stands, and what it says before it was prepared.

        jsonschema leaves the references on its way out of the path that it gives.
        """
        given: Any = self._given
        prepared: Any = self._schema
        pointer = ""
        for part in map(str, error.absolute_schema_path):
            while isinstance(prepared, dict) and part not in prepared and "$ref" in prepared:
                pointer = unquote(str(cast("dict[str, Any]", prepared)["$ref"]).partition("#")[2])
                prepared = look_up(self._shared.document, pointer)
                given = look_up(self._shared.contract.document, pointer)
            step = "/" + escape(part)
            pointer += step
            prepared = look_up(prepared, step)
            try:
                given = look_up(given, step)
            except KeyError:  # a name in patternProperties was translated
                given = prepared
        return pointer, given


class Validators:
    """The validators of a contract, each compiled when it is first asked for, and once."""

    __slots__ = ("_compiled", "_contract", "_shared")

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._shared = _Shared(contract)
        self._compiled: dict[object, Validator | None] = {}

    def body(self, operation_id: str) -> Validator | None:
        """Judges request bodies of the operation; None if it takes none. ConfigError for an unknown operation."""
        key = (operation_id, "body")
        if key not in self._compiled:
            schema = self._contract.operation(operation_id).body
            self._compiled[key] = None if schema is None else self.schema(schema)
        return self._compiled[key]

    def response(self, operation_id: str, status: int) -> Validator | None:
        """Judges answers with the status; None if the document does not know it, or gives it no JSON body."""
        key = (operation_id, status)
        if key not in self._compiled:
            response = self._contract.operation(operation_id).response(status)
            schema = None if response is None else response.schema
            self._compiled[key] = None if schema is None else self.schema(schema)
        return self._compiled[key]

    def schema(self, schema: Schema) -> Validator:
        """Judges values against any schema; references in it (``#/components/…``) mean the contract's document."""
        key = json.dumps(schema, sort_keys=True)
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = Validator(schema, self._shared)
        return found


@dataclass(eq=False)
class _Shared:
    """What all validators of a contract share: its document, prepared so that both libraries read it alike."""

    contract: Contract

    @cached_property
    def document(self) -> Any:
        return dialect.prepared(self.contract.document, "document")

    @cached_property
    def fast(self) -> Any:
        return jsonschema_rs.Registry([(dialect.URI, self.document)], draft=jsonschema_rs.Draft202012)

    @cached_property
    def worded(self) -> Any:
        from talonproof.contract import worded  # noqa: PLC0415

        return worded.registry(self.document)


def _missing(error: ValidationError) -> str:
    """The name in an error of ``required``; jsonschema yields one for each, in the order of the schema."""
    names = cast("list[str]", error.validator_value)
    return next((name for name in names if error.message.startswith(repr(name))), names[0])


def _pointer(path: Iterable[object]) -> str:
    return "".join(f"/{escape(str(part))}" for part in path)


def _short(message: str) -> str:
    if len(message) <= _LONGEST:
        return message
    return f"{message[: _LONGEST // 3]} … {message[-(_LONGEST // 2) :]}"
