"""The ids of a run are its own, and the ledger knows them: what was issued, what it became, what stays behind."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from talonproof.errors import HarnessError
from talonproof.http.arguments import body_of, elements, is_dry, members
from talonproof.http.exchange import Credential, Exchange
from talonproof.http.trouble import Fate, fate

_RUN: Final = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_WORKER: Final = re.compile(r"[a-z][a-z0-9]*")
_DOTS: Final = re.compile(r"(?:^|[/\\])\.{1,2}(?:[/\\]|$)")

_OUR_NAMES: Final = frozenset({"sessions", "profiles", "items"})
"""Things whose ids the caller chooses: one that is not of the run was there before, or is somebody else's."""

UNKNOWN: Final = "writes of unknown outcome"
"""What the receipt calls the writes whose answer never came: each was carried out, or was not."""


class Ledger:
    """The ids of one worker of one run.

    ``new`` gives names (``tp-<run>-<worker>-<n>``) that nobody else has; what the server names itself (the number of an
    audience, the identifier of a card) is learned from the answers. An id with something appended is own too, unless
    that could lead a careless server elsewhere (``/../``).
    """

    def __init__(self, run: str, worker: str) -> None:
        if not _RUN.fullmatch(run) or not _WORKER.fullmatch(worker):
            raise HarnessError(f"run {run!r} and worker {worker!r} make no ids")
        self._prefix = f"tp-{run}-{worker}-"
        self._own = re.compile(rf"tp-{re.escape(run)}-[a-z][a-z0-9]*-\d+(?!\d)")
        self._lock = threading.Lock()
        self._kinds: dict[str, str] = {}
        self._named: set[tuple[str, str]] = set()
        self._maybe_closed: set[str] = set()
        self._things: dict[str, set[str]] = {}
        self._gone: dict[str, set[str]] = {}
        self._counts: Counter[str] = Counter()

    def new(self, kind: str) -> str:
        """A name for something of that kind, distinct from all others of this and every other run."""
        with self._lock:
            name = f"{self._prefix}{len(self._kinds)}"
            self._kinds[name] = kind
        return name

    def kind(self, name: str) -> str | None:
        """For what a name was issued by this worker; None if it was not."""
        return self._kinds.get(name)

    def owns(self, value: object, kind: str = "") -> bool:
        """Whether a value is an id of this run, whatever the worker, or one that the server gave to this worker."""
        if (kind, str(value)) in self._named:
            return True
        if not isinstance(value, str) or _DOTS.search(value):
            return False
        return self._own.match(value) is not None

    def may_have_closed(self, session: object) -> bool:
        """Whether a session could be, or have been, anything but open: so for all but this worker's own ones."""
        issued = isinstance(session, str) and (found := self._own.match(session)) and found[0] in self._kinds
        return not issued or session in self._maybe_closed

    @property
    def created(self) -> Mapping[str, int]:
        """What this worker did to the account, counted by what it was, for the receipt.

        Things that it made have one word (``sessions``); what it used up or moved has more (``sessions closed``).
        """
        return _totals({what: len(ids) for what, ids in self._things.items()}, self._counts)

    @property
    def restored(self) -> Mapping[str, int]:
        """How many of the things that this worker made it has taken away again."""
        return _totals({what: len(ids) for what, ids in self._gone.items()})

    def note(self, exchange: Exchange) -> None:
        """Takes into account what a call has done or, where the answer leaves it open, could have done."""
        with self._lock:
            was_closed = self.may_have_closed(exchange.call.path.get("customerSessionId"))
            if exchange.operation == "updateCustomerSessionV2":
                self._note_state(exchange)
            dry = is_dry(exchange.call) or exchange.call.credential is Credential.TEST
            if exchange.ok and not dry:
                self._note_success(exchange)
                self._counts.update(_used(exchange, was_closed=was_closed))
            elif exchange.method != "GET" and not dry and fate(exchange) is Fate.UNKNOWN:
                self._counts[UNKNOWN] += 1

    def _note_state(self, exchange: Exchange) -> None:
        call = exchange.call
        body = body_of(call)
        asked = [state for inner in members(body.value, "customerSession") for state in members(inner, "state")]
        plain = body.readable and all(state in (None, "open", "cancelled") for state in asked)
        answered = exchange.at("customerSession", "state") if exchange.ok and not is_dry(call) else None
        if answered in {"closed", "partially_returned"} or not (plain or is_dry(call) or exchange.refused):
            self._maybe_closed.add(str(call.path.get("customerSessionId")))

    def _note_success(self, exchange: Exchange) -> None:
        for what, thing in _made(exchange):
            if what in _OUR_NAMES and not self.owns(thing):
                continue
            self._things.setdefault(what, set()).add(thing)
            self._gone.get(what, set()).discard(thing)
        for what, thing in _unmade(exchange):
            if thing in self._things.get(what, ()):
                self._gone.setdefault(what, set()).add(thing)
        self._named |= set(_named(exchange))
        self._counts.update(_happened(exchange))


