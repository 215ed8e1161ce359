"""Operations of a document that are none of this API's, and what a call of one could do.

The rules of :mod:`talonproof.http.footprint` know operations by their ids. A document of somebody's own may call
anything by such a name, so an id counts only together with the method and the path that it has here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from talonproof.contract.contract import Contract, Operation
from talonproof.http.footprint import JUDGED
from talonproof.target import Footprint

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that HTTP itself calls safe."""


def strangers(contract: Contract, ours: Iterable[Contract], *, trusting: bool = False) -> Mapping[str, Footprint]:
    """The operations that no rule speaks of, by id, each with its footprint.

    It is destructive; where the document is trusted to keep to HTTP, what is sent by a safe method reads.
    """
    known = {_place(operation) for each in ours for operation in each.operations.values() if operation.id in JUDGED}
    return {
        operation.id: Footprint.READ if trusting and operation.method in _READING else Footprint.DESTRUCTIVE
        for operation in contract.operations.values()
        if _place(operation) not in known
    }


def _place(operation: Operation) -> tuple[str, str, str]:
    return operation.id, operation.method, operation.path
