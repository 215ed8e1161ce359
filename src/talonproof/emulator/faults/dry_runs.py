"""Faults of dry runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talonproof.emulator import instant
from talonproof.emulator.faults.fault import Collection, Proceed, on_request
from talonproof.emulator.faults.states import RETURN, UPDATE
from talonproof.emulator.faults.tampering import is_dry, query, stored
from talonproof.emulator.message import Reply, Request

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

DRY_RUNS = Collection()


@DRY_RUNS.must(
    "dry-creation-persists",
    "A dry update of an unknown session creates it.",
    "DRY-001", "DRY-003", "DRY-013", "PRO-003", "SES-209",
    on=UPDATE,
)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    new = stored(request, emulator) is None
    return proceed(request.without("dry", "now") if new and is_dry(request) else request)


@DRY_RUNS.must(
    "dry-update-persists",
    "A dry update of a stored session is carried out.",
    "DRY-002", "DRY-003", "DRY-013", "PRO-003", "SES-217", "SES-228",
    on=UPDATE,
)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    known = stored(request, emulator) is not None
    return proceed(request.without("dry", "now") if known and is_dry(request) else request)


@DRY_RUNS.must("dry-return-persists", "A dry return is carried out.", "DRY-008", "DRY-013", "SES-226", on=RETURN)
@on_request
def _(request: Request) -> Request:
    return request.without("dry")


@DRY_RUNS.must(
    "dry-event-leaves-profile",
    "A dry event leaves the profile that it names.",
    "DRY-011", "PRO-003",
    on=("trackEventV2",),
)  # fmt: skip
@on_request
def _(request: Request) -> Request:
    return request.without("dry")


@DRY_RUNS.must(
    "dry-profile-update-persists",
    "A dry update of a profile is carried out.",
    "DRY-010", "DRY-013", "PRO-003",
    on=("updateCustomerProfileV2",),
)  # fmt: skip
@on_request
def _(request: Request) -> Request:
    return request.without("dry")


@DRY_RUNS.should("now-without-dry", "The parameter now is taken without a dry run.", "DRY-005", on=UPDATE)
@on_request
def _(request: Request) -> Request:
    return request if is_dry(request) else request.without("now")


@DRY_RUNS.should("now-in-the-past", "The parameter now may lie in the past.", "DRY-006", on=UPDATE)
@on_request
def _(request: Request) -> Request:
    return request.without("now") if is_dry(request) and _moment(request) is not None else request


@DRY_RUNS.should("now-unreadable", "A parameter now that is no time is ignored.", "DRY-007", on=UPDATE)
@on_request
def _(request: Request) -> Request:
    return request.without("now") if is_dry(request) and _moment(request) is None else request


def _moment(request: Request) -> int | None:
    """The instant that ``now`` names; None where it names none."""
    try:
        return instant.read(query(request, "now") or "")
    except ValueError:
        return None