def _made(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """The things with an id that a successful call has made, if they were not there before."""
    body = body_of(exchange.call).value
    path = exchange.call.path
    match exchange.operation:
        case "updateCustomerSessionV2":
            yield "sessions", str(path.get("customerSessionId"))
            for inner in members(body, "customerSession"):
                yield from _profiles(members(inner, "profileId"))
        case "updateCustomerProfileV2":
            yield from _profiles([path.get("integrationId")])
        case "updateCustomerProfilesV2":
            for item in elements(body, "customerProfiles"):
                yield from _profiles(members(item, "integrationId"))
        case "updateCustomerProfileAudiences":
            for item in elements(body, "data"):
                yield from _profiles(members(item, "profileIntegrationId"))
        case "trackEventV2":
            yield from _profiles(members(body, "profileId"))
        case "createAudienceV2":
            yield "audiences", _number(exchange.at("id"))
        case "generateLoyaltyCard":
            yield "cards", str(exchange.at("identifier"))
        case "createCouponReservation":
            for profile in elements(body, "integrationIDs"):
                yield "reservations", f"{path.get('couponValue')} {profile}"
        case "syncCatalog":
            for sku in _skus(body, ("ADD", "PATCH")):
                yield "items", sku
        case _:
            return


def _unmade(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """The things with an id that a successful call has taken away."""
    path = exchange.call.path
    match exchange.operation:
        case "deleteAudienceV2":
            yield "audiences", str(path.get("audienceId"))
        case "deleteCouponReservation":
            for profile in elements(body_of(exchange.call).value, "integrationIDs"):
                yield "reservations", f"{path.get('couponValue')} {profile}"
        case "syncCatalog":
            for sku in _skus(body_of(exchange.call).value, ("REMOVE",)):
                yield "items", sku
        case _:
            return


def _named(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """The ids that the server gave to what a successful call has made, by kind."""
    match exchange.operation, exchange.at("id"), exchange.at("identifier"):
        case "createAudienceV2", int() | float() as number, _ if not isinstance(number, bool):
            yield "audience", _number(number)
        case "generateLoyaltyCard", _, str() as identifier if identifier:
            yield "card", identifier
        case _:
            return


def _happened(exchange: Exchange) -> Mapping[str, int]:
    """How many things without an id of ours a successful call has made."""
    body = body_of(exchange.call).value
    match exchange.operation:
        case "trackEventV2":
            return {"events": 1}
        case "createReferral":
            return {"referrals": 1}
        case "createReferralsForMultipleAdvocates":
            return {"referrals": len(list(elements(body, "advocateProfileIntegrationIds")))}
        case _:
            return {}


def _used(exchange: Exchange, *, was_closed: bool) -> Mapping[str, int]:
    """What a successful call has used up or moved."""
    match exchange.operation:
        case "returnCartItems":
            return {"sessions returned": 1}
        case "reopenCustomerSession":
            return {"sessions reopened": 1}
        case "updateCustomerSessionV2":
            asked = members(body_of(exchange.call).value, "customerSession")
            states = [state for inner in asked for state in members(inner, "state")]
            return {
                "sessions closed": "closed" in states,
                "closed sessions cancelled": "cancelled" in states and was_closed,
            }
        case _:
            return {}


def _number(value: Any) -> str:
    """The number of a thing as it stands in a path: in JSON it may have a fraction of zero."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _profiles(ids: list[Any]) -> Iterator[tuple[str, str]]:
    for profile in ids:
        if profile and isinstance(profile, str):
            yield "profiles", profile


def _skus(body: Any, types: tuple[str, ...]) -> Iterator[str]:
    for action in elements(body, "actions"):
        if any(kind in types for kind in members(action, "type")):
            for payload in members(action, "payload"):
                yield from (str(sku) for sku in members(payload, "sku"))


def _totals(*counts: Mapping[str, int]) -> Mapping[str, int]:
    """The counts of all, summed, without zeros, by name."""
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return {what: number for what, number in sorted(total.items()) if number}
