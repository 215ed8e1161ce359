"""Passive checks: what every exchange is judged by, whatever the case that made it.

Each check is a pure function from an answer to judgements, and none raises for what a server
sends. Families: statuses, headers, bodies, envelopes.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from talonproof.checks import bodies, envelopes, headers, statuses
from talonproof.checks.answer import Reader
from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.finding import Judgement
from talonproof.http.exchange import Exchange

__all__ = ["ANYWHERE", "PASSIVE", "Anywhere", "Judge", "Passive"]

PASSIVE: Mapping[str, str] = MappingProxyType(
    {**statuses.CHECKS, **headers.CHECKS, **bodies.CHECKS, **envelopes.CHECKS}
)
"""Every passive check, and the id of the requirement it judges."""


ANYWHERE: Mapping[str, str] = MappingProxyType(
    {
        check: requirement
        for check, requirement in {**statuses.CHECKS, **headers.CHECKS, **bodies.CHECKS}.items()
        if check not in {"body-of-401", "error-source"}
    }
)
"""The passive checks that hold for any document, whatever API it is of."""


class Judge(Protocol):
    """Judges exchanges by what a document tells."""

    def judge(self, exchange: Exchange) -> tuple[Judgement, ...]:
        """What the exchange shows, held or broken."""
        ...


class Anywhere:
    """Judges exchanges of an API that nothing is known of but its document."""

    def __init__(self, contract: Contract, validators: Validators) -> None:
        self._reader = Reader(contract, validators)

    def judge(self, exchange: Exchange) -> tuple[Judgement, ...]:
        """As :meth:`Passive.judge`, without what only this API's sources state.

        An answer to HEAD has no body to judge, and where the document names no media type there is none to hold an
        answer to.
        """
        answer = self._reader.read(exchange)
        if answer is None:
            return ()
        judged = [*statuses.judge(answer)]
        if answer.operation.method != "HEAD":
            judged += (j for j in headers.judge(answer) if j.check != "media-type" or answer.media_types)
            judged += (j for j in bodies.judge(answer) if j.check in ANYWHERE)
        return tuple(judged)


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
