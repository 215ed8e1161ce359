"""The conditions of rules in a world file: tables with one key each, which says what must hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from talonproof.emulator import attributes, event, instant, world
from talonproof.emulator.engine import condition
from talonproof.emulator.engine.campaign import Campaign, CodeKind, Condition
from talonproof.emulator.engine.condition import ItemFilter, Test
from talonproof.emulator.message import as_array
from talonproof.emulator.world import Entity
from talonproof.emulator.world_node import Node
from talonproof.errors import closest

COMPARISONS = ("is", "is_not", "at_least", "at_most", "in", "has")
CONDITIONS = (
    "coupon", "referral", "attribute", "total", "items", "event", "audience", "first_session", "closing", "store",
    "identifier", "tier", "not", "any",
)  # fmt: skip
OWNERS = {
    "profile": Entity.PROFILE,
    "session": Entity.SESSION,
    "item": Entity.ITEM,
    "event": Entity.EVENT,
}
BUILT_IN_EVENTS = (
    event.CREATED, event.UPDATED, event.CLOSED, event.PROFILE_CREATED, event.PROFILE_UPDATED,
)  # fmt: skip
"""Those that rules are evaluated on; cancelling, returning and reopening only take back."""

_VALID = "valid"


@dataclass(frozen=True, slots=True)
class Names:
    """What the rules of a world file may speak of; ``costs`` are the additional costs with their ids."""

    attributes: Mapping[Entity, Mapping[str, str]]
    campaigns: Mapping[int, Campaign]
    audiences: Mapping[int, world.Audience]
    programs: Mapping[int, world.Program]
    pools: Mapping[int, world.Pool]
    achievements: Mapping[int, world.Achievement]
    coupons: frozenset[str]
    costs: Mapping[str, int]
    stores: frozenset[str]
    event_types: frozenset[str]


def the_one(node: Node, known: tuple[str, ...], what: str) -> tuple[str, Node]:
    """The only key of a table, which must be known, and its value."""
    row = node.table(*known)
    if len(row) != 1:
        raise node.wrong(f"{what} has one key")
    return next(iter(row.items()))


def read_condition(node: Node, names: Names) -> Condition:
    """The condition of a node. Raises DocumentError with its place for one that cannot be."""
    row = node.table()
    if "attribute" in row:
        return _attribute(node, names)
    key, value = the_one(node, CONDITIONS, "a condition")
    return _READERS[key](value, names)


def named_attribute(node: Node, names: Names) -> tuple[Entity, str, str]:
    """The attribute that a text such as ``session.channel`` names: owner, name and type."""
    owner, dot, name = node.string().partition(".")
    if owner not in OWNERS or not dot:
        hint = closest(owner, OWNERS) or "session.NAME"
        raise node.wrong("an attribute is named by its owner and its name, such as session.channel", hint=hint)
    entity = OWNERS[owner]
    known = names.attributes[entity]
    if name not in known:
        raise node.wrong(f"there is no attribute {name} of a {owner}", hint=closest(name, known))
    return entity, name, known[name]


def _attribute(node: Node, names: Names) -> Condition:
    row = node.table("attribute", *COMPARISONS)
    entity, name, kind = named_attribute(row.pop("attribute"), names)
    return condition.Attribute(entity, name, _comparisons(node, row, kind))


def _comparisons(node: Node, row: Mapping[str, Node], kind: str) -> Test:
    """The test that all comparisons of a table make of a value of some type."""
    if not row:
        raise node.wrong("there is nothing to compare with", hint=COMPARISONS[0])
    tests = [_COMPARISONS[word](value, kind) for word, value in row.items()]
    return tests[0] if len(tests) == 1 else lambda value: all(test(value) for test in tests)


def comparison(node: Node, kind: str) -> Test:
    """The test of a table such as ``{at_least: 5}``."""
    return _comparisons(node, node.table(*COMPARISONS), kind)


def _is(node: Node, kind: str) -> Test:
    wanted = _constant(node, kind)
    return lambda value: value is not None and _comparable(value, kind) == wanted


def _is_not(node: Node, kind: str) -> Test:
    wanted = _constant(node, kind)
    return lambda value: value is None or _comparable(value, kind) != wanted


def _at_least(node: Node, kind: str) -> Test:
    wanted = _ordered(node, kind)
    return lambda value: value is not None and _comparable(value, kind) >= wanted


def _at_most(node: Node, kind: str) -> Test:
    wanted = _ordered(node, kind)
    return lambda value: value is not None and _comparable(value, kind) <= wanted


def _in(node: Node, kind: str) -> Test:
    wanted = [_constant(item, kind) for item in node.items()]
    return lambda value: value is not None and _comparable(value, kind) in wanted


def _has(node: Node, kind: str) -> Test:
    if not kind.startswith("(list "):
        raise node.wrong(f"only lists have members, and this is of type {kind}")
    member = kind.removeprefix("(list ").removesuffix(")")
    wanted = _constant(node, member)
    return lambda value: value is not None and any(_comparable(each, member) == wanted for each in value)


_COMPARISONS: Mapping[str, Callable[[Node, str], Test]] = {
    "is": _is,
    "is_not": _is_not,
    "at_least": _at_least,
    "at_most": _at_most,
    "in": _in,
    "has": _has,
}


def _constant(node: Node, kind: str) -> Any:
    """A value to compare with, of the type."""
    if not attributes.fits(kind, node.value):
        raise node.wrong(f"this must be a value of type {kind}")
    return _comparable(node.value, kind)


def _ordered(node: Node, kind: str) -> Any:
    if kind not in {"number", "time"}:
        raise node.wrong(f"values of type {kind} have no order")
    return _constant(node, kind)


def _comparable(value: Any, kind: str) -> Any:
    """A value in the form that it is compared in: numbers to the digit, times as instants."""
    if kind == "number":
        return value if isinstance(value, Decimal) else Decimal(str(value))
    return instant.read(value) if kind == "time" else value


def item_filter(node: Node, names: Names, *besides: str) -> ItemFilter:
    """The items that a table describes; an empty one describes all. Keys ``besides`` are somebody else's."""
    row = node.table("sku", "category", "product", "attributes", *besides)
    defined = names.attributes[Entity.ITEM]
    tests: list[tuple[str, Test]] = []
    for name, value in (row["attributes"].table() if "attributes" in row else {}).items():
        if name not in defined:
            raise value.wrong(f"there is no attribute {name} of an item", hint=closest(name, defined))
        kind = defined[name]
        tests.append((name, comparison(value, kind) if isinstance(value.value, dict) else _is(value, kind)))
    return ItemFilter(_words(row.get("sku")), _words(row.get("category")), _words(row.get("product")), tuple(tests))


