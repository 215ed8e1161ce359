"""``jsonschema``, as ``dialect`` wants it: the validator that says why a value is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from jsonschema import Draft202012Validator, FormatChecker, validators
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from talonproof.contract import formats
from talonproof.contract.dialect import URI, is_integer, is_multiple, is_number


def check(schema: Mapping[str, Any]) -> None:
    """Raises the SchemaError of jsonschema for what is no schema of JSON Schema 2020-12."""
    _Draft202012.check_schema(schema, format_checker=FormatChecker(()))


def validator(schema: Mapping[str, Any], registry: Any) -> Any:
    """The validator of jsonschema for a prepared schema that passed :func:`check`."""
    return _Draft202012(schema, registry=registry, format_checker=_FORMATS)


def registry(document: Any) -> Any:
    """What a validator finds the prepared document of a contract in."""
    return Registry[Any]().with_resource(URI, Resource(document, DRAFT202012))


def _multiple_of(validator: Any, divisor: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    del validator, schema
    if not is_multiple(instance, divisor):
        yield ValidationError(f"{instance!r} is not a multiple of {divisor!r}")


def _format_checker() -> FormatChecker:
    checker = FormatChecker(())
    for name, function in formats.ASSERTED.items():

        def conforms(instance: object, function: Any = function) -> bool:
            return not isinstance(instance, str) or function(instance)

        checker.checkers = {**checker.checkers, name: (conforms, ())}
    return checker


_FORMATS: Final = _format_checker()
_Draft202012: Final[Any] = cast("Any", validators).extend(
    Draft202012Validator,
    validators={"multipleOf": _multiple_of},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("number", is_number).redefine("integer", is_integer),
)
