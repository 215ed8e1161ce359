"""The plan: what runs, at what cost, and why the rest does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.config import Depth, RunOptions
from talonproof.errors import ConfigError, HarnessError
from talonproof.requirement import Catalogue, Level, Requirement, catalogue
from talonproof.run.effects import Fired, Seen
from talonproof.run.plan import Plan, Row, Spec, case_seed, make_plan
from talonproof.target import Bindings, Footprint, Keys, Limits, Target, Trigger
from talonproof.verdict import Reason, Verdict

TARGET = Target(url="http://127.0.0.1:1", allowed_host="127.0.0.1", bindings=Bindings(store="shop"))
KEYS = Keys("live")
OPTIONS = RunOptions(run="r", seed=1, max_footprint=Footprint.CONSUME)


def rows(*names: str) -> Catalogue:
    """A catalogue of clauses that say nothing."""
    return catalogue("2025-01", [Requirement(name, (f"R{name}",), Level.MUST, "x", (), ("all",)) for name in names])


CLAUSES = rows("DRY-001", "PAG-001", "SES-001", "SES-002")


def spec(name: str = "sessions/test_x.py::test_y", *requirements: str, **changes: object) -> Spec:
    """A case that judges the first clause, with two requests at every depth."""
    plain = Spec(name, "y", "", requirements or ("SES-001",), Footprint.CREATE, 2)
    return replace(plain, **changes)  # type: ignore[arg-type]


def only(given_spec: Spec, options: RunOptions = OPTIONS, target: Target = TARGET, keys: Keys = KEYS) -> Row:
    """The row of the one case."""
    return make_plan([given_spec], options, target, keys, CLAUSES, ()).rows[0]


def test_a_case_that_fits_is_planned_with_its_requests() -> None:
    """Requests planned are requests an example, times the examples of the depth."""
    row = only(spec(examples=(1, 5, 9)))

    assert (row.planned, row.examples, row.requests) == (True, 5, 10)


@pytest.mark.parametrize(
    ("changed", "verdict", "reason"),
    [
        ({"footprint": Footprint.DESTRUCTIVE}, Verdict.UNSUPPORTED, Reason.FOOTPRINT),
        ({"needs": ("populated_card",)}, Verdict.UNSUPPORTED, Reason.BINDING),
        ({"keys": ("expired",)}, Verdict.UNSUPPORTED, Reason.BINDING),
        ({"examples": (1, 0, 1)}, Verdict.NOT_RUN, Reason.DEPTH),
    ],
)
def test_a_case_that_does_not_fit_says_why(changed: dict[str, Any], verdict: Verdict, reason: Reason) -> None:
    """What a target lacks and what a depth leaves out are told apart, and cost nothing."""
    row = only(spec(**changed))

    assert (row.verdict, row.reason, row.requests) == (verdict, reason, 0)
    assert row.detail


def test_an_operation_the_target_does_not_have_leaves_authentication_alone() -> None:
    """Cases of an unbuilt operation are unsupported, but for those that only authenticate."""
    target = replace(TARGET, unbuilt=frozenset({"syncCatalog"}))
    case = spec(operations=("syncCatalog",))

    assert only(case, target=target).reason is Reason.NOT_IMPLEMENTED
    assert only(replace(case, authentication=True), target=target).planned


@pytest.mark.parametrize("named", ["SES-003", "RSES-003"])
def test_a_case_of_another_edition_does_not_run(named: str) -> None:
    """A case that judges, or may judge, a requirement which only other editions have is theirs."""
    later = Requirement("SES-003", ("RSES-003",), Level.MUST, "x", (), ("all",), since="2026-05")
    clauses = catalogue("2025-01", [*CLAUSES, later])
    for case in (spec("a/x::a", "SES-001", named), spec("a/x::b", also=(named,))):
        (row,) = make_plan([case], OPTIONS, TARGET, KEYS, clauses, ()).rows

        assert (Verdict.UNSUPPORTED, Reason.EDITION, 0) == (row.verdict, row.reason, row.requests)
        assert (("SES-001",), ()) == (row.spec.requirements, row.spec.also)
        assert named in row.detail


def test_a_case_of_an_operation_of_another_edition_does_not_run() -> None:
    """Not even one that only authenticates: there is nothing to send."""
    for case in (spec(operations=("later",)), spec(operations=("later",), authentication=True)):
        known = {"sooner"}
        (row,) = make_plan([case], OPTIONS, TARGET, KEYS, CLAUSES, (), known=known).rows

        assert (Verdict.UNSUPPORTED, Reason.EDITION, 0) == (row.verdict, row.reason, row.requests)
        assert only(case).planned
        assert make_plan([case], OPTIONS, TARGET, KEYS, CLAUSES, (), known={"later"}).rows[0].planned


def test_what_depends_on_an_unsure_edition_is_not_judged() -> None:
    """A case about nothing else does not run; any other runs, and judges the rest."""
    changed = Requirement("SES-003", ("RSES-003",), Level.MUST, "x", (), ("all",), differs="2026-05")
    unsure = catalogue("2025-01", [*CLAUSES, changed], among=("2025-01", "2026-05"))
    cases = [spec("a/x::a", "SES-003"), spec("a/x::b", "SES-001", "SES-003"), spec("a/x::c", also=("RSES-003",))]
    alone, both, maybe = make_plan(cases, OPTIONS, TARGET, KEYS, unsure, ()).rows

    assert (Verdict.UNSUPPORTED, Reason.EDITION, 0) == (alone.verdict, alone.reason, alone.requests)
    assert "SES-003" in alone.detail
    assert (True, ("SES-001",)) == (both.planned, both.spec.requirements)
    assert (True, ()) == (maybe.planned, maybe.spec.also)
    sure = catalogue("2025-01", [*CLAUSES, changed])
    assert all(row.planned for row in make_plan(cases, OPTIONS, TARGET, KEYS, sure, ()).rows)


def test_a_plan_says_what_a_case_needs() -> None:
    """Bindings by their names, keys by their roles."""
    assert ["store", "expired_key"] == only(spec(needs=("store",), keys=("expired",))).record()["needs"]


SEEN = Seen({"setDiscount": (Fired("discount"),)}, requests=5)


def looked(case: Spec, seen: Seen | None) -> Plan:
    """The plan of one case on a target with two triggers, after a look at its effects or without one."""
    target = replace(TARGET, triggers=(Trigger("a"), Trigger("b")))
    return make_plan([case], OPTIONS, target, KEYS, CLAUSES, (), seen=seen)


def test_a_case_runs_where_its_effects_were_seen() -> None:
    """What it took to see them counts among the requests of the plan."""
    plan = looked(spec(effects=("setDiscount",)), SEEN)

    assert plan.rows[0].planned
    assert 5 + 2 == plan.requests
    assert ["setDiscount"] == plan.rows[0].record()["effects"]
    assert {"setDiscount": ["discount"]} == plan.looked()["seen"]


def test_a_case_about_an_effect_that_nothing_shows_does_not_run() -> None:
    """And the reason says which one, in words."""
    plan = looked(spec(effects=("setDiscount", "deductLoyaltyPoints:card")), SEEN)

    row = plan.rows[0]
    assert (Verdict.UNSUPPORTED, Reason.NEVER_TRIGGERED, 0) == (row.verdict, row.reason, row.requests)
    assert "nothing that was tried shows deductLoyaltyPoints on a card" == row.detail
    assert 5 == plan.requests


def test_before_anybody_looked_any_effect_may_show() -> None:
    """A plan counts what it will take to look: a plain session, and each trigger; none where no case needs to know."""
    plan = looked(spec(effects=("setDiscount",)), None)

    assert plan.wants_effects
    assert 3 + 2 == plan.requests
    assert {"requests": 3, "seen": None, "silent": {}} == plan.looked()
    idle = looked(spec(), None)
    assert (False, 2) == (idle.wants_effects, idle.requests)


@pytest.mark.parametrize("label", ["scheduled", "disabled"])
def test_a_campaign_that_no_trigger_names_can_be_told_before(label: str) -> None:
    """Scheduled and disabled campaigns show only where the file names them."""
    assert Reason.NEVER_TRIGGERED is looked(spec(effects=(label,)), None).rows[0].reason
    named = (Trigger("c", campaign=1, ahead=timedelta(1)), Trigger("d", campaign=2, disabled=True))
    target = replace(TARGET, triggers=named)
    assert make_plan([spec(effects=(label,))], OPTIONS, target, KEYS, CLAUSES, ()).rows[0].planned


def test_looking_counts_against_max_requests_once() -> None:
    """The first case that needs it pays for it; where it is too dear, cases that need it do not run."""
    cases = [spec("a/x::a", effects=("setDiscount",)), spec("a/x::b", effects=("setDiscount",)), spec("a/x::c")]
    target = replace(TARGET, triggers=(Trigger("a"), Trigger("b")))

    def planned(most: int) -> list[bool]:
        plan = make_plan(cases, replace(OPTIONS, max_requests=most), target, KEYS, CLAUSES, ())
        assert plan.requests <= most
        return [row.planned for row in plan.rows]

    assert [True, True, True] == planned(9)
    assert [True, True, False] == planned(8)
    assert [False, False, True] == planned(4)


def test_max_requests_leaves_out_what_does_not_fit_any_more() -> None:
    """The budget is spent in order; a case too large for what is left does not keep out a smaller one."""
    cases = [spec("a/x::a"), spec("a/x::b", requests=9), spec("a/x::c")]
    plan = make_plan(cases, replace(OPTIONS, max_requests=4), TARGET, KEYS, CLAUSES, ())

    assert [row.planned for row in plan.rows] == [True, False, True]
    assert plan.rows[1].reason is Reason.MAX_REQUESTS
    assert plan.requests == 4


@given(st.lists(st.integers(1, 20), max_size=12), st.integers(1, 60))
def test_the_plan_never_exceeds_max_requests(costs: list[int], most: int) -> None:
    """Whatever the cases cost, the planned ones fit."""
    cases = [spec(f"a/x::{n}", requests=cost) for n, cost in enumerate(costs)]
    plan = make_plan(cases, replace(OPTIONS, max_requests=most), TARGET, KEYS, CLAUSES, ())

    assert plan.requests <= most


def test_a_plan_too_large_for_its_depth_is_a_fault_of_the_harness() -> None:
    """Smoke holds at most 200 requests."""
    with pytest.raises(HarnessError, match="the depth smoke allows 200"):
        make_plan([spec(requests=201)], replace(OPTIONS, depth=Depth.SMOKE), TARGET, KEYS, CLAUSES, ())


def test_an_unknown_requirement_is_a_fault_of_the_harness() -> None:
    """Every check names a row of the catalogue."""
    with pytest.raises(HarnessError, match="SES-999"):
        only(spec("s/t::u", "SES-999"))


@pytest.mark.parametrize(
    ("pattern", "chosen", "covered"),
    [
        ("SES-001", ["sessions/test_a.py::test_one"], {"SES-001"}),
        ("ses-*", ["sessions/test_a.py::test_one"], {"SES-001", "SES-002"}),
        ("pagination", ["pagination/test_b.py::test_two"], {"PAG-001"}),
        ("test_two", ["pagination/test_b.py::test_two"], {"PAG-001"}),
        ("*::test_o*", ["sessions/test_a.py::test_one"], {"SES-001"}),
    ],
)
def test_a_selection_is_a_requirement_a_suite_or_a_case(pattern: str, chosen: list[str], covered: set[str]) -> None:
    """Patterns choose cases, and say which requirements the denominator holds."""
    cases = [spec("sessions/test_a.py::test_one"), spec("pagination/test_b.py::test_two", "PAG-001")]
    plan = make_plan(cases, replace(OPTIONS, select=(pattern,)), TARGET, KEYS, CLAUSES, ())

    assert [row.spec.id for row in plan.rows] == chosen
    assert plan.selected == covered


def test_a_requirement_judged_on_every_exchange_selects_every_case() -> None:
    """Any exchange exercises it."""
    cases = [spec("sessions/test_a.py::test_one"), spec("pagination/test_b.py::test_two", "PAG-001")]
    plan = make_plan(cases, replace(OPTIONS, select=("SES-002",)), TARGET, KEYS, CLAUSES, {"SES-002"})

    assert len(plan.rows) == 2


def test_a_selection_of_nothing_names_the_closest() -> None:
    """A pattern that selects nothing is a mistake, and never an empty green run."""
    with pytest.raises(ConfigError, match=r"--select sesions.*did you mean sessions\?"):
        make_plan([spec()], replace(OPTIONS, select=("sesions",)), TARGET, KEYS, CLAUSES, ())


@given(st.integers(0, 2**32), st.text(), st.text())
def test_a_seed_follows_from_run_and_case_alone(seed: int, one: str, other: str) -> None:
    """The same case has the same seed in every process; two cases share one only if they are the same."""
    assert case_seed(seed, one) == case_seed(seed, one)
    assert (case_seed(seed, one) == case_seed(seed, other)) == (one == other)


@pytest.mark.parametrize(
    ("url", "limits", "abreast"),
    [
        ("http://127.0.0.1:1", Limits(), 8),
        ("https://shop.example", Limits(), 1),
        ("https://shop.example", Limits(parallel=4), 4),
        ("https://shop.example", Limits(parallel=40), 8),
        ("https://shop.example", Limits(parallel=8, in_flight=3), 3),
        ("http://127.0.0.1:1", Limits(in_flight=1), 1),
        ("http://127.0.0.1:1", Limits(parallel=1), 1),
    ],
)
def test_calls_at_the_same_time_have_to_be_allowed(url: str, limits: Limits, abreast: int) -> None:
    """Elsewhere than on this machine the target file says so; a case about them is unsupported otherwise."""
    target = replace(TARGET, url=url, limits=limits)
    row = only(spec(parallel=True), target=target)

    assert abreast == target.abreast
    assert (abreast > 1) == row.planned
    assert (None if abreast > 1 else Reason.PARALLEL) == row.reason
    assert row.planned or "[limits] parallel" in row.detail
    assert only(spec(), target=target).planned
