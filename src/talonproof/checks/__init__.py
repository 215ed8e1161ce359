"""Passive checks: what every exchange is judged by, whatever the case that made it.

Each check is a pure function from an answer to judgements, and none raises for what a server
sends. Families: statuses, headers, bodies, envelopes.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from talonproof.checks import bodies, envelopes, headers, statuses
from talonproof.checks.answer import Reader
from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.finding import Judgement
from talonproof.http.exchange import Exchange

__all__ = ["PASSIVE", "Passive"]

PASSIVE: Mapping[str, str] = MappingProxyType(
    {**statuses.CHECKS, **headers.CHECKS, **bodies.CHECKS, **envelopes.CHECKS}
)
"""Every passive check, and the id of the requirement it judges."""


class Passive:
    """Judges exchanges by everything that the contract alone can tell."""

    def __init__(self, contract: Contract, validators: Validators) -> None:
        self._reader = Reader(contract, validators)

    def judge(self, exchange: Exchange) -> tuple[Judgement, ...]:
        """What the exchange shows, held or broken, in a fixed order of the families.

        A requirement that the exchange does not exercise is not among them. Of one that is broken
        there is one judgement for each place; of one that holds, one in all. What is to be noted
        without being judged counts as not held, under a requirement of the level observe. Nothing
        that a server can send makes this raise.
        """
        answer = self._reader.read(exchange)
        if answer is None:
            return ()
        return (
            *statuses.judge(answer),
            *headers.judge(answer),
            *bodies.judge(answer),
            *envelopes.judge(answer),
        )
