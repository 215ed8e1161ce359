"""What Schemathesis' checks hold against an answer, beside what ours found: the same, or something for the record.

Ours are told by requirement and level, and read the contract by validators of our own; so a failure of Schemathesis'
is a finding where ours have one for the same answer, of a requirement that the failure is about. Where ours have
none, two readings of one document differ: that is told, and accuses nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from talonproof.finding import Judgement
from talonproof.generation.neighbour import Failure

_BODY: Final = ("ERR-013", "ERR-014", "ERR-012", "ERR-005", "ERR-015", "AUT-003")

ABOUT: Final[Mapping[str, tuple[str, ...]]] = {
    "ServerError": ("ERR-009", "ERR-010"),
    "ContentTypeServerError": ("ERR-009", "ERR-010"),
    "UndefinedStatusCode": ("ERR-007", "ERR-008", "ERR-009", "ERR-010"),
    "MissingContentType": ("ERR-004",),
    "MalformedMediaType": ("ERR-004",),
    "UndefinedContentType": ("ERR-004",),
    "MalformedJson": _BODY,
    "ContentDeserializationError": _BODY,
    "JsonSchemaError": _BODY,
}
"""By the kind of a failure: the requirements under which our checks find the same."""


def unseen(failures: Iterable[Failure], judgements: Sequence[Judgement]) -> tuple[Failure, ...]:
    """The failures that none of our judgements of the same answer stands for."""
    broken = {judgement.requirement for judgement in judgements if not judgement.holds}
    return tuple(failure for failure in failures if broken.isdisjoint(ABOUT.get(failure.kind, ())))


def worded(operation: str, failure: Failure) -> str:
    """A failure for the record; it holds nothing of the answer, so that the same one reads the same."""
    place = f" at {failure.pointer}: {failure.keyword}" if failure.keyword else ""
    return f"{operation}: Schemathesis alone sees {failure.kind} ({failure.title}){place}"
