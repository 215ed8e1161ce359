"""Nothing leaves this machine that the run may not do: other hosts, higher footprints, other people's things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import httpx

from talonproof.contract.contract import Contract
from talonproof.errors import GuardError
from talonproof.http.exchange import Call
from talonproof.http.footprint import Assessment, assess
from talonproof.http.ledger import Ledger
from talonproof.target import Footprint, Target, is_loopback

READERS: Final = frozenset({"GET", "HEAD"})


class Guard:
    """Judges every call before a byte of it is sent.

    A target without an ``allowed_host`` may only be on this machine. What others made is written on loopback alone,
    and there only by a run that may be destructive; on any other host no limit allows it. ``strangers`` are operations
    that only their names could confuse with those of this API, by id, with their footprints.
    """

    def __init__(
        self,
        target: Target,
        contract: Contract,
        max_footprint: Footprint,
        ledger: Ledger,
        *,
        strangers: Mapping[str, Footprint] | None = None,
    ) -> None:
        self.ledger = ledger
        self.max_footprint = max_footprint
        self._target = target
        self._contract = contract
        self._strangers = strangers or {}
        self._origin = f"{target.url}/" if _allowed(target) else None

    def assess(self, call: Call) -> Assessment:
        """What the call could do here; one that reads must also be sent by a method that reads."""
        stranger = self._strangers.get(call.operation)
        if stranger is not None:
            why = "" if stranger is Footprint.READ else "nobody has judged what this operation does"
            return Assessment(stranger, why)
        found = assess(call, self._target.bindings, self.ledger)
        method = self._contract.operation(call.operation).method
        if found.footprint is Footprint.READ and method not in READERS:
            return Assessment(Footprint.DESTRUCTIVE, f"it should read, and the document sends it by {method}")
        return found

    def allows(self, call: Call) -> bool:
        """Whether the call is one that this run may make; its address is not asked about."""
        found = self.assess(call)
        return found.footprint <= self.max_footprint and not (found.foreign and not self._target.loopback)

    def check(self, call: Call, url: str) -> Footprint:
        """The footprint of a call that may be sent to the URL; GuardError for any other.

        The error names the operation and the reason, and nothing of the arguments.
        """
        if self._origin is None or not url.startswith(self._origin):
            allowed = self._target.allowed_host or "this machine"
            raise GuardError(f"{call.operation} was not sent: this run speaks to {allowed} only")
        found = self.assess(call)
        if found.foreign and not self._target.loopback:
            raise GuardError(f"{call.operation} was not sent: {found.why}")
        if found.footprint > self.max_footprint:
            limit = f"the run may go up to {self.max_footprint.label}"
            raise GuardError(f"{call.operation} was not sent: it is {found.footprint.label} ({found.why}), {limit}")
        return found.footprint


def _allowed(target: Target) -> bool:
    """Whether the target's own address is one that the run may speak to, as the library that sends reads it."""
    try:
        url = httpx.URL(target.url)
    except httpx.InvalidURL:
        return False
    if url.userinfo:
        return False  # the library would make credentials of it
    if not target.allowed_host:
        return is_loopback(url.host)
    return target.allowed_host.lower().strip("[]") in {url.host, url.raw_host.decode("ascii")}
