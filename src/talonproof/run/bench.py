"""What the cases of one process share: target, client, contract, catalogue, ids of their own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from talonproof.checks import Passive
from talonproof.config import SHRINK_REQUESTS_A_RUN, RunOptions
from talonproof.contract.validators import Validators
from talonproof.http.client import Client
from talonproof.http.guard import Guard
from talonproof.http.ledger import Ledger
from talonproof.http.pace import Pace
from talonproof.http.redact import Redactor
from talonproof.run.case import Case
from talonproof.run.journal import Journal
from talonproof.run.lease import Pool
from talonproof.run.plan import Row, case_seed

if TYPE_CHECKING:
    import httpx

    from talonproof.contract.contract import Contract
    from talonproof.requirement import Catalogue
    from talonproof.target import Keys, Target


@dataclass(slots=True)
class Bench:
    """One process's share of a run. ``workers`` is how many share the limits of the run.

    ``selected`` are the requirements that the run is about; None: all. What breaks another one is no finding.
    """

    options: RunOptions
    target: Target
    contract: Contract
    catalogue: Catalogue
    client: Client
    ledger: Ledger
    journal: Journal
    validators: Validators
    passive: Passive
    redactor: Redactor
    pool: Pool
    worker: str
    workers: int
    selected: frozenset[str] | None = None
    shrunk: int = 0

    @classmethod
    def open(  # noqa: PLR0913 - what a run is made of
        cls,
        options: RunOptions,
        target: Target,
        keys: Keys,
        contract: Contract,
        catalogue: Catalogue,
        *,
        folder: Path,
        worker: str,
        workers: int,
        selected: frozenset[str] | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> Bench:
        """A bench that journals into the folder of the run."""
        journal = Journal(folder, worker)
        ledger = Ledger(options.run, worker)
        redactor = Redactor(keys.secrets(), target.redact)
        client = Client(
            target,
            keys,
            contract,
            Guard(target, contract, options.max_footprint, ledger),
            redactor=redactor,
            pace=Pace(options.rate / max(1, workers)),
            transport=transport,
            on_intent=journal.intent,
            on_outcome=journal.outcome,
        )
        judges = Validators(contract)
        passive = Passive(contract, judges)
        return cls(
            options, target, contract, catalogue, client, ledger, journal, judges, passive, redactor,
            Pool(target.bindings.coupons, folder), worker, workers, selected,
        )  # fmt: skip

    def case(self, row: Row) -> Case:
        """A case that is about to run."""
        self.journal.case = row.spec.id
        return Case(self, row, case_seed(self.options.seed, row.spec.id))

    def may_shrink(self) -> bool:
        """Whether the run's allowance for shrinking, shared evenly by the workers, is not yet spent."""
        return self.shrunk < SHRINK_REQUESTS_A_RUN // max(1, self.workers)

    def close(self) -> None:
        """Ends the connections and the journal."""
        self.client.close()
        self.journal.close()
