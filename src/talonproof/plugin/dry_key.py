"""A run with a test key is planned for what that can do: with it everything is dry, so nothing above dry is judged."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from talonproof.http.client import Client
from talonproof.http.exchange import Call, Exchange
from talonproof.http.guard import Guard
from talonproof.http.ledger import Ledger
from talonproof.http.pace import Pace
from talonproof.run.doctor.asking import WORKER
from talonproof.run.journal import Journal
from talonproof.target import Footprint

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
    if not setup.target_file or setup.options.max_footprint <= Footprint.DRY:
        return setup
    target, options = setup.target, setup.options
    ledger = Ledger(options.run, f"{NAME}{setup.part}" if setup.part else NAME)
    guard = Guard(target, setup.contract, Footprint.CREATE, ledger)
    with (
        closing(Journal(setup.folder, WORKER)) as journal,
        Client(
            target, setup.keys, setup.contract, guard,
            pace=Pace(options.rate), on_intent=journal.intent, on_outcome=journal.outcome,
        ) as client,
    ):  # fmt: skip
        found = _is_test_key(client, ledger, target.bindings.open_session)
        sent = client.sent
    setup = replace(setup, origin=replace(setup.origin, looks=setup.origin.looks + sent))
    return replace(setup, options=replace(options, max_footprint=Footprint.DRY)) if found else setup


def _is_test_key(client: Client, ledger: Ledger, bound: str | None) -> bool:
    def send(operation: str, path: Mapping[str, object], body: object = None) -> Exchange:
        return client.send(Call(operation, path, body=body, has_body=body is not None), number=client.sent)

    if bound and send("getCustomerSession", {"customerSessionId": bound}).ok:
        return False
    session = {"customerSessionId": ledger.new("session")}
    if not send("updateCustomerSessionV2", session, {"customerSession": {"state": "open"}}).ok:
        return False
    if not send("getCustomerSession", session).refused:
        return False
    profiles = {"customerProfiles": [{"integrationId": ledger.new("profile")}]}
    return send("updateCustomerProfilesV2", {}, profiles).refused
