"""A world file is YAML: tables of things with their names, and ledgers whose rows may be repeated in one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from talonproof.emulator import attributes, world, world_campaigns, world_loyalty, world_rewards
from talonproof.emulator.engine.campaign import Campaign
from talonproof.emulator.world import ATTRIBUTE_TYPES, Entity, World
from talonproof.emulator.world_conditions import Names
from talonproof.emulator.world_node import Node, root
from talonproof.errors import ConfigError, closest

_K = TypeVar("_K")
_V = TypeVar("_V")

DEFAULT = Path(__file__).parent / "worlds" / "default.yaml"
SCHEMA = Path(__file__).parent / "worlds" / "world.schema.json"
"""The JSON Schema of world files, for editors: whatever it refuses, the parser refuses with the reason."""

_TABLES = (
    "account",
    "applications",
    "keys",
    "attributes",
    "event_types",
    "additional_costs",
    "stores",
    "integrations",
    "catalogs",
    "campaigns",
    "coupons",
    "audiences",
    "programs",
    "profiles",
    "cards",
    "ledgers",
    "sessions",
    "giveaway_pools",
    "achievements",
)
_ENTITIES = {
    "profile": Entity.PROFILE,
    "session": Entity.SESSION,
    "item": Entity.ITEM,
    "event": Entity.EVENT,
    "referral": Entity.REFERRAL,
}
_ORIGINS = ("manual", "session", "import")
_STATUSES = ("active", "inactive")
_RESERVATIONS = ("soft", "mandatory", "visible")
_CODES = ("sensitive", "insensitive-uppercase", "insensitive-lowercase")
"""The API's words; the last two differ in how codes are made, which no operation of this API does for coupons."""

_SHORTEST_CODE = 4


def read_world(path: Path | None = None) -> World:
    """The world of a file, or the default world.

    Raises ConfigError for a file that cannot be read, DocumentError with file, line and the closest valid word
    for one that does not say what it should.
    """
    file = path or DEFAULT
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"the world file {file} cannot be read: {getattr(error, 'strerror', None) or error}"
        raise ConfigError(message) from None
    return parse_world(text, str(file))


def parse_world(text: str, source: str) -> World:
    """The world that a text describes; ``source`` names it in errors. Raises DocumentError."""
    tables = root(text, source).table(*_TABLES, required=("account", "applications", "keys"))
    defined = _attributes(tables.get("attributes"))
    catalogs = _by(tables, "catalogs", lambda n: _catalog(n, defined[Entity.ITEM]), lambda c: c.id)
    applications = _by(tables, "applications", lambda n: _application(n, catalogs), lambda a: a.id)
    headers = _by(tables, "campaigns", lambda n: world_campaigns.campaign(n, applications), lambda c: c.id)
    audiences = _by(tables, "audiences", _audience, lambda a: a.id)
    programs = _by(tables, "programs", world_loyalty.program, lambda p: p.id)
    cards = _by(tables, "cards", lambda n: _card(n, programs), lambda c: (c.program, c.identifier))
    coupons = _by(tables, "coupons", lambda n: _coupon(n, headers), lambda c: c.value)
    pools = _by(tables, "giveaway_pools", world_rewards.pool, lambda p: p.id)
    achievements = _by(tables, "achievements", lambda n: world_rewards.achievement(n, headers), lambda a: a.id)
    names = Names(
        attributes=defined,
        campaigns=headers,
        audiences=audiences,
        programs=programs,
        pools=pools,
        achievements=achievements,
        coupons=frozenset(coupons),
        costs={node.string(): number for number, node in enumerate(_nodes(tables, "additional_costs"), start=1)},
        stores=_names(tables, "stores"),
        event_types=_names(tables, "event_types"),
    )
    campaigns = {
        made.id: world_campaigns.with_rules(node, made, names)
        for node, made in zip(_nodes(tables, "campaigns"), headers.values(), strict=True)
    }
    profiles = _by(tables, "profiles", lambda n: _profile(n, defined, audiences), lambda p: p.integration_id)
    return World(
        source=source,
        account=tables["account"].integer(),
        applications=world_campaigns.with_campaigns(applications, campaigns),
        keys=_by(tables, "keys", lambda n: _key(n, applications), lambda k: k.key),
        attributes=defined,
        event_types=names.event_types,
        additional_costs=frozenset(names.costs),
        stores=names.stores,
        integrations=_names(tables, "integrations"),
        catalogs=catalogs,
        campaigns=campaigns,
        coupons=coupons,
        audiences=audiences,
        programs=programs,
        pools=pools,
        achievements=achievements,
        profiles=tuple(profiles.values()),
        cards=tuple(cards.values()),
        entries=tuple(
            entry for node in _nodes(tables, "ledgers") for entry in _ledger(node, programs, profiles, cards)
        ),
        sessions=tuple(
            _by(
                tables, "sessions", lambda n: _session(n, applications), lambda s: (s.application, s.integration_id)
            ).values()
        ),
    )


