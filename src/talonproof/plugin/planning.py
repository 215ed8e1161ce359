"""The plan as the stream's header: what will be judged, by which cases, and why the others do not run."""

from __future__ import annotations

from typing import Any

import talonproof
from talonproof.model.transitions import matrix
from talonproof.plugin.prepare import Setup
from talonproof.run.plan import Plan, requirement_record
from talonproof.run.stream import moment

PLAN = "plan.json"
PROBLEM = "problem.json"


def header(setup: Setup, plan: Plan) -> dict[str, Any]:
    """The header of the stream."""
    options, target = setup.options, setup.target
    chosen = plan.selected | setup.passive
    return {
        "run": options.run,
        "talonproof": talonproof.__version__,
        "started": moment(),
        "target": {
            "name": target.name or target.url,
            "url": target.url,
            "loopback": target.loopback,
            "embedded": setup.embedded,
        },
        "edition": setup.contract.edition,
        "depth": options.depth,
        "seed": options.seed,
        "workers": setup.workers,
        "strict": options.strict,
        "min_judged": options.min_judged,
        "max_footprint": options.max_footprint.label,
        "select": list(options.select),
        "faults": list(options.faults),
        "requests": plan.requests,
        "requirements": [requirement_record(row) for row in setup.catalogue if row.id in chosen],
        "cases": [row.record() for row in plan.rows],
        "passive": sorted(setup.passive),
        "matrix": [
            {"row": cell.row, "from": cell.start, "action": cell.action, "status": status.id, "state": state.id}
            for cell in matrix()
            if (status := setup.catalogue.for_rule(f"{cell.row}-status"))
            and (state := setup.catalogue.for_rule(f"{cell.row}-state"))
        ],
    }
