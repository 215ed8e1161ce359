"""Points that sessions of the run's own give and take, as balances and lists show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast

from strategies.bringing import Brought
from strategies.ledgers import MAIN
from strategies.membership import told
from strategies.showing import CENT
from strategies.undoing import Effect
from talonproof.http.exchange import Exchange
from talonproof.model.observed import amount
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.effects import props_of
from talonproof.verdict import Reason


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger that effects move: of a profile in a program, or of a card; and the subledger, empty for the main."""

    case: Case
    program: int
    subledger: str
    profile: str
    card: str = ""

    def read(self, **query: Any) -> Exchange:
        """The balances; 1 request."""
        api = Api(self.case)
        return api.card_balances(self.card) if self.card else api.balances_of(self.program, self.profile, **query)

    def settled(self, holds: Callable[[Exchange], bool], **query: Any) -> Exchange:
        """The balances once they hold, or when the settle time is up; 1 request.

        Blocks the case where they are neither answered nor refused: that would look like no points.
        """
        return told(self.case, self.case.settled(lambda: self.read(**query), holds))

    def points(self, read: Exchange, kind: str) -> Decimal:
        """The points of a kind that balances show; 0 where they show none, as they do before the first point."""
        return amount(self.balance(read).get(kind)) or Decimal(0)

    def balance(self, read: Exchange) -> Mapping[str, Any]:
        """The balance of the subledger; empty where there is none."""
        found: Any = read.at("subledgerBalances", self.subledger) if self.subledger else read.at("balance")
        return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}

    def pointer(self, kind: str) -> str:
        """Where balances show a kind of points."""
        return f"/subledgerBalances/{self.subledger}/{kind}" if self.subledger else f"/balance/{kind}"


def ledger_of(case: Case, brought: Brought) -> tuple[Ledger, Decimal]:
    """The ledger that the first effect of a session moves, and by how many points all its effects do.

    Ends the case where the effects say neither program nor points, or nobody's ledger moves.
    """
    held = props_of(brought.effects[0])
    program, subledger = amount(held.get("programId")), held.get("subLedgerId", MAIN)
    card = held.get("cardIdentifier") or ""
    if program is None or program % 1 or not isinstance(subledger, str):
        case.block("the effect names no program and subledger")
    if held.get("recipientIntegrationId", brought.profile) != brought.profile and not card:
        case.unsupported(Reason.NEVER_TRIGGERED, "the points that the session gives go to somebody else")
    ledger = Ledger(case, int(program), subledger, brought.profile, str(card))
    value = worth(ledger, brought.effects)
    if value <= CENT:
        case.unsupported(Reason.NEVER_TRIGGERED, "the effect moves no points")
    return ledger, value


def with_points(case: Case, closed: Brought) -> Brought:
    """A close that led to another tier, with the active points as its effects that led there."""
    return replace(closed, effects=tuple(case.showing(closed.answer, "addLoyaltyPoints:active")))


def worth(ledger: Ledger, effects: Iterable[Effect]) -> Decimal:
    """The points by which effects move a ledger, in one direction."""
    moved = (amount(props_of(one).get("value")) for one in effects if _moves(one, ledger))
    return sum((value or Decimal(0) for value in moved), Decimal(0))


def _moves(effect: Effect, ledger: Ledger) -> bool:
    held = props_of(effect)
    named = (held.get("programId"), held.get("subLedgerId", MAIN), held.get("cardIdentifier") or "")
    return named == (ledger.program, ledger.subledger, ledger.card)
