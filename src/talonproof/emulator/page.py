"""The emulator's own page: what its world is made of, what it holds by now, and what it was asked lately.

It is written on the server, loads nothing and runs nothing; all that callers sent is escaped, and no key is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import jinja2

from talonproof.emulator.access import KEPT, Shown
from talonproof.emulator.engine.budget import ONE
from talonproof.emulator.engine.campaign import Limit
from talonproof.emulator.message import Reply
from talonproof.emulator.money import number
from talonproof.emulator.seeding import loaded_at
from talonproof.emulator.session import CANCELLED, CLOSED, OPEN, RETURNED
from talonproof.emulator.store import Store
from talonproof.emulator.world import World

_COUNTED = (
    ("Profiles", "SELECT COUNT(*) FROM profile WHERE visible"),
    ("Sessions", "SELECT COUNT(*) FROM session"),
    *(
        (f"Sessions {state.replace('_', ' ')}", f"SELECT COUNT(*) FROM session WHERE state = '{state}'")
        for state in (OPEN, CLOSED, RETURNED, CANCELLED)
    ),
    ("Returns", "SELECT COUNT(*) FROM return"),
    ("Events", "SELECT COUNT(*) FROM event"),
    ("Coupons", "SELECT COUNT(*) FROM coupon"),
    ("Redemptions", "SELECT COUNT(*) FROM redemption"),
    ("Reservations", "SELECT COUNT(*) FROM reservation"),
    ("Referral codes", "SELECT COUNT(*) FROM referral"),
    ("Loyalty cards", "SELECT COUNT(*) FROM card"),
    ("Ledger entries", "SELECT COUNT(*) FROM entry"),
    ("Audiences", "SELECT COUNT(*) FROM audience"),
    ("Memberships", "SELECT COUNT(*) FROM membership"),
    ("Catalog items", "SELECT COUNT(*) FROM catalog_item"),
)

_HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "x-content-type-options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Table:
    """Things of one kind: the names of their columns, and a row of texts for each; a ``wide`` one stands alone."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    none: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """Everything on the page. ``about`` is what the JSON of the same address says."""

    about: Mapping[str, Any]
    source: str
    counts: tuple[tuple[str, int], ...]
    tables: tuple[Table, ...]
    names: tuple[tuple[str, tuple[str, ...]], ...]
    recent: tuple[Shown, ...]
    kept: int = KEPT


def content(about: Mapping[str, Any], world: World, store: Store, recent: Iterable[Shown], now: int) -> Content:
    """What the page shows of a world, its store and the last requests, at an instant."""
    return Content(
        about=about,
        source=world.source.replace("\\", "/").rpartition("/")[2],
        counts=tuple((title, _count(store, sql)) for title, sql in _COUNTED),
        tables=(
            _campaigns(world, now, loaded_at(store)),
            _applications(world),
            _programs(world),
            _catalogs(world, store),
            _pools(world, store),
        ),
        names=(
            ("Stores", tuple(sorted(world.stores))),
            ("Event types", tuple(sorted(world.event_types))),
            ("Additional costs", tuple(sorted(world.additional_costs))),
            ("Integrations", tuple(sorted(world.integrations))),
            *((f"Attributes of {entity}", tuple(world.attributes.get(entity, ()))) for entity in world.attributes),
        ),
        recent=tuple(recent),
    )


@cache
def _template() -> tuple[jinja2.Template, str]:
    loader = jinja2.PackageLoader("talonproof.emulator")
    engine = jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return engine.get_template("page.html.j2"), loader.get_source(engine, "page.css")[0]


def written(shown: Content) -> Reply:
    """The page as a reply."""
    template, style = _template()
    text = template.render(page=shown, style=style)
    return Reply(200, _HEADERS, text.encode("utf-8", "backslashreplace"))


def _count(store: Store, sql: str) -> int:
    return int((store.one(sql) or (0,))[0])


def _applications(world: World) -> Table:
    keys = Counter((key.application, "test" if key.test else "live") for key in world.keys.values())
    rows = tuple(
        (
            *(str(application.id), application.name),
            ", ".join(
                f"{keys[application.id, kind]} {kind}" for kind in ("live", "test") if keys[application.id, kind]
            ),
            "none" if application.catalog is None else world.catalogs[application.catalog].name,
            "capitals count" if application.sensitive else "capitals do not count",
        )
        for application in world.applications.values()
    )
    return Table("Applications", ("Id", "Name", "Keys", "Catalog", "Codes"), rows, "No Application.")


def _campaigns(world: World, now: int, loaded: int) -> Table:
    rows = tuple(
        (
            *(str(campaign.id), campaign.name, campaign.shown_state(now, loaded)),
            ", ".join(rule.name for rule in campaign.rules),
            ", ".join(_limit(limit) for limit in campaign.limits),
            "all"
            if campaign.applications is None
            else ", ".join(world.applications[each].name for each in sorted(campaign.applications)),
        )
        for campaign in world.campaigns.values()
    )
    columns = ("Id", "Name", "State", "Rules", "Limits", "Applications")
    return Table("Campaigns", columns, rows, "No campaign.", wide=True)


def _limit(limit: Limit) -> str:
    entities = f" for each {' and '.join(limit.entities)}" if limit.entities else ""
    return f"{limit.action}: {number(Decimal(limit.limit) / ONE)}{entities}, {limit.period}"


def _programs(world: World) -> Table:
    rows = tuple(
        (
            *(str(program.id), program.title, "of cards" if program.cards else "of profiles", program.name),
            ", ".join(tier.name for tier in program.tiers),
        )
        for program in world.programs.values()
    )
    return Table("Loyalty programs", ("Id", "Title", "Kind", "Name", "Tiers"), rows, "No loyalty program.")


def _catalogs(world: World, store: Store) -> Table:
    items = dict(store.all("SELECT catalog_id, COUNT(*) FROM catalog_item GROUP BY catalog_id"))
    versions = dict(store.all("SELECT id, version FROM catalog"))
    rows = tuple(
        (str(each), kept.name, str(items.get(each, 0)), str(versions.get(each, 1)), kept.description)
        for each, kept in world.catalogs.items()
    )
    return Table("Catalogs", ("Id", "Name", "Items", "Version", "Description"), rows, "No catalog.")


def _pools(world: World, store: Store) -> Table:
    awarded = dict(store.all("SELECT pool_id, COUNT(*) FROM giveaway WHERE profile IS NOT NULL GROUP BY pool_id"))
    rows = tuple(
        (
            *(str(pool.id), pool.name, "as many as it takes" if pool.pattern else str(len(pool.codes))),
            str(awarded.get(pool.id, 0)),
        )
        for pool in world.pools.values()
    )
    return Table("Giveaways", ("Id", "Name", "Codes", "Awarded"), rows, "No giveaways.")
