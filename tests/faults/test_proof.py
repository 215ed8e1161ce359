"""What the scoreboard proves: which requirements have a fault that a check of theirs catches, and which have none."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from talonproof import cli
from talonproof.cli.explain import proof_of as told_of
from talonproof.cli.faults import Attempt, Board, Kill, Score
from talonproof.cli.scoreboard import alone, proof, proved, read_scores, told
from talonproof.config import Depth
from talonproof.contract.requirements import read_requirements
from talonproof.emulator.faults import FAULTS, Fault
from talonproof.errors import HarnessError
from talonproof.requirement import Level, Requirement
from talonproof.workspace import Workspace, find_workspace


def row(name: str, level: Level = Level.MUST, **changes: str) -> Requirement:
    """A requirement."""
    return Requirement(name, (), level, "A clause.", (), ("x",), **changes)


def fault(name: str, *breaks: str) -> Fault:
    """A fault that nobody plants."""
    return Fault(name, "It is wrong.", breaks, Level.MUST, frozenset(), lambda request, proceed, _: proceed(request))


def score(*requirements: str, checks: tuple[str, ...] = ("a.b",), **also: str) -> dict[str, Any]:
    """A score whose checks caught a fault for these requirements, and others in runs of their own."""
    record: dict[str, Any] = {"requirements": list(requirements), "checks": list(checks), "depth": "smoke"}
    if also:
        kills = {
            name.replace("_", "-"): {"check": check, "case": "c", "depth": "release"} for name, check in also.items()
        }
        record["also"] = kills
    return record


ROWS = (
    row("SES-001"),
    row("SES-002"),
    row("SES-003"),
    row("SES-004", waits="engine"),
    row("SES-005", since="2026-05"),
    row("SES-006", untestable="Nobody sees it."),
    row("SES-007", Level.SHOULD),
)
PLANTED = (fault("one", "SES-001", "SES-002"), fault("two", "SES-002", "SES-007"))


def test_a_requirement_is_proved_by_a_check_of_its_own() -> None:
    """That its fault was caught by checks of something else proves nothing of it."""
    shown = proof(ROWS, PLANTED, {"one": score("SES-001"), "two": score("SES-007")})

    assert ("SES-001",) == shown.proved
    assert {"SES-002": ("one", "two")} == shown.uncaught
    assert ("SES-003",) == shown.unbroken
    assert {"SES-004": "engine"} == shown.waiting
    assert {"SES-005": "2026-05"} == shown.elsewhere
    assert 5 == shown.total, "what is no must, or cannot be tested, needs no proof"


def test_a_run_of_its_own_cases_proves_it_as_well() -> None:
    """What the cheapest run left open, a further one may have settled."""
    scores = {"one": score("SES-001", SES_002="a.c"), "two": score("SES-007")}

    assert ("SES-001", "SES-002") == proof(ROWS, PLANTED, scores).proved
    assert {"SES-001", "SES-002"} == proved(scores["one"])


def test_a_fault_that_hangs_on_one_check_is_named() -> None:
    """Under that check; two checks, or a second one in a further run, are not alone."""
    scores = {
        "z": score("SES-001"),
        "a": score("SES-001"),
        "two": score("SES-001", checks=("a.b", "a.c")),
        "further": score("SES-001", SES_002="a.c"),
        "same": score("SES-001", SES_002="a.b"),
        "escaped": score(checks=()),
    }

    assert {"a.b": ("a", "same", "z")} == alone(scores)


def test_it_is_told_in_numbers_and_names() -> None:
    """Nothing that is not proved is left out, and each has its reason."""
    scores = {"one": score("SES-001"), "two": score("SES-007")}
    text = "\n".join(told(proof(ROWS, PLANTED, scores), alone(scores)))

    assert text.startswith("1 of 5 testable requirements of level must are proved by a fault\n")
    for line in (
        "  1 wait for engine: SES-004",
        "  1 are of edition 2026-05 alone, in which no fault was tried: SES-005",
        "  1 are broken by no fault: SES-003",
        "    SES-002: one, two",
        "2 faults are caught by one check alone, in the run that caught them:",
        "  a.b: one, two",
    ):
        assert line in text.splitlines()


@pytest.mark.parametrize("text", ["[]", "{", '{"a": {}}', '{"a": {"requirements": [], "checks": 5}}'])
def test_what_is_no_scoreboard_is_said_so(tmp_path: Path, text: str) -> None:
    """With the file, and what writes one."""
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "scoreboard.json").write_text(text)

    with pytest.raises(HarnessError, match="is no scoreboard"):
        read_scores(Workspace(tmp_path))


def test_a_workspace_without_a_scoreboard_has_no_scores(tmp_path: Path) -> None:
    """One of somebody's own has none before its first run of the faults."""
    assert {} == read_scores(Workspace(tmp_path))


