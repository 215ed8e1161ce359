"""A call is a request that has been understood: who asks, with which values, of what, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from talonproof.emulator.message import Reply
from talonproof.emulator.refusal import bad_body, bad_parameter
from talonproof.emulator.store import Store
from talonproof.emulator.world import Application, World

MAX_ID = 1000
"""Answers bound integration ids of profiles and sessions by this many characters; so a longer one is not taken."""


@dataclass(slots=True)  # not frozen: that takes four times as long to make, and nobody changes one
class Call:
    """One call within its transaction. ``parameters`` are decoded, ``body`` has passed the contract's schema.

    ``dry`` says that the transaction will be rolled back, ``now`` is the instant that everything in it happens at.
    ``properties`` are those of each schema of the contract, by its name: what came with a later edition is kept and
    shown only where the contract knows it. ``loaded`` is when the world was loaded: its offsets count from then.
    """

    application: Application
    parameters: Mapping[str, Any]
    body: Any
    dry: bool
    now: int
    store: Store
    world: World
    properties: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    loaded: int = 0

    def known(self, schema: str) -> frozenset[str]:
        """The properties that the contract's schema of that name has; none if it has no such schema."""
        return self.properties.get(schema, frozenset())

    def path_id(self, name: str) -> str:
        """The integration id in the path; Refusal if it is too long to be stored."""
        value: str = self.parameters[name]
        if len(value) > MAX_ID:
            raise bad_parameter(name, "Out of range", f"{name} has more than {MAX_ID} characters.")
        return value

    def silent(self) -> bool:
        """Whether the answer may be left out, as it is unless ``silent=no``; Refusal for neither yes nor no."""
        asked: str = self.parameters["silent"]
        if asked not in {"yes", "no"}:
            raise bad_parameter("silent", "enum", "silent must be yes or no.")
        return asked == "yes"

    def known_store(self, sent: Mapping[str, Any], pointer: str) -> str | None:
        """The ``storeIntegrationId`` sent, if any; Refusal for a store that the Application does not have."""
        store: str | None = sent.get("storeIntegrationId")
        if store is not None and store not in self.world.stores:
            raise bad_body(f"{pointer}/storeIntegrationId", "Unknown", f'There is no store "{store}".')
        return store


Handler = Callable[[Call], Reply]
"""Answers one operation; raises Refusal for what it does not take."""
