"""What the cases of one process share: target, client, contract, catalogue, ids of their own."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from talonproof.checks import Judge, Passive
from talonproof.config import REPEATED_REQUESTS_A_RUN, SHRINK_REQUESTS_A_RUN, RunOptions
from talonproof.contract.directions import seen_as
from talonproof.contract.validators import Validators
from talonproof.errors import TargetError
from talonproof.http.client import Client
from talonproof.http.guard import Guard
from talonproof.http.ledger import Ledger
from talonproof.http.pace import Pace, Together
from talonproof.http.preflight import preflight
from talonproof.http.redact import Redactor
from talonproof.run.breaker import Breaker
from talonproof.run.case import Case
from talonproof.run.journal import Journal
from talonproof.run.lease import Pool
from talonproof.run.plan import Row, case_seed
from talonproof.target import POOLS

if TYPE_CHECKING:
    import httpx

    from talonproof.contract.contract import Contract
    from talonproof.requirement import Catalogue
    from talonproof.run.effects import Seen
    from talonproof.target import Footprint, Keys, Target


@dataclass(slots=True)
class Bench:
    """One process's share of a run. ``workers`` is how many share the limits of the run.

    ``selected`` are the requirements that the run is about; None: all. What breaks another one is no finding.
    ``seen`` are the effects that the target was seen to bring about, ``pools`` its coupons by the name of their pool.
    """

    options: RunOptions
    target: Target
    contract: Contract
    catalogue: Catalogue
    client: Client
    ledger: Ledger
    journal: Journal
    validators: Validators
    passive: Judge
    redactor: Redactor
    pools: Mapping[str, Pool]
    worker: str
    workers: int
    breaker: Breaker
    selected: frozenset[str] | None = None
    seen: Seen | None = None
    shrunk: int = 0
    repeated: int = 0

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
        strangers: Mapping[str, Footprint] | None = None,
        prefixes: Mapping[str, Mapping[str, str]] | None = None,
        passive: Judge | None = None,
        seen: Seen | None = None,
    ) -> Bench:
        """A bench that journals into the folder of the run.

        ``strangers`` are for the guard and ``prefixes`` for the client; ``passive`` takes the place of our own checks.
        """
        journal = Journal(folder, worker)
        ledger = Ledger(options.run, worker)
        redactor = Redactor(keys.secrets(), target.redact)
        client = Client(
            target,
            keys,
            contract,
            Guard(target, contract, options.max_footprint, ledger, strangers=strangers),
            redactor=redactor,
            pace=Pace(options.rate, board=Together(folder)),
            transport=transport,
            on_intent=journal.intent,
            on_outcome=journal.outcome,
            random=Random(f"{options.seed} {worker}"),
            prefixes=prefixes,
        )

        def ask() -> str:
            try:
                preflight(target, keys, contract, options.run, transport=transport)
            except TargetError as error:
                return str(error)
            return ""

        judges = Validators(seen_as(contract, "call"))
        if passive is None:
            answers = seen_as(contract, "answer")
            passive = Passive(answers, judges if answers is contract else Validators(answers))
        pools = {name: Pool(getattr(target.bindings, name), folder) for name in POOLS}
        return cls(
            options, target, contract, catalogue, client, ledger, journal, judges, passive, redactor,
            pools, worker, workers, Breaker(folder, ask), selected, seen,
        )  # fmt: skip

    def case(self, row: Row) -> Case:
        """A case that is about to run."""
        self.journal.begin(row.spec.id)
        return Case(self, row, case_seed(self.options.seed, row.spec.id))

    def may_shrink(self) -> bool:
        """Whether the run's allowance for shrinking, shared evenly by the workers, is not yet spent."""
        return self.shrunk < SHRINK_REQUESTS_A_RUN // max(1, self.workers)

    def may_not_repeat(self, repeated: int) -> str:
        """Why a case that has made so many requests again may make no more; empty while the run's allowance lasts."""
        total, allowed = self.repeated + repeated, REPEATED_REQUESTS_A_RUN // max(1, self.workers)
        return "" if total < allowed else f"the run has made {total} requests again, and may make {allowed}"

    def out_of_time(self) -> bool:
        """Whether the time that the run may take is over."""
        return 0 < self.options.deadline <= time.time()

    def close(self) -> None:
        """Ends the connections and the journal."""
        self.client.close()
        self.journal.close()
