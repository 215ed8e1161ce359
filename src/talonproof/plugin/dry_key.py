"""A run with a test key is planned for what that can do: with it everything is dry, so nothing above dry is judged."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from talonproof.http.client import Client
from talonproof.http.exchange import Call
from talonproof.http.guard import Guard
from talonproof.http.ledger import Ledger
from talonproof.http.pace import Pace
from talonproof.run.doctor.asking import WORKER
from talonproof.run.journal import Journal
from talonproof.target import Bindings, Footprint

if TYPE_CHECKING:
    from talonproof.plugin.prepare import Setup

NAME = "key"
"""The worker in the names of what is tried."""


def planned_for(setup: Setup) -> Setup:
    """The set-up, kept to dry calls where the live key is none.

    A key that reads something bound is a live one. Where nothing bound can be read, and the run may create, one session
    and one profile of the run are made: a test key takes the session and shows it to nobody, and refuses the profile,
    whose operation it may not call. Both are needed: a server that merely loses a session must not pass for one.
    """
    if not setup.target_file or setup.options.test_key or setup.options.max_footprint < Footprint.DRY:
        return setup
    target, options = setup.target, setup.options
    ledger = Ledger(options.run, f"{NAME}{setup.part}" if setup.part else NAME)
    limit = min(options.max_footprint, Footprint.CREATE)
    guard = Guard(target, setup.contract, limit, ledger)
    with (
        closing(Journal(setup.folder, WORKER)) as journal,
        Client(
            target, setup.keys, setup.contract, guard,
            pace=Pace(options.rate), on_intent=journal.intent, on_outcome=journal.outcome,
        ) as client,
    ):  # fmt: skip
        found = _reads_nothing_bound(client, target.bindings) and (
            _hides_what_it_takes(client, ledger) if limit is Footprint.CREATE else _takes_dry_calls(client, ledger)
        )
        sent = client.sent
    setup = replace(setup, origin=replace(setup.origin, looks=setup.origin.looks + sent))
    if not found:
        return setup
    options = replace(options, max_footprint=Footprint.DRY, test_key=True)
    return replace(setup, options=options, target=replace(target, bindings=target.bindings.for_dry_calls()))


def _reads_nothing_bound(client: Client, bound: Bindings) -> bool:
    """Whether each of the bound things is refused; of nothing it is true as well."""
    sessions = [name for name in (bound.open_session, bound.closed_session) if name]
    calls = [Call("getCustomerSession", {"customerSessionId": name}) for name in sessions]
    calls += [
        Call("getCustomerInventory", {"integrationId": name}, {"profile": True})
        for name in (bound.session_profile, bound.populated_profile)
        if name
    ]
    return all(client.send(call, number=number).refused for number, call in enumerate(calls))


def _takes_dry_calls(client: Client, ledger: Ledger) -> bool:
    """Whether a dry update is taken where something bound was refused: with nothing bound, dry calls are no sign."""
    return client.sent > 1 and client.send(_update(ledger.new("session"), dry=True), number=client.sent).ok


def _hides_what_it_takes(client: Client, ledger: Ledger) -> bool:
    """Whether a session is taken and shown to nobody, and an operation that a test key may not call is refused."""
    session = ledger.new("session")
    if not client.send(_update(session, dry=False), number=client.sent).ok:
        return False
    if not client.send(Call("getCustomerSession", {"customerSessionId": session}), number=client.sent).refused:
        return False
    profiles = {"customerProfiles": [{"integrationId": ledger.new("profile")}]}
    return client.send(Call("updateCustomerProfilesV2", body=profiles, has_body=True), number=client.sent).refused


def _update(session: str, *, dry: bool) -> Call:
    body = {"customerSession": {"state": "open"}}
    query = {"dry": True} if dry else {}
    return Call("updateCustomerSessionV2", {"customerSessionId": session}, query, body, has_body=True)