def _nodes(tables: Mapping[str, Node], name: str) -> list[Node]:
    return tables[name].items() if name in tables else []


def _by(tables: Mapping[str, Node], name: str, make: Callable[[Node], _V], key: Callable[[_V], _K]) -> dict[_K, _V]:
    """The things of a table by their key, which none of them shares."""
    found: dict[_K, _V] = {}
    for node in _nodes(tables, name):
        made = make(node)
        if key(made) in found:
            raise node.wrong(f"{name} has this one twice")
        found[key(made)] = made
    return found


def _names(tables: Mapping[str, Node], name: str) -> frozenset[str]:
    return frozenset(node.string() for node in _nodes(tables, name))


def _application(node: Node, catalogs: Mapping[int, world.Catalog]) -> world.Application:
    row = node.table("id", "name", "catalog", "codes", required=("id", "name"))
    return world.Application(
        id=row["id"].integer(),
        name=row["name"].string(),
        catalog=row["catalog"].reference(catalogs, "catalog") if "catalog" in row else None,
        sensitive=row["codes"].choice(_CODES) == "sensitive" if "codes" in row else True,
    )


def _key(node: Node, applications: Mapping[int, world.Application]) -> world.Key:
    row = node.table("key", "application", "test", "expires", required=("key", "application"))
    return world.Key(
        key=row["key"].string(),
        application=row["application"].reference(applications, "Application"),
        test=row["test"].boolean() if "test" in row else False,
        expires=row["expires"].offset() if "expires" in row else None,
    )


def _attributes(node: Node | None) -> dict[Entity, Mapping[str, str]]:
    found: dict[Entity, Mapping[str, str]] = {entity: {} for entity in Entity}
    for word, names in (node.table(*_ENTITIES) if node else {}).items():
        found[_ENTITIES[word]] = {name: kind.choice(ATTRIBUTE_TYPES) for name, kind in names.table().items()}
    return found


def _values(node: Node | None, entities: str, known: Mapping[str, str]) -> dict[str, Any]:
    """The custom attributes of a thing, each defined and of its type."""
    values: dict[str, Any] = {}
    for name, value in (node.table() if node else {}).items():
        if name not in known:
            raise value.wrong(f"{entities} have no attribute {name}", hint=closest(name, known))
        if not attributes.fits(known[name], value.value):
            raise value.wrong(f"the attribute {name} takes a value of type {known[name]}")
        values[name] = value.value
    return values


def _catalog(node: Node, defined: Mapping[str, str]) -> world.Catalog:
    row = node.table("id", "name", "description", "items", required=("id", "name", "items"))
    found: dict[str, world.Item] = {}
    for item in row["items"].items():
        cells = item.table("sku", "price", "attributes", "product", required=("sku",))
        found[cells["sku"].string()] = world.Item(
            price=cells["price"].number() if "price" in cells else None,
            attributes=_values(cells.get("attributes"), "cart items", defined),
            product=cells["product"].string() if "product" in cells else None,
        )
    description = row["description"].string() if "description" in row else ""
    return world.Catalog(row["id"].integer(), row["name"].string(), found, description)


def _coupon(node: Node, campaigns: Mapping[int, Campaign]) -> world.Coupon:
    row = node.table(
        "value", "campaign", "usage_limit", "reservation_limit", "reservation", "recipient", "starts", "expires",
        required=("value", "campaign"),
    )  # fmt: skip
    value = row["value"].string()
    if len(value) < _SHORTEST_CODE:
        raise row["value"].wrong(f"a coupon code has at least {_SHORTEST_CODE} characters")
    kind = row["reservation"].choice(_RESERVATIONS) if "reservation" in row else "soft"
    return world.Coupon(
        value=value,
        campaign=row["campaign"].reference(campaigns, "campaign"),
        usage_limit=row["usage_limit"].integer(0) if "usage_limit" in row else 0,
        reservation_limit=row["reservation_limit"].integer(0) if "reservation_limit" in row else 0,
        mandatory=kind == "mandatory",
        visible=kind == "visible",
        recipient=row["recipient"].string() if "recipient" in row else None,
        starts=row["starts"].offset() if "starts" in row else None,
        expires=row["expires"].offset() if "expires" in row else None,
    )


