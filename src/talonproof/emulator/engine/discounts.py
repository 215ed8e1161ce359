"""Discounts: of a session, of each unit of its items, and of additional costs. None exceeds what it discounts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from talonproof.emulator.engine.basket import TOTAL, share
from talonproof.emulator.engine.budget import ONE, NotPossible, Spend
from talonproof.emulator.engine.condition import ItemFilter
from talonproof.emulator.money import number

if TYPE_CHECKING:
    from talonproof.emulator.engine.scene import Scene


@dataclass(frozen=True, slots=True)
class Amount:
    """A value, or some percent of what it is taken of."""

    value: Decimal = Decimal(0)
    percent: Decimal | None = None

    def of(self, base: Decimal) -> Decimal:
        """How much it is."""
        return self.value if self.percent is None else share(base, self.percent)


def _given(scene: Scene, amount: Amount, left: Decimal) -> tuple[Decimal, dict[str, Any], list[Spend]]:
    """What of a discount is given, its props, and what it takes from budgets; 0 where nothing is left to discount.

    Raises NotPossible where no budget is left.
    """
    wanted = amount.of(left)
    value = min(wanted, left)
    if value <= 0:
        return Decimal(0), {}, []
    spends: list[Spend] = []
    if scene.campaign.limits:
        room = scene.budgets.room("setDiscount")
        if room is not None:
            value = min(value, Decimal(room) / ONE)
            if value <= 0:
                raise scene.budgets.refuse("setDiscount")
        spends = [*scene.budgets.spend("setDiscount", int(value * ONE)), *scene.budgets.spend("setDiscountEffect")]
    props: dict[str, Any] = {"value": number(value)}
    if value != wanted:
        props["desiredValue"] = number(wanted)
    return value, props, spends


@dataclass(frozen=True, slots=True)
class SessionDiscount:
    """A discount of the items, of the costs, or of both together."""

    name: str
    amount: Amount
    scope: str = TOTAL

    def propose(self, scene: Scene) -> None:
        """Adds ``setDiscount``, if there is anything to discount."""
        value, props, spends = _given(scene, self.amount, scene.basket.left(self.scope))
        if value:
            scene.basket.take(self.scope, value)
            scene.add("setDiscount", {"name": self.name, **props, "scope": self.scope}, spends=spends)


@dataclass(frozen=True, slots=True)
class ItemDiscount:
    """A discount of each unit of some items, as far as budgets go."""

    name: str
    amount: Amount
    items: ItemFilter

    def propose(self, scene: Scene) -> None:
        """Adds one ``setDiscountPerItem`` a unit."""
        basket, given = scene.basket, False
        for position, line in scene.lines():
            if not self.items.takes(scene, line):
                continue
            for unit in range(line["quantity"]):
                try:
                    value, props, spends = _given(scene, self.amount, basket.unit_left(position, unit))
                except NotPossible:
                    if given:
                        return
                    raise
                if value:
                    basket.take_unit(position, unit, value)
                    place = {"position": position, "subPosition": unit, "scope": "price"}
                    scene.add("setDiscountPerItem", {"name": self.name, **props, **place}, spends=spends)
                    given = True


@dataclass(frozen=True, slots=True)
class CostDiscount:
    """A discount of an additional cost of the session, whose id is ``number``."""

    name: str
    cost: str
    number: int
    amount: Amount

    def propose(self, scene: Scene) -> None:
        """Adds ``setDiscountPerAdditionalCost``, if the session has that cost."""
        value, props, spends = _given(scene, self.amount, scene.basket.cost_left(self.cost))
        if value:
            scene.basket.take_cost(self.cost, value)
            cost = {"additionalCostId": self.number, "additionalCost": self.cost}
            scene.add("setDiscountPerAdditionalCost", {"name": self.name, **cost, **props}, spends=spends)


@dataclass(frozen=True, slots=True)
class ItemCostDiscount:
    """A discount of an additional cost of some items, which counts once a line."""

    name: str
    cost: str
    number: int
    amount: Amount
    items: ItemFilter

    def propose(self, scene: Scene) -> None:
        """Adds one ``setDiscountPerAdditionalCostPerItem`` a line that has that cost."""
        basket, given = scene.basket, False
        for position, line in scene.lines():
            if not self.items.takes(scene, line):
                continue
            try:
                value, props, spends = _given(scene, self.amount, basket.cost_left(self.cost, position))
            except NotPossible:
                if given:
                    return
                raise
            if value:
                basket.take_cost(self.cost, value, position)
                cost = {"additionalCostId": self.number, "additionalCost": self.cost}
                place = {"position": position, "subPosition": 0}
                props = {"name": self.name, **cost, **props, **place}
                scene.add("setDiscountPerAdditionalCostPerItem", props, spends=spends)
                given = True
