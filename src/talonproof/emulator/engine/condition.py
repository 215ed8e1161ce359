"""A condition of a rule is a value with a test that was made ready when the world was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from talonproof.emulator import tiers
from talonproof.emulator.engine.campaign import CodeKind, Condition
from talonproof.emulator.ledger import Account
from talonproof.emulator.world import Entity

if TYPE_CHECKING:
    from talonproof.emulator.carts import Line
    from talonproof.emulator.engine.scene import Scene
    from talonproof.emulator.world import Program

Test = Callable[[Any], bool]
"""Whether a value is as wanted; None stands for one that is not there."""


@dataclass(frozen=True, slots=True)
class HasCode:
    """The rule is tried for a valid code of a kind."""

    kind: CodeKind

    def holds(self, scene: Scene) -> bool:
        """Whether there is one at hand."""
        return scene.code is not None and scene.code.kind is self.kind


@dataclass(frozen=True, slots=True)
class Attribute:
    """A custom attribute is as wanted; of the items of a cart, that of one at least."""

    of: Entity
    name: str
    test: Test

    def holds(self, scene: Scene) -> bool:
        """Whether it is; never where there is nothing that could have it."""
        session = scene.session
        if self.of is Entity.SESSION:
            return session is not None and self.test(session.attributes.get(self.name))
        match self.of:
            case Entity.PROFILE:
                return scene.profile is not None and self.test(scene.profile.attributes.get(self.name))
            case Entity.EVENT:
                return self.test(scene.situation.event_attributes.get(self.name))
            case _:
                return any(self.test(scene.item_attributes(line).get(self.name)) for _, line in scene.lines())


@dataclass(frozen=True, slots=True)
class Total:
    """The total of the session, before discounts, is as wanted."""

    test: Test

    def holds(self, scene: Scene) -> bool:
        """Whether it is; never without a session."""
        return scene.session is not None and self.test(scene.total)


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Some items of a cart: those with one of these SKUs, categories or products, and with attributes as wanted."""

    skus: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    attributes: tuple[tuple[str, Test], ...] = ()

    def takes(self, scene: Scene, line: Line) -> bool:
        """Whether a line is one of them."""
        if self.skus and line["sku"] not in self.skus:
            return False
        if self.categories and line.get("category") not in self.categories:
            return False
        product: Mapping[str, Any] = line.get("product") or {}
        if self.products and product.get("name") not in self.products:
            return False
        if not self.attributes:
            return True
        held = scene.item_attributes(line)
        return all(test(held.get(name)) for name, test in self.attributes)


@dataclass(frozen=True, slots=True)
class Items:
    """The number of units of some items is as wanted."""

    wanted: ItemFilter
    test: Test

    def holds(self, scene: Scene) -> bool:
        """Whether it is; never without a session."""
        if scene.session is None:
            return False
        units = sum(line["quantity"] for _, line in scene.lines() if self.wanted.takes(scene, line))
        return self.test(Decimal(units))


@dataclass(frozen=True, slots=True)
class EventType:
    """What happened is an event of one of these types."""

    types: frozenset[str]

    def holds(self, scene: Scene) -> bool:
        """Whether it is."""
        return scene.situation.event in self.types


@dataclass(frozen=True, slots=True)
class InAudience:
    """The customer belongs to an audience."""

    audience: int

    def holds(self, scene: Scene) -> bool:
        """Whether it does."""
        return self.audience in scene.audiences


@dataclass(frozen=True, slots=True)
class FirstSession:
    """The session is, or is not, the first one of its customer."""

    wanted: bool

    def holds(self, scene: Scene) -> bool:
        """Whether it is so; never without a session."""
        return scene.session is not None and scene.session.first is self.wanted


@dataclass(frozen=True, slots=True)
class Closing:
    """The session is being closed, or is not."""

    wanted: bool

    def holds(self, scene: Scene) -> bool:
        """Whether it is so."""
        return scene.situation.closing is self.wanted


@dataclass(frozen=True, slots=True)
class InStore:
    """The session names one of these stores."""

    stores: frozenset[str]

    def holds(self, scene: Scene) -> bool:
        """Whether it does."""
        return scene.session is not None and scene.session.store in self.stores


@dataclass(frozen=True, slots=True)
class Identified:
    """The session carries an identifier."""

    identifier: str

    def holds(self, scene: Scene) -> bool:
        """Whether it does."""
        return scene.session is not None and self.identifier in scene.session.identifiers


@dataclass(frozen=True, slots=True)
class InTier:
    """The customer is in one of these tiers of a program."""

    program: Program
    tiers: frozenset[str]
    subledger: str = ""

    def holds(self, scene: Scene) -> bool:
        """Whether that is so; never without a profile."""
        if scene.profile is None:
            return False
        account = Account(self.program.id, scene.profile.integration_id, card=False)
        moment = scene.situation.moment + 1
        standing = tiers.of_account(scene.call.store, self.program, account, self.subledger, moment)
        return standing.tier is not None and standing.tier.name in self.tiers


@dataclass(frozen=True, slots=True)
class Not:
    """A condition does not hold."""

    condition: Condition

    def holds(self, scene: Scene) -> bool:
        """Whether it does not."""
        return not self.condition.holds(scene)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of some conditions holds."""

    conditions: tuple[Condition, ...]

    def holds(self, scene: Scene) -> bool:
        """Whether one does."""
        return any(condition.holds(scene) for condition in self.conditions)
