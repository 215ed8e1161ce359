"""A binding costs the requirements that no case could judge without it, and no others."""

from __future__ import annotations

from typing import Any

from talonproof.run.doctor.costs import lost


def case(*requirements: str, needs: tuple[str, ...] = (), also: tuple[str, ...] = (), reason: str = "") -> Any:
    """A case of a plan; one with a reason does not run."""
    return {
        "requirements": list(requirements),
        "also": list(also),
        "needs": list(needs),
        "planned": not reason,
        "reason": reason or None,
    }


def plan(*cases: Any, passive: tuple[str, ...] = ()) -> dict[str, Any]:
    """The part of a header that matters."""
    return {"cases": list(cases), "passive": list(passive)}


def test_what_only_such_cases_judge_is_lost() -> None:
    """By each binding that one of its cases needs."""
    header = plan(case("A", needs=("store", "audience"), reason="binding"), case("B"), case("C", needs=("store",)))

    assert {"audience": ("A",), "store": ("A", "C")} == lost(header, ["store", "audience"])


def test_what_is_judged_elsewhere_is_not_lost() -> None:
    """By another case, by one that may judge it, or on every exchange."""
    needy = case("A", "B", "C", needs=("store",), reason="binding")

    assert {} == lost(plan(needy, case("A"), case("D", also=("B",)), passive=("C",)), ["store"])


def test_what_does_not_run_anyway_costs_nothing() -> None:
    """A case that is too deep, or too destructive, is not missed for a binding; and it judges nothing either."""
    deep, needy = case("A", needs=("store",), reason="depth"), case("B", needs=("store",), reason="binding")

    assert {"store": ("B",)} == lost(plan(deep, needy, case("B", reason="footprint")), ["store"])
    assert {} == lost(plan(deep, needy), [])