def _words(node: Node | None) -> frozenset[str]:
    return frozenset(each.string() for each in node.cycle()) if node else frozenset()


def _coupon(node: Node, _names: Names) -> Condition:
    node.choice((_VALID,))
    return condition.HasCode(CodeKind.COUPON)


def _referral(node: Node, _names: Names) -> Condition:
    node.choice((_VALID,))
    return condition.HasCode(CodeKind.REFERRAL)


def _total(node: Node, _names: Names) -> Condition:
    return condition.Total(comparison(node, "number"))


def _items(node: Node, names: Names) -> Condition:
    wanted = item_filter(node, names, "quantity")
    row = node.table()
    return condition.Items(wanted, comparison(row["quantity"], "number") if "quantity" in row else _some)


def _some(units: Any) -> bool:
    return units > 0


def _event(node: Node, names: Names) -> Condition:
    known = (*sorted(names.event_types), *BUILT_IN_EVENTS)
    return condition.EventType(frozenset(each.choice(known) for each in node.cycle()))


def _audience(node: Node, names: Names) -> Condition:
    return condition.InAudience(node.reference(names.audiences, "audience"))


def _store(node: Node, names: Names) -> Condition:
    return condition.InStore(frozenset(each.choice(sorted(names.stores)) for each in node.cycle()))


def _tier(node: Node, names: Names) -> Condition:
    row = node.table("program", "in", "subledger", required=("program", "in"))
    program = names.programs[row["program"].reference(names.programs, "program")]
    if not program.tiers:
        raise row["program"].wrong(f"program {program.id} has no tiers")
    known = [tier.name for tier in program.tiers]
    wanted = frozenset(each.choice(known) for each in row["in"].cycle())
    return condition.InTier(program, wanted, row["subledger"].string() if "subledger" in row else "")


def _not(node: Node, names: Names) -> Condition:
    return condition.Not(read_condition(node, names))


def _any(node: Node, names: Names) -> Condition:
    if as_array(node.value) == []:
        raise node.wrong("this list must not be empty")
    return condition.AnyOf(tuple(read_condition(each, names) for each in node.items()))


_READERS: Mapping[str, Callable[[Node, Names], Condition]] = {
    "coupon": _coupon,
    "referral": _referral,
    "total": _total,
    "items": _items,
    "event": _event,
    "audience": _audience,
    "first_session": lambda node, _: condition.FirstSession(node.boolean()),
    "closing": lambda node, _: condition.Closing(node.boolean()),
    "store": _store,
    "identifier": lambda node, _: condition.Identified(node.string()),
    "tier": _tier,
    "not": _not,
    "any": _any,
}
