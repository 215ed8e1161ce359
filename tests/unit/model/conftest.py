"""A server that keeps every clause, for tests of the model that judges servers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from talonproof.model import Action, Answer, Expectation, Read, Return, Session, Update, follow, step
from talonproof.model.session import StoredLine
from talonproof.model.wire import number

Choose = Callable[[int], int]


@dataclass(slots=True)
class Obedient:
    """Answers within the expectations, and shows its session as the wire does.

    ``choose`` gives an index below its argument wherever the clauses leave a choice.
    """

    choose: Choose = lambda _: 0
    counters: bool = True
    session: Session | None = None
    shown: dict[str, Any] | None = None
    clock: int = 0

    @classmethod
    def after(cls, *actions: Action) -> tuple[Obedient, Session | None]:
        """A server after some actions on a new id, and the session of the model beside it."""
        server = cls()
        session: Session | None = None
        for action in actions:
            expectation = step(session, action)
            status = server.take(expectation)
            session = follow(expectation, status, server.shown)
        return server, session

    def take(self, expectation: Expectation) -> int:
        """Carries an action out, or refuses it; gives the status."""
        answer = expectation.answer
        if answer is Answer.ANY:
            answer = (Answer.OK, Answer.REFUSED)[self.choose(2)]
        if answer is Answer.REFUSED:
            return 400
        outcome = expectation.accepted[self.choose(len(expectation.accepted))]
        silent = isinstance(expectation.action, Read) or (
            isinstance(expectation.action, Update | Return) and expectation.action.dry and outcome == self.session
        )
        if not silent:
            self.clock += 1
            self.session = outcome
            self.shown = None if outcome is None else self.show(outcome)
        return 200

    def show(self, session: Session) -> dict[str, Any]:
        """The ``customerSession`` of a read."""
        items = [self._line(line) for line in session.cart]
        total = session.item_total
        assert total is not None
        return {
            "id": 17,
            "created": "2025-01-01T00:00:00Z",
            "updated": f"2025-01-01T00:{self.clock // 60:02}:{self.clock % 60:02}Z",
            "state": session.state.value,
            "cartItems": items,
            "couponCodes": list(session.codes),
            "referralCode": session.referral,
            "additionalCosts": {name: {"price": number(price)} for name, price in session.costs},
            "identifiers": list(session.identifiers),
            "attributes": dict(session.attributes),
            "cartItemTotal": number(total),
            "additionalCostTotal": number(session.cost_total),
            "total": number(total + session.cost_total),
        }

    def _line(self, line: StoredLine) -> dict[str, Any]:
        assert line.price is not None
        item: dict[str, Any] = {
            "sku": line.sku,
            "quantity": line.quantity,
            "price": number(line.price),
            "attributes": dict(line.attributes),
        }
        if self.counters:
            item |= {"returnedQuantity": line.returned, "remainingQuantity": line.remaining}
        return item


@pytest.fixture(scope="session")
def obedient() -> type[Obedient]:
    """The class of obedient servers; a test makes as many as it needs."""
    return Obedient
