"""The plan as the stream's header: what will be judged, by which cases, and why the others do not run."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import talonproof
from talonproof.model.transitions import TABLE, Kind, Transition
from talonproof.plugin.prepare import Setup
from talonproof.run.plan import Plan, requirement_record
from talonproof.run.stream import moment

if TYPE_CHECKING:
    from talonproof.requirement import Catalogue

PROBLEM = "problem.json"


def header(setup: Setup, plan: Plan) -> dict[str, Any]:
    """The header of the stream."""
    chosen = plan.selected | setup.passive
    return {**frame(setup, plan, setup.passive, chosen), "matrix": _matrix(setup.catalogue)}


def frame(setup: Setup, plan: Plan, passive: frozenset[str], chosen: frozenset[str]) -> dict[str, Any]:
    """The header of a stream whose requirements are those ``chosen``; it has no matrix."""
    options, target = setup.options, setup.target
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
        "edition_from": setup.origin.to_json(),
        "unsettled": sorted(setup.catalogue.unsettled & chosen),
        "depth": options.depth,
        "seed": options.seed,
        "workers": setup.workers,
        "strict": options.strict,
        "min_judged": options.min_judged,
        "max_footprint": options.max_footprint.label,
        "select": list(options.select),
        "faults": list(options.faults),
        "baseline": [dataclasses.asdict(entry) for entry in options.baseline],
        "requests": plan.requests,
        "requirements": [requirement_record(row) for row in setup.catalogue if row.id in chosen],
        "cases": [row.record() for row in plan.rows],
        "passive": sorted(passive),
        "expected": None if target.expected is None else list(target.expected),
        "matrix": [],
        **({"effects": plan.looked()} if plan.wants_effects or plan.seen else {}),
        **({"spec": options.spec} if options.spec else {}),
        **({"target_file": options.target_file} if options.target_file else {}),
        **({"max_requests": options.max_requests} if options.max_requests is not None else {}),
        **({"verified": [dataclasses.asdict(one) for one in options.verified]} if options.verified else {}),
    }


def _matrix(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The state x operation table, a record a variant: from which state, which call, and its two clauses."""
    return [
        {
            "row": f"T{variant.row:02}",
            "from": variant.before or "nonexistent",
            "action": _call(variant),
            "status": catalogue.for_rule(variant.status_rule).id,
            "state": catalogue.for_rule(variant.state_rule).id,
        }
        for variant in TABLE
    ]


def _call(variant: Transition) -> str:
    """The call of a variant; for updates with the state they ask for."""
    kind = variant.move.kind
    if kind not in {Kind.UPDATE, Kind.DRY_UPDATE}:
        return str(kind)
    return f"{kind} ({'no state' if variant.move.state is None else variant.move.state})"
