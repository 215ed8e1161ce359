"""Questions to a target that leave nothing behind: reads and dry calls, each sent once however often it is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from talonproof.errors import ConfigError, GuardError
from talonproof.http.client import Client, no_journal
from talonproof.http.exchange import Call, Credential, Exchange
from talonproof.http.guard import Guard
from talonproof.http.ledger import Ledger
from talonproof.http.pace import Pace
from talonproof.target import Bindings, Footprint, Keys, Target

if TYPE_CHECKING:
    import httpx

    from talonproof.contract.contract import Contract
    from talonproof.run.journal import Journal

WORKER: Final = "doctor"
"""The name in the ids that such calls use, and in the name of their journal."""


class Asking:
    """Asks a target by the operations of a contract; the guard lets nothing through that is more than dry.

    A limit of the target that is lower still holds. ``sent`` counts every request; ``worker`` names the ids.
    """

    def __init__(  # noqa: PLR0913 - what it is to be asked with
        self,
        target: Target,
        keys: Keys,
        contract: Contract,
        run: str,
        *,
        limit: Footprint = Footprint.DRY,
        rate: float = 0.0,
        journal: Journal | None = None,
        transport: httpx.BaseTransport | None = None,
        worker: str = WORKER,
    ) -> None:
        self.target = target
        self.ledger = Ledger(run, worker)
        self.exchanges: list[Exchange] = []
        self._contract = contract
        guard = Guard(target, contract, min(limit, Footprint.DRY), self.ledger)
        self._client = Client(
            target,
            keys,
            contract,
            guard,
            pace=Pace(rate),
            transport=transport,
            on_intent=journal.intent if journal else no_journal,
            on_outcome=journal.outcome if journal else no_journal,
        )
        self._known: dict[str, Exchange | None] = {}
        self._own: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._client.close()

    @property
    def bindings(self) -> Bindings:
        """What the target says that it holds."""
        return self.target.bindings

    @property
    def sent(self) -> int:
        """How many requests were sent."""
        return self._client.sent

    def ask(
        self,
        operation: str,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        body: Any = None,
        *,
        credential: Credential = Credential.LIVE,
    ) -> Exchange | None:
        """The answer to a call, the first one where it was asked before.

        None where the call may not be sent, or cannot, or the contract has no such operation.
        """
        key = json.dumps([operation, dict(path or {}), dict(query or {}), body, credential])
        if key not in self._known:
            call = Call(operation, path or {}, query or {}, body, has_body=body is not None, credential=credential)
            self._known[key] = self._send(call)
        return self._known[key]

    def _send(self, call: Call) -> Exchange | None:
        if call.operation not in self._contract.operations or call.operation in self.target.unbuilt:
            return None
        try:
            exchange = self._client.send(call, number=len(self.exchanges))
        except (GuardError, ConfigError):
            return None
        self.exchanges.append(exchange)
        return exchange

    # what several questions are about

    def dry_session(self, session: Mapping[str, Any], name: str = "") -> Exchange | None:
        """The answer to a dry update that shows the session; of a new one where none is named."""
        body = {"customerSession": dict(session), "responseContent": ["customerSession"]}
        return self.ask(
            "updateCustomerSessionV2", {"customerSessionId": name or self.own("session")}, {"dry": True}, body
        )

    def ledger_list(self, operation: str, **query: object) -> Exchange | None:
        """The answer to a list of the populated card or profile; None where it is not bound."""
        bound = self.bindings
        program, owner, named = (
            (bound.card_program, bound.populated_card, "loyaltyCardId")
            if "Card" in operation
            else (bound.profile_program, bound.populated_profile, "integrationId")
        )
        if program is None or not owner:
            return None
        return self.ask(operation, {"loyaltyProgramId": program, named: owner}, query)

    def own_ids(self) -> tuple[str, ...]:
        """The ids of the run that were used: nothing is there under them."""
        return tuple(self._own.values())

    def own(self, kind: str) -> str:
        """One id of the run for something of a kind, always the same: nothing is made under it."""
        if kind not in self._own:
            self._own[kind] = self.ledger.new(kind)
        return self._own[kind]
