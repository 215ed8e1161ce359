"""Which effects a target brings about is learned once a run, by dry updates of sessions that nobody keeps."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from talonproof.model.moment import served, written
from talonproof.model.observed import same, sortable
from talonproof.run.api import CART
from talonproof.run.effects import (
    BUDGET,
    DISABLED,
    PLAIN,
    SCHEDULED,
    Fired,
    Seen,
    attempts,
    effects_of,
    labels_of,
    merged,
)

if TYPE_CHECKING:
    from talonproof.http.exchange import Exchange
    from talonproof.run.doctor.asking import Asking
    from talonproof.target import Bindings, Trigger

WORKER: Final = "effects"
"""The name in the ids of the sessions that are tried, and in that of their journal."""

FILE: Final = "effects.json"
_LOCK: Final = "effects.lock"
_PATIENCE: Final = 600.0
"""How long a process waits for another one that looks, in seconds: a slow target has some thirty calls to answer."""

COST: Final = 15.0
"""What each additional cost of a session is."""


def full_session(bindings: Bindings) -> dict[str, Any]:
    """A session with all that campaigns may look for: a cart of two lines, and the additional costs that are bound."""
    costs = [name for name in (bindings.additional_cost, bindings.second_additional_cost) if name]
    session: dict[str, Any] = {"cartItems": [dict(line) for line in CART]}
    if costs:
        session["additionalCosts"] = {name: {"price": COST} for name in costs}
    return session


def look(asking: Asking) -> Seen:
    """What each trigger of the target shows, in their order; one request for each.

    What a trigger of a scheduled or disabled campaign shows counts as that alone, since it shows nothing in earnest.
    What a plain session shows as well is not brought about by a trigger, and counts as that of any session, which comes
    last. The card that is bound is in every session, unless the target takes no session with it.
    """
    fired: dict[str, list[Fired]] = {}
    silent: dict[str, str] = {}
    refused: dict[str, str] = {}
    card = asking.bindings.populated_card
    before = asking.sent
    always: frozenset[str] = frozenset()
    for trigger in attempts(asking.target):
        if trigger.starts is not None and _present(asking) >= trigger.starts:
            silent[trigger.name] = "its campaign has started, so it is not scheduled any more"
            continue
        answer = _tried(asking, trigger, card)
        if trigger is PLAIN and card and answer is not None and answer.refused:
            card = None
            answer = _tried(asking, trigger, card)
        effects = _effects(trigger, answer, always)
        if trigger is PLAIN:
            always = frozenset(map(_rule, effects))
        labels = _labels(trigger, effects, answer)
        now = answer.call.query.get("now") if answer is not None else None
        shown = Fired(trigger.name, trigger.session, trigger.campaign, str(now) if now else None, trigger.budget)
        for label in labels:
            fired.setdefault(label, []).append(shown)
        if not labels and trigger in asking.target.triggers:
            (refused if answer is not None and answer.refused else silent)[trigger.name] = _why(trigger, answer)
    last = {label: tuple(sorted(each, key=lambda one: one.trigger == PLAIN.name)) for label, each in fired.items()}
    return Seen(last, silent, refused, asking.sent - before)


def _tried(asking: Asking, trigger: Trigger, card: str | None) -> Exchange | None:
    session = merged(full_session(asking.bindings), trigger.session)
    profile = (asking.bindings.populated_profile if trigger.with_points else None) or asking.ledger.new("profile")
    session |= {"profileId": profile, "state": "closed"}
    if card:
        session["loyaltyCards"] = [card]
    if trigger.disabled:
        session["evaluableCampaignIds"] = [trigger.campaign]
    query: dict[str, Any] = {"dry": True}
    if trigger.ahead is not None:
        query["now"] = written((trigger.starts or _present(asking)) + trigger.ahead)
    path = {"customerSessionId": asking.ledger.new("session")}
    return asking.ask("updateCustomerSessionV2", path, query, {"customerSession": session})


def _present(asking: Asking) -> datetime:
    """The server's time, by its last answer: a plain session goes before every trigger."""
    return served(asking.exchanges[-1]) if asking.exchanges else datetime.now(UTC)


def _effects(trigger: Trigger, answer: Exchange | None, always: frozenset[str]) -> list[Mapping[str, Any]]:
    """What a trigger brought about; of a campaign that is named, only what that one did."""
    shown = effects_of(answer) if answer is not None and answer.ok else []
    if trigger.campaign is not None:
        return [effect for effect in shown if same(effect.get("campaignId"), trigger.campaign)]
    return [effect for effect in shown if _rule(effect) not in always]


def _rule(effect: Mapping[str, Any]) -> str:
    """The rule that an effect comes from, and its type."""
    return sortable([effect.get(name) for name in ("campaignId", "rulesetId", "ruleIndex", "effectType")])


def _labels(trigger: Trigger, effects: Sequence[Mapping[str, Any]], answer: Exchange | None) -> frozenset[str]:
    if trigger.ahead is not None:
        return frozenset({SCHEDULED} if effects else ())
    if trigger.disabled:
        return frozenset({DISABLED} if effects else ())
    if answer is None:
        return frozenset()
    labels = frozenset(label for effect in effects for label in labels_of(effect, now=served(answer)))
    return labels | {BUDGET} if trigger.budget is not None and "setDiscount" in labels else labels


def _why(trigger: Trigger, answer: Exchange | None) -> str:
    if answer is None or answer.infrastructure:
        return "it could not be tried"
    if not answer.ok:
        told: Any = answer.at("errors", 0, "title") or answer.at("message") or ""
        return f"the session is answered {answer.status} {told}".strip()
    return "no effect" if trigger.campaign is None else f"no effect of campaign {trigger.campaign}"


def seen_before(folder: Path) -> Seen | None:
    """What a process of the run saw; None where none has looked yet."""
    file = folder / FILE
    return Seen.from_json(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None


def seen_once(folder: Path, look_now: Callable[[], Seen]) -> Seen:
    """What one process of the run sees, whichever comes first; the others wait for it.

    The lock is SQLite's: the system gives it back when the process dies, and the next one looks again.
    """
    with closing(sqlite3.connect(folder / _LOCK, timeout=_PATIENCE, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        if (known := seen_before(folder)) is not None:
            return known
        seen = look_now()
        temporary = folder / f"{FILE}.{time.monotonic_ns()}.tmp"
        temporary.write_text(json.dumps(seen.to_json()), encoding="utf-8")
        temporary.replace(folder / FILE)
        return seen