def _audience(node: Node) -> world.Audience:
    row = node.table("id", "name", "integration", "integration_id", required=("id", "name"))
    if "integration" in row and "integration_id" not in row:
        raise row["integration"].wrong("an audience of an integration has an integration_id there")
    return world.Audience(
        id=row["id"].integer(),
        name=row["name"].string(),
        integration=row["integration"].string() if "integration" in row else None,
        integration_id=row["integration_id"].string() if "integration_id" in row else None,
    )


def _profile(
    node: Node, defined: Mapping[Entity, Mapping[str, str]], audiences: Mapping[int, world.Audience]
) -> world.Profile:
    row = node.table(
        "integration_id", "created", "last_activity", "attributes", "audiences", required=("integration_id", "created")
    )
    created = row["created"].past()
    members = row["audiences"].items() if "audiences" in row else []
    return world.Profile(
        integration_id=row["integration_id"].string(),
        created=created,
        last_activity=row["last_activity"].past() if "last_activity" in row else created,
        attributes=_values(row.get("attributes"), "profiles", defined[Entity.PROFILE]),
        audiences=tuple(member.reference(audiences, "audience") for member in members),
    )


def _card(node: Node, programs: Mapping[int, world.Program]) -> world.Card:
    row = node.table(
        "program", "identifier", "created", "status", "profiles", required=("program", "identifier", "created")
    )
    program = programs[row["program"].reference(programs, "program")]
    if not program.cards:
        raise row["program"].wrong(f"program {program.id} is profile-based")
    profiles = tuple(name.string() for name in row["profiles"].items()) if "profiles" in row else ()
    if 0 < program.users_per_card_limit < len(profiles):
        raise row["profiles"].wrong(f"a card of program {program.id} takes {program.users_per_card_limit} profiles")
    return world.Card(
        program=program.id,
        identifier=row["identifier"].string(),
        created=row["created"].past(),
        status=row["status"].choice(_STATUSES) if "status" in row else "active",
        profiles=profiles,
    )


def _ledger(
    node: Node,
    programs: Mapping[int, world.Program],
    profiles: Mapping[str, world.Profile],
    cards: Mapping[tuple[int, str], world.Card],
) -> list[world.Entry]:
    row = node.table("program", "owner", "entries", required=("program", "owner", "entries"))
    program = programs[row["program"].reference(programs, "program")]
    owners = [card for number, card in cards if number == program.id] if program.cards else list(profiles)
    owner = row["owner"].choice(owners)
    return [entry for line in row["entries"].items() for entry in _entries(line, program.id, owner)]


def _entries(node: Node, program: int, owner: str) -> list[world.Entry]:
    """The entries of one line: ``repeat`` of them, ``step`` apart; a list of values is gone through in turn."""
    row = node.table(
        "repeat", "type", "origin", "subledger", "points", "created", "step", "starts", "expires", "name",
        required=("points", "created"),
    )  # fmt: skip
    first = row["created"].past()
    step = row["step"].offset() if "step" in row else 0
    count = row["repeat"].integer() if "repeat" in row else 1
    if first + step * (count - 1) > 0:
        raise node.wrong("the last of these entries would lie in the future")

    def turns(key: str, take: Callable[[Node], _V], default: _V) -> list[_V]:
        return [take(value) for value in row[key].cycle()] if key in row else [default]

    kinds = turns("type", lambda n: n.choice(("addition", "subtraction")), "addition")
    origins = turns("origin", lambda n: n.choice(_ORIGINS), "manual")
    subledgers = turns("subledger", Node.string, "")
    points = turns("points", world_loyalty.millionths, 0)
    starts = turns("starts", _offset_or_none, None)
    expiries = turns("expires", _offset_or_none, None)
    names = turns("name", Node.string, "World")
    return [
        world.Entry(
            program=program,
            owner=owner,
            subledger=subledgers[index % len(subledgers)],
            addition=kinds[index % len(kinds)] == "addition",
            origin=origins[index % len(origins)],
            created=first + index * step,
            starts=starts[index % len(starts)],
            expires=expiries[index % len(expiries)],
            points=points[index % len(points)],
            name=names[index % len(names)],
        )
        for index in range(count)
    ]


def _offset_or_none(node: Node) -> int | None:
    return None if node.value is None else node.offset()


def _session(node: Node, applications: Mapping[int, world.Application]) -> world.Session:
    row = node.table(
        "integration_id",
        "application",
        "created",
        "body",
        required=("integration_id", "application", "created", "body"),
    )
    row["body"].table()
    return world.Session(
        integration_id=row["integration_id"].string(),
        application=row["application"].reference(applications, "Application"),
        created=row["created"].past(),
        body=row["body"].value,
    )