def test_the_last_scores_are_shown_without_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    """Every must of the catalogue is in one of the lines, proved or not."""
    assert 0 == cli.invoke(["faults", "--last"])
    out = capsys.readouterr().out
    scores = json.loads((find_workspace().reports / "scoreboard.json").read_text())

    assert " testable requirements of level must are proved by a fault\n" in out
    assert all(name in out for names in alone(scores).values() for name in names)


SUITE = '''
"""One case of two requirements."""

from talonproof.plugin import scenario


@scenario("SES-004", "SES-203", footprint="create", requests=2)
def test_made_closed(case, api):
    """A session that is made closed is there, and closed."""
    session = case.new_id("session")
    made = api.put_session(session, {"state": "closed"})
    case.judge("SES-203", True, "never looked at", of=made)
    shown = api.get_session(session)
    case.judge("SES-004", shown.at("customerSession", "state") == "closed", "not closed", of=(made, shown))
'''


def test_what_the_search_left_open_is_tried_by_its_own_cases(tmp_path: Path) -> None:
    """A fault caught by a check of one requirement is planted again for another that nothing proves yet."""
    workspace = tmp_path / "workspace"
    real = find_workspace().root
    shutil.copytree(real / "openapi", workspace / "openapi")
    for name in ("conftest.py", "pytest.ini"):
        shutil.copy(real / name, workspace / name)
    for name in ("reports", "strategies", "suites/only"):
        (workspace / name).mkdir(parents=True)
    shutil.copy(real / "reports" / "categories.json", workspace / "reports")
    (workspace / "suites" / "only" / "test_only.py").write_text(SUITE)
    planted = replace(FAULTS["row-3-misplaced"], breaks=("SES-203", "SES-004", "SES-001"))
    first = Score(planted, Attempt(Depth.SMOKE), ("only.made_closed",), ("SES-203",), ("c",), 1, Level.MUST)
    rows = [row for row in read_requirements(real / "openapi" / "requirements") if row.id in planted.breaks]

    (then,) = Board(Depth.SMOKE, workspace).prove([first], rows, tmp_path / "runs", jobs=1)

    case = "only/test_only.py::test_made_closed"
    assert {"SES-004": Kill("only.made_closed", case, Depth.SMOKE)} == then.also, "no case is about SES-001"
    assert {"SES-004": {"check": "only.made_closed", "case": case, "depth": "smoke"}} == then.record()["also"]
    assert first.record() == {name: value for name, value in then.record().items() if name != "also"}


@pytest.mark.parametrize(
    ("scored", "said"),
    [
        (None, "nobody has planted it yet: talonproof faults does"),
        (score("SES-001"), "proves it: caught by a.b at depth smoke"),
        (score("SES-002", SES_001="a.c"), "proves it: caught by a.c at depth release"),
        (score("SES-002"), "caught by checks of SES-002, which stopped the search before this one was tried"),
        (score(checks=()), "caught by no check"),
    ],
)
def test_explain_says_what_a_fault_proves(scored: Any, said: str) -> None:
    """That a fault breaks a requirement and was caught proves nothing, unless a check of the requirement caught it."""
    assert said == told_of(row("SES-001"), PLANTED[0], scored)
