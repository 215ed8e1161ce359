"""The plan as the stream's header: what will be judged, by which cases, and why the others do not run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import talonproof
from talonproof.model.transitions import TABLE, Transition
from talonproof.plugin.prepare import Setup
from talonproof.run.plan import Plan, requirement_record
from talonproof.run.stream import moment

if TYPE_CHECKING:
    from talonproof.requirement import Catalogue

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
        "matrix": _matrix(setup.catalogue),
    }


def _matrix(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The state x operation table, a record a row: from which state, which call, and its two clauses."""
    rows: dict[int, list[Transition]] = {}
    for transition in TABLE:
        rows.setdefault(transition.row, []).append(transition)
    return [
        {
            "row": f"T{number:02}",
            "from": _states(variants),
            "action": _calls(variants),
            "status": catalogue.for_rule(variants[0].status_rule).id,
            "state": catalogue.for_rule(variants[0].state_rule).id,
        }
        for number, variants in rows.items()
    ]


def _states(variants: list[Transition]) -> str:
    states = {variant.before for variant in variants}
    return "any" if len(states) > 1 else str(next(iter(states)) or "nonexistent")


def _calls(variants: list[Transition]) -> str:
    kinds = dict.fromkeys(str(variant.move.kind) for variant in variants)
    asked = dict.fromkeys(variant.move.state or "absent" for variant in variants)
    updates = any("update" in kind for kind in kinds)
    return ", ".join(kinds) + (f" ({' / '.join(asked)})" if updates and asked != {"absent": None} else "")
