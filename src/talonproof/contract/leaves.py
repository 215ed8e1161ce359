"""Errors of ``jsonschema`` become leaves: constraints on values, without the combinations around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from jsonschema.exceptions import ValidationError

_Branches = list[list[ValidationError]]


def leaves(errors: Iterable[ValidationError]) -> list[ValidationError]:
    """The errors, with those of the branch that was meant in place of each ``anyOf`` and ``oneOf``.

    Where no branch stands out the combination itself is the leaf; but if a constant of each branch was missed by a
    value that has an error of its own (an unknown ``type``), that error says it all.
    """
    found = [leaf for error in errors for leaf in _leaves(error)]
    said = {tuple(leaf.absolute_path) for leaf in found if not leaf.context}
    return [leaf for leaf in found if not _is_said(leaf, said)]


def in_order(errors: Iterable[ValidationError], instance: object) -> list[ValidationError]:
    """The errors in the order in which their values stand in the instance, the outer ones first."""
    return sorted(errors, key=lambda error: _position(error.absolute_path, instance))


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    likely = [branch for branch in _branches(error) if not any(map(_rules_out, branch))]
    if len(likely) != 1:
        yield error
        return
    for inner in likely[0]:
        yield from _leaves(inner)


def _branches(error: ValidationError) -> _Branches:
    """What each branch of an ``anyOf`` or ``oneOf`` has against the value."""
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    return list(branches.values())


def _rules_out(error: ValidationError) -> bool:
    """Whether the branch was not meant: the value is of another type, or a constant in it another one."""
    return (error.validator == "type" and not error.relative_path) or _is_constant(error)


def _is_constant(error: ValidationError) -> bool:
    listed = error.validator_value if error.validator == "enum" else ()
    return len(error.relative_path) <= 1 and (error.validator == "const" or len(cast("list[Any]", listed)) == 1)


def _is_said(error: ValidationError, said: set[tuple[str | int, ...]]) -> bool:
    """Whether each branch is ruled out by a constant, and all these constants are missed where an error stands."""
    branches = [[tuple(inner.absolute_path) for inner in branch if _is_constant(inner)] for branch in _branches(error)]
    return bool(branches) and all(branches) and all(path in said for branch in branches for path in branch)


def _position(path: Iterable[str | int], instance: object) -> tuple[int, ...]:
    found: list[int] = []
    here: Any = instance
    for part in path:
        names = list(cast("dict[str, Any]", here)) if isinstance(here, dict) else None
        found.append(int(part) if names is None else names.index(str(part)))
        here = cast("Any", here)[part]
    return tuple(found)
