"""Calls with one thing wrong with them: the valid call of an operation, and one labelled constraint broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from strategies.harmless import Arguments
from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.generation.breaches import TOLERATED
from talonproof.generation.defects import invalid
from talonproof.generation.parameters import invalid_parameters
from talonproof.run.case import NOTHING

NOT_THERE = "nothing-of-that-name"
"""Stands behind an id of the run, which then leads to nothing."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A call that would fit the contract but for one place.

    ``pointer`` is the place in the body, ``keyword`` the keyword that is broken; both are empty where
    it is the thing that is not there. ``judged`` is whether a clause wants such a call refused.
    """

    operation: str
    label: str
    call: Arguments
    pointer: str
    keyword: str
    check: str

    @property
    def judged(self) -> bool:
        """Whether a bound, an enumeration or a required flag is broken; servers may read ``"7"`` as 7."""
        return bool(self.keyword) and self.keyword not in TOLERATED


def wrong(contract: Contract, operation: str, call: Arguments, *, validators: Validators, body: bool) -> list[Wrong]:
    """All that can be wrong with a call whose ids are bound, in an order that is always the same.

    ``body`` False leaves its body as it is. An operation that states nothing that could be broken is called for
    something that is not there.
    """
    found = [*_bodies(contract, operation, call, validators)] if body and call.body is not NOTHING else []
    found += _arguments(contract, operation, call)
    if not found:
        path = {name: f"{value}-{NOT_THERE}" for name, value in call.path.items()}
        found.append(
            Wrong(operation, f"{operation} of what is not there", replace(call, path=path), "", "", "not-there")
        )
    return found


def _bodies(contract: Contract, operation: str, call: Arguments, validators: Validators) -> Iterator[Wrong]:
    schema = contract.operation(operation).body
    if schema is None:
        return
    for defect in invalid(contract, schema, call.body, validators=validators):
        label = f"{operation} {defect.label}"
        check = f"refuses-{defect.keyword}"
        yield Wrong(operation, label, replace(call, body=defect.value), defect.pointer, defect.keyword, check)


def _arguments(contract: Contract, operation: str, call: Arguments) -> Iterator[Wrong]:
    for broken in invalid_parameters(contract.operation(operation)):
        if broken.location == "path":
            sent = replace(call, path={**call.path, broken.name: _own(call.path[broken.name], broken.raw)})
        else:
            sent = replace(call, query={**call.query, broken.name: broken.raw})
        check = f"refuses-{broken.name}-{broken.keyword}"
        yield Wrong(operation, f"{operation} {broken.label}", sent, "", broken.keyword, check)


def _own(own: object, raw: str) -> str:
    """A text as long, that begins with the id in whose place it is put, where there is room for that."""
    return own + raw[len(own) :] if isinstance(own, str) and len(raw) > len(own) else raw
