"""What a plan says beforehand is never less than what a run does; ``plan`` says it as the upper bound that it is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from talonproof.config import Depth
from talonproof.run.plan import Row
from talonproof.run.prospect import Prospect, prospects
from talonproof.run.sweep import KEPT, UNDONE

MAKERS = {
    "updateCustomerSessionV2": "sessions",
    "updateCustomerProfileV2": "profiles",
    "updateCustomerProfilesV2": "profiles",
    "createAudienceV2": "audiences",
    "generateLoyaltyCard": "cards",
    "syncCatalog": "items",
    "createCouponReservation": "reservations",
    "createReferral": "referrals",
    "createReferralsForMultipleAdvocates": "referrals",
}


def case(footprint: str, requests: int, *operations: str, planned: bool = True) -> dict[str, Any]:
    """A case of a header."""
    return {"footprint": footprint, "requests": requests, "operations": list(operations), "planned": planned}


def by_kind(found: tuple[Prospect, ...]) -> dict[str, int]:
    """The calls by the first word of what they make."""
    return {each.what.partition(":")[0]: each.calls for each in found}


def test_each_case_counts_for_all_that_it_may_do() -> None:
    """Its footprint says whether it writes, its operations whether it makes what is rare."""
    cases = [
        case("dry", 1, "updateCustomerSessionV2"),
        case("read", 2),
        case("create", 4, "createAudienceV2"),
        case("create", 8, "generateLoyaltyCard"),
        case("create", 16, "createReferral"),  # within its footprint it is never carried out
        case("consume", 32, "createReferralsForMultipleAdvocates"),
        case("consume", 64, "createCouponReservation"),
        case("consume", 128, "createAudienceV2", planned=False),
    ]

    assert {
        "sessions": 124, "profiles": 124, "audiences": 4, "cards": 8,
        "referrals": 32, "reservations": 64, "used up": 96,
    } == by_kind(prospects(cases))  # fmt: skip
    assert () == prospects(cases[:2])
    assert "changed or deleted" in by_kind(prospects([case("destructive", 1)]))


def test_what_stays_is_what_no_sweep_undoes() -> None:
    """The words are those of a sweep."""
    operations = ("createAudienceV2", "generateLoyaltyCard", "syncCatalog", "createCouponReservation", "createReferral")
    found = {each.what: each for each in prospects([case("consume", 1, *operations)])}
    made = found.keys() & {*KEPT, *UNDONE}

    assert {*KEPT, *UNDONE} - {"events"} == made
    assert {kind for kind in made if found[kind].lasting} == made & KEPT.keys()
    assert all(found[kind].after for kind in made)


def test_no_run_makes_more_than_its_plan_says(account: Any, chosen: Callable[..., list[Any]], tmp_path: Path) -> None:
    """Calls by kind, as the journal of a run has them, are within the bounds of its cases."""
    setup = account.setup(tmp_path, depth=Depth.RELEASE)
    cases = chosen("audiences", "catalogs", "coupons", "errors", "loyalty", "referrals")
    account.run(cases, setup)
    rows = [
        Row(each.spec, each.spec.requests_at(Depth.RELEASE), each.spec.examples_at(Depth.RELEASE)) for each in cases
    ]
    allowed = by_kind(prospects(row.record() for row in rows))

    made: Counter[str] = Counter()
    for line in (tmp_path / "journal-main.ndjson").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["type"] != "outcome" or record["footprint"] in {"read", "dry"}:
            continue
        made["used up"] += record["footprint"] == "consume"
        made[MAKERS.get(record["operation"], "")] += 1
    for kind in {*MAKERS.values(), "used up"}:
        assert 0 < made[kind] <= allowed[kind], kind
