"""A scene is what a rule sees while it is evaluated: the situation, and what the rules before it have proposed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from talonproof.emulator.engine.basket import Basket
from talonproof.emulator.engine.budget import Budgets, NotPossible, Spend
from talonproof.emulator.engine.campaign import Campaign, CodeKind, Rule
from talonproof.emulator.engine.effect import Effect
from talonproof.emulator.engine.journal import Journal
from talonproof.emulator.json_text import restored

if TYPE_CHECKING:
    from talonproof.emulator.call import Call
    from talonproof.emulator.carts import Line
    from talonproof.emulator.engine.code import Code
    from talonproof.emulator.engine.situation import Situation
    from talonproof.emulator.profile import Profile
    from talonproof.emulator.session import Session


class Scene:
    """One evaluation. ``campaign``, ``rule`` and ``code`` are those at hand; ``effects`` all that were proposed."""

    def __init__(self, call: Call, situation: Situation) -> None:
        self.call = call
        self.situation = situation
        self.session: Session | None = situation.session
        self.profile: Profile | None = situation.profile
        self.journal = Journal()
        self.budgets = Budgets(self)
        self.effects: list[Effect] = []
        self.spent: dict[tuple[int, str, str], int] = {}
        self.code: Code | None = None
        self._basket: Basket | None = None
        self._total: Decimal | None = None
        self._audiences: frozenset[int] | None = None
        self._items: dict[str, Mapping[str, Any]] = {}

    campaign: Campaign
    rule: Rule
    index: int

    def add(self, kind: str, props: Mapping[str, Any], *, spends: Iterable[Spend] = (), **terms: Any) -> None:
        """Adds an effect of the rule at hand."""
        if spends:
            terms["spends"] = list(spends)
        coupon = self.code.id if self.code is not None and self.code.kind is CodeKind.COUPON else None
        number = self.campaign.id
        self.effects.append(Effect(number, number, self.index, self.rule.name, kind, props, coupon, terms))

    @property
    def basket(self) -> Basket:
        """What is left to be discounted. Raises NotPossible where there is no session."""
        if self._basket is None:
            self._basket = Basket(self.known_session, self.journal)
        return self._basket

    @property
    def total(self) -> Decimal:
        """The total of the session before discounts; 0 without a session."""
        if self._total is None:
            session = self.session
            self._total = session.totals.total if session else Decimal(0)
        return self._total

    @property
    def known_session(self) -> Session:
        """The session. Raises NotPossible where there is none."""
        if self.session is None:
            raise NotPossible("There is no session.")
        return self.session

    @property
    def customer(self) -> str:
        """The integration id of the profile. Raises NotPossible where there is none."""
        if self.profile is None:
            raise NotPossible("There is no profile.")
        return self.profile.integration_id

    @property
    def audiences(self) -> frozenset[int]:
        """The audiences that the profile belongs to."""
        if self._audiences is None:
            rows = (
                self.call.store.all("SELECT audience_id FROM membership WHERE profile_id = ?", self.profile.id)
                if self.profile
                else ()
            )
            self._audiences = frozenset(number for (number,) in rows)
        return self._audiences

    def item_attributes(self, line: Line) -> Mapping[str, Any]:
        """The attributes of a cart item; those that it lacks are those of the connected catalog."""
        sku: str = line["sku"]
        if sku not in self._items:
            row = self.call.store.one(
                "SELECT attributes FROM catalog_item WHERE catalog_id = ? AND sku = ?",
                *(self.call.application.catalog, sku),
            )
            self._items[sku] = restored(row[0]) if row else {}
        return {**self._items[sku], **line.get("attributes", {})}

    def lines(self) -> Iterator[tuple[int, Line]]:
        """The lines of the cart with their positions."""
        return enumerate(self.session.cart if self.session else ())
