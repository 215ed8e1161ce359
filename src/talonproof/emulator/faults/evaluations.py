"""Faults of what is evaluated: with which campaigns, at which moment, and what the answer makes of the effects."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from talonproof.emulator.engine.campaign import Campaign
from talonproof.emulator.faults.fault import Collection, Interceptor, Proceed, on_reply
from talonproof.emulator.faults.redemptions import EVALUATING
from talonproof.emulator.faults.settling import Shown, shown, undone
from talonproof.emulator.faults.states import UPDATE
from talonproof.emulator.faults.tampering import edited_body, edited_reply, in_path, is_dry, query, with_query
from talonproof.emulator.message import Reply, Request, as_object
from talonproof.emulator.world import World

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

EVALUATIONS = Collection()

_UNDONE = "fault: effects undone"
_AHEAD = "fault: moments looked ahead to"
_LISTED = "evaluableCampaignIds"


def _with_campaigns(edit: Callable[[Campaign], Campaign]) -> Interceptor:
    """A server whose campaigns are others than those of its world."""

    def edited(world: World) -> World:
        return replace(
            world,
            campaigns={number: edit(each) for number, each in world.campaigns.items()},
            applications={
                number: replace(each, campaigns=tuple(map(edit, each.campaigns)))
                for number, each in world.applications.items()
            },
        )

    def interceptor(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
        if any(edit(each) != each for each in emulator.world.campaigns.values()):
            emulator.world = edited(emulator.world)
        return proceed(request)

    return interceptor


EVALUATIONS.must("scheduled-campaign-awake", "Campaigns act before they start.", "DRY-014", on=EVALUATING)(
    _with_campaigns(lambda each: replace(each, starts=None) if (each.starts or 0) > 0 else each)
)
EVALUATIONS.must("disabled-campaign-awake", "Disabled campaigns act on calls that do not list them.", "DRY-015",
                 on=EVALUATING)(
    _with_campaigns(lambda each: replace(each, state="enabled") if each.state == "disabled" else each)
)  # fmt: skip


@EVALUATIONS.must(
    "now-lingers",
    "A dry update without `now` is evaluated at the moment that the last one of its session looked ahead to.",
    "DRY-014",
    on=UPDATE,
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    name, now = in_path(request, emulator, "customerSessionId"), query(request, "now")
    if not is_dry(request):
        return proceed(request)
    with emulator.store.reading():
        ahead: dict[str, str] = json.loads(emulator.store.noted(_AHEAD) or "{}")
    answer = proceed(with_query(request, now=ahead[name]) if now is None and name in ahead else request)
    if now is not None and answer.ok:
        with emulator.store.transaction():
            emulator.store.note(_AHEAD, json.dumps({**ahead, name: now}))
    return answer


def _unlisted(request: Request) -> Request:
    """The request, if it is dry, without its list of campaigns: a session has it inside, the others at the top."""

    def inside(body: dict[str, Any]) -> None:
        for holder in (body, as_object(body.get("customerSession")) or {}):
            holder.pop(_LISTED, None)

    return edited_body(request, inside) if is_dry(request) else request


@EVALUATIONS.should("listed-campaigns-and-all-others", "Campaigns that a dry call lists come besides all that run.",
                    "DRY-016", on=EVALUATING)  # fmt: skip
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    plain = _unlisted(request)
    answer = proceed(request)
    if plain.document() == request.document() or not answer.ok:
        return answer
    others = proceed(plain)
    more: list[Shown] = others.document().get("effects", []) if others.ok and others.body else []
    return shown(answer, lambda effects: [*effects, *more])


@EVALUATIONS.must(
    "totals-after-discounts", "The totals of a session are those after its discounts.", "SES-045", on=UPDATE
)
@on_reply
def _(answer: Reply) -> Reply:
    def edit(body: dict[str, Any]) -> None:
        off = sum(e["props"]["value"] for e in body["effects"] if e["effectType"].startswith("setDiscount"))
        if off and "customerSession" in body:
            body["customerSession"]["total"] -= off

    return edited_reply(answer, edit)


@EVALUATIONS.must("undone-effects-shown", "Reading a session shows the effects that were undone, and what undid them.",
                  "SES-070", on=(*UPDATE, "returnCartItems", "getCustomerSession"))  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    name = in_path(request, emulator, "customerSessionId")
    visit = undone(request, emulator) if request.method != "GET" else None
    answer = proceed(request)
    with emulator.store.reading():
        kept: dict[str, list[Shown]] = json.loads(emulator.store.noted(_UNDONE) or "{}")
    if request.method == "GET":
        return shown(answer, lambda effects: [*effects, *kept.get(name, ())])
    if visit is not None and answer.ok:
        rolled = [e for e in answer.document()["effects"] if e["effectType"].startswith("rollback")]
        kept[name] = [*(effect.document() for effect in visit.effects), *rolled]
        with emulator.store.transaction():
            emulator.store.note(_UNDONE, json.dumps(kept))
    return answer
