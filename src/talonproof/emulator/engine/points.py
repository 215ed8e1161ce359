"""Points are added to a customer, or to the card of the session, and taken from what is there."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from talonproof.emulator import card, ledger
from talonproof.emulator.engine.budget import ONE, NotPossible, Spend
from talonproof.emulator.engine.condition import ItemFilter
from talonproof.emulator.engine.discounts import Amount
from talonproof.emulator.instant import written
from talonproof.emulator.ledger import POINT, Account
from talonproof.emulator.money import number

if TYPE_CHECKING:
    from talonproof.emulator.engine.scene import Scene
    from talonproof.emulator.world import Program


def _account(scene: Scene, program: Program) -> Account:
    """Whose points they are. Raises NotPossible where the program has no customer, or no active card, to give them."""
    if not program.cards:
        return Account(program.id, scene.customer, card=False)
    for identifier in scene.known_session.cards:
        kept = card.find(scene.call.store, program.id, identifier)
        if kept is not None and kept.status == "active":
            return Account(program.id, identifier, card=True)
    raise NotPossible(f"The session has no active card of the program {program.id}.")


@dataclass(frozen=True, slots=True)
class AddPoints:
    """Points are added: some for the session, or some for each unit of its ``items``.

    They start and expire some time (microseconds) later; None: at once, and never.
    """

    name: str
    program: Program
    subledger: str
    amount: Amount
    starts: int | None = None
    expires: int | None = None
    items: ItemFilter | None = None

    def propose(self, scene: Scene) -> None:
        """Adds ``addLoyaltyPoints``, one for each unit where they are for items."""
        account = _account(scene, self.program)
        if self.items is None:
            self._add(scene, account, scene.total, {})
            return
        given = False
        for position, line in scene.lines():
            if not self.items.takes(scene, line):
                continue
            price = Decimal(str(line["price"]))
            for unit in range(line["quantity"]):
                try:
                    self._add(scene, account, price, {"cartItemPosition": position, "cartItemSubPosition": unit})
                except NotPossible:
                    if given:
                        return
                    raise
                given = True

    def _add(self, scene: Scene, account: Account, base: Decimal, place: dict[str, Any]) -> None:
        wanted = self.amount.of(base)
        value, spends = wanted, list[Spend]()
        if scene.campaign.limits:
            room = scene.budgets.room("createLoyaltyPoints")
            value = wanted if room is None else min(wanted, Decimal(room) / ONE)
            if value <= 0 < wanted:
                raise scene.budgets.refuse("createLoyaltyPoints")
        points = int(value * POINT)
        if points <= 0:
            return
        if scene.campaign.limits:
            spends = scene.budgets.spend("createLoyaltyPoints", points)
            spends += scene.budgets.spend("createLoyaltyPointsEffect")
        starts, expires = (
            None if later is None else scene.situation.moment + later for later in (self.starts, self.expires)
        )
        props: dict[str, Any] = {
            "name": self.name,
            "programId": account.program,
            "subLedgerId": self.subledger,
            "value": number(value),
            "recipientIntegrationId": scene.profile.integration_id if scene.profile else "",
            **({} if value == wanted else {"desiredValue": number(wanted)}),
            **({} if starts is None else {"startDate": written(starts)}),
            **({} if expires is None else {"expiryDate": written(expires)}),
            **place,
            **({"cardIdentifier": account.owner} if account.card else {}),
        }
        terms = {"owner": account.owner, "card": account.card, "points": points, "starts": starts, "expires": expires}
        scene.add("addLoyaltyPoints", props, spends=spends, **terms)


@dataclass(frozen=True, slots=True)
class DeductPoints:
    """Points are taken; all of them or, where there are fewer, none."""

    name: str
    program: Program
    subledger: str
    amount: Decimal

    def propose(self, scene: Scene) -> None:
        """Adds ``deductLoyaltyPoints``. Raises NotPossible where the balance is too low."""
        account = _account(scene, self.program)
        store, moment = scene.call.store, scene.situation.moment + 1
        kept = ledger.balances(store, account, moment=moment, subledgers=[self.subledger])
        balance = kept.get(self.subledger, ledger.EMPTY)["activePoints"]
        key = (account.program, account.owner, self.subledger)
        points, spent = int(self.amount * POINT), scene.spent.get(key, 0)
        if Decimal(str(balance)) * POINT < spent + points:
            raise NotPossible(f"There are not {number(self.amount)} points in the program {account.program}.")
        scene.journal.put(scene.spent, key, spent + points)
        spends = scene.budgets.spend("redeemLoyaltyPoints", points)
        spends += scene.budgets.spend("redeemLoyaltyPointsEffect")
        props: dict[str, Any] = {
            "ruleTitle": scene.rule.name,
            "programId": account.program,
            "subLedgerId": self.subledger,
            "value": number(self.amount),
            "name": self.name,
            **({"cardIdentifier": account.owner} if account.card else {}),
        }
        scene.add("deductLoyaltyPoints", props, spends=spends, owner=account.owner, card=account.card, points=points)
