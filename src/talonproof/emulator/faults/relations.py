"""Faults that show only beside another call that says the same: each answer by itself could be right."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from talonproof.emulator.faults.customers import MANY
from talonproof.emulator.faults.fault import Collection, Interceptor, Proceed
from talonproof.emulator.faults.states import UPDATE
from talonproof.emulator.faults.tampering import (
    Edit,
    edited_section,
    in_path,
    is_dry,
    sent_list,
    sent_session,
    stored,
    with_list,
)
from talonproof.emulator.message import Reply, Request, as_array, as_object
from talonproof.emulator.session import OPEN, Session

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

RELATIONS = Collection()

SHOWING = ("getCustomerSession", *UPDATE)

Repeats = Callable[[Session, Mapping[str, Any]], bool]
"""Whether an update of an open session repeats what it holds, in some way."""


def _skus(lines: object) -> list[str]:
    """The SKUs of a cart, in its order."""
    return [str(line.get("sku")) for each in as_array(lines) or [] if (line := as_object(each)) is not None]


def _miscounting(note: str, repeats: Repeats, edit: Edit) -> Interceptor:
    """A server that counts wrong what the last update of a session repeats, in its answer and when it is read."""

    def interceptor(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
        if is_dry(request):
            return proceed(request)
        name = in_path(request, emulator, "customerSessionId")
        with emulator.store.reading():
            wrong: dict[str, bool] = json.loads(emulator.store.noted(note) or "{}")
        if request.method != "GET":
            before, sent = stored(request, emulator), sent_session(request) or {}
            repeated = before is not None and before.state == OPEN and repeats(before, sent)
            answer = proceed(request)
            if answer.ok and repeated != wrong.get(name, False):
                wrong[name] = repeated
                with emulator.store.transaction():
                    emulator.store.note(note, json.dumps(wrong))
        else:
            answer = proceed(request)
        return edited_section(answer, "customerSession", edit) if wrong.get(name) else answer

    return interceptor


def _same_costs(before: Session, sent: Mapping[str, Any]) -> bool:
    costs = sent.get("additionalCosts")
    return bool(costs) and costs == before.costs


def _costs_twice(part: dict[str, Any]) -> None:
    part["total"] += part["additionalCostTotal"]
    part["additionalCostTotal"] *= 2


RELATIONS.should(
    "resent-costs-count-twice",
    "Additional costs that an open session is sent a second time are counted twice.",
    "SES-074", "SES-043",
    on=SHOWING,
)(_miscounting("fault: costs sent again", _same_costs, _costs_twice))  # fmt: skip


def _other_order(before: Session, sent: Mapping[str, Any]) -> bool:
    old, new = _skus(before.cart), _skus(sent.get("cartItems"))
    return old != new and sorted(old) == sorted(new)


def _dearest_twice(part: dict[str, Any]) -> None:
    more = max((line["price"] * line["quantity"] for line in part["cartItems"]), default=0)
    part["cartItemTotal"] += more
    part["total"] += more


RELATIONS.should(
    "reordered-lines-count-anew",
    "The dearest line of a cart that an open session is sent again in another order is counted twice.",
    "SES-043",
    on=SHOWING,
)(_miscounting("fault: lines in another order", _other_order, _dearest_twice))


@RELATIONS.should(
    "bulk-forgets-the-last", "An update of many profiles leaves out the attributes of the last one.", "PRO-020", on=MANY
)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    items = sent_list(request, "customerProfiles")
    last = as_object(items[-1]) if len(items) > 1 else None
    if last is None or "attributes" not in last:
        return proceed(request)
    bare = {name: value for name, value in last.items() if name != "attributes"}
    return proceed(with_list(request, "customerProfiles", [*items[:-1], bare]))
