"""An action is what a test does to one session, in values alone: ids are bound when it is sent.

:mod:`talonproof.model.wire` makes calls of actions, :mod:`talonproof.model.notation` text. Actions
hash, but Python holds 1, 1.0 and True for equal: remember outcomes by the JSON of an action.

The model speaks of acceptable content: SKUs with a price, attributes and additional costs that the
account defines, carts within the limits. What breaks such a constraint is the matter of other checks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum

Scalar = str | int | float | bool
Attributes = tuple[tuple[str, Scalar], ...]
Costs = tuple[tuple[str, Decimal], ...]


class State(StrEnum):
    """The states of a stored session (``NewCustomerSessionV2.state``)."""

    OPEN = "open"
    CLOSED = "closed"
    PARTIALLY_RETURNED = "partially_returned"
    CANCELLED = "cancelled"


class Unsent(Enum):
    """The two ways of sending no value: the property is not there, or it is null."""

    ABSENT = "absent"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Line:
    """A cart line as it is sent: ``price`` of one unit, in the currency of the Application."""

    sku: str
    quantity: int
    price: Decimal
    attributes: Attributes = ()

    def __post_init__(self) -> None:
        if not self.sku or self.quantity < 1:
            message = "a line has a SKU and at least one unit"
            raise ValueError(message)
        _names_once(self.attributes)


@dataclass(frozen=True, slots=True)
class Update:
    """PUT of a session. A property that is None, or ``ABSENT``, is not sent.

    ``state`` may be a word that is no state: row 41 of the table asks for it.
    """

    state: str | None = None
    cart: tuple[Line, ...] | None = None
    codes: tuple[str, ...] | Unsent = Unsent.ABSENT
    referral: str | Unsent = Unsent.ABSENT
    costs: Costs | None = None
    identifiers: tuple[str, ...] | None = None
    attributes: Attributes | None = None
    dry: bool = False

    def __post_init__(self) -> None:
        _names_once(self.costs or ())
        _names_once(self.attributes or ())


@dataclass(frozen=True, slots=True)
class EmptyUpdate:
    """PUT of a session with a body that holds no ``customerSession``."""


@dataclass(frozen=True, slots=True)
class Return:
    """POST of a return: pairs of position and units, each of at least one unit.

    Positions may lie outside the cart, and may come twice.
    """

    lines: tuple[tuple[int, int], ...]
    dry: bool = False

    def __post_init__(self) -> None:
        if not self.lines or any(units < 1 for _, units in self.lines):
            message = "a return names at least one line, and at least one unit of each"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Reopen:
    """PUT of a reopening."""


@dataclass(frozen=True, slots=True)
class Read:
    """GET of the session."""


Action = Update | EmptyUpdate | Return | Reopen | Read


def _names_once(pairs: Iterable[tuple[str, object]]) -> None:
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        message = "a name comes twice"
        raise ValueError(message)
