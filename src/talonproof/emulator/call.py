"""A call is a request that has been understood: who asks, with which values, of what, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from talonproof.emulator.message import Reply
from talonproof.emulator.refusal import bad_body, bad_parameter
from talonproof.emulator.store import Store
from talonproof.emulator.world import Application, World

MAX_ID = 1000
"""Answers bound integration ids of profiles and sessions by this many characters; so a longer one is not taken."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call within its transaction. ``parameters`` are decoded, ``body`` has passed the contract's schema.

    ``dry`` says that the transaction will be rolled back, ``now`` is the instant that everything in it happens at.
    """

    application: Application
    parameters: Mapping[str, Any]
    body: Any
    dry: bool
    now: int
    store: Store
    world: World

    def path_id(self, name: str) -> str:
        """The integration id in the path; Refusal if it is too long to be stored."""
        value: str = self.parameters[name]
        if len(value) > MAX_ID:
            raise bad_parameter(name, "Out of range", f"{name} has more than {MAX_ID} characters.")
        return value

    def known_store(self, sent: Mapping[str, Any], pointer: str) -> str | None:
        """The ``storeIntegrationId`` sent, if any; Refusal for a store that the Application does not have."""
        store: str | None = sent.get("storeIntegrationId")
        if store is not None and store not in self.world.stores:
            raise bad_body(f"{pointer}/storeIntegrationId", "Unknown", f'There is no store "{store}".')
        return store


Handler = Callable[[Call], Reply]
"""Answers one operation; raises Refusal for what it does not take."""
