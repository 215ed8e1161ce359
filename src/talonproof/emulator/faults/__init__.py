"""The faults that can be planted: one place, by name, each tied to the requirements that it breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from talonproof.emulator.faults.answers import ANSWERS
from talonproof.emulator.faults.audiences import AUDIENCES
from talonproof.emulator.faults.cards import CARDS
from talonproof.emulator.faults.catalogs import CATALOGS
from talonproof.emulator.faults.content import CONTENT
from talonproof.emulator.faults.counters import COUNTERS
from talonproof.emulator.faults.coupons import COUPONS
from talonproof.emulator.faults.customers import CUSTOMERS
from talonproof.emulator.faults.dry_runs import DRY_RUNS
from talonproof.emulator.faults.earnings import EARNINGS
from talonproof.emulator.faults.evaluations import EVALUATIONS
from talonproof.emulator.faults.events import EVENTS
from talonproof.emulator.faults.fault import Fault as Fault
from talonproof.emulator.faults.filters import FILTERS
from talonproof.emulator.faults.keys import KEYS
from talonproof.emulator.faults.later import LATER, LATER_ROLLBACKS
from talonproof.emulator.faults.pages import PAGES
from talonproof.emulator.faults.races import RACES
from talonproof.emulator.faults.redemptions import REDEMPTIONS
from talonproof.emulator.faults.referrals import REFERRALS
from talonproof.emulator.faults.relations import RELATIONS
from talonproof.emulator.faults.returns import RETURNS
from talonproof.emulator.faults.rollbacks import ROLLBACKS
from talonproof.emulator.faults.states import STATES
from talonproof.emulator.faults.table import TABLE
from talonproof.errors import ConfigError, closest

_AREAS = (
    *(STATES, TABLE, CONTENT, RETURNS, COUNTERS, DRY_RUNS, PAGES, FILTERS, KEYS, ANSWERS),
    *(CUSTOMERS, AUDIENCES, COUPONS, REFERRALS, CARDS, CATALOGS, EVENTS, RELATIONS),
    *(ROLLBACKS, EARNINGS, REDEMPTIONS, EVALUATIONS, RACES, LATER, LATER_ROLLBACKS),
)

FAULTS: Mapping[str, Fault] = {fault.id: fault for fault in chain.from_iterable(_AREAS)}
"""Every fault by its name, in the order of the areas."""


ENGINE = frozenset(fault.id for fault in chain(ROLLBACKS, EARNINGS, REDEMPTIONS, EVALUATIONS, LATER_ROLLBACKS))
"""The names of those that show only where campaigns act."""

OVERLAPPING = frozenset(fault.id for fault in RACES)
"""The names of those that show only where calls overlap."""


def select(names: Iterable[str]) -> tuple[Fault, ...]:
    """The faults of some names; ConfigError with the closest name for an unknown one."""
    chosen: list[Fault] = []
    for name in names:
        if name not in FAULTS:
            message = f"there is no fault {name}"
            raise ConfigError(message, hint=closest(name, FAULTS))
        chosen.append(FAULTS[name])
    return tuple(chosen)
