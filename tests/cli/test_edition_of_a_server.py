"""A run finds out which edition a server follows, and judges nothing by the wrong one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from talonproof.emulator import serve
from talonproof.emulator.message import Reply, Request

CHECKOUT = Path(__file__).resolve().parents[2]

DIFFERING = {"ERR-011", "ERR-012", "ERR-013", "ERR-014", "PAG-006", "PAG-010", "SES-066"}
"""Clauses of 2025-01 that ask for something else, or are others, in 2026-05, and could be judged here."""


DIFFERENT = ("pagination/test_page_sizes", "errors/test_malformed", "contract/test_boundaries")
"""Where they are judged, some of them."""


@pytest.fixture(scope="module")
def later() -> Iterator[str]:
    """The address of an emulator of the later edition."""
    with serve.start(edition="2026-05") as running:
        yield running.url


def counting(_: Request, reply: Reply) -> Reply:
    """A server of 2025-01 whose sessions have the property that 2026-05 requires, which is lawful."""
    if not reply.ok or b'"customerSession"' not in reply.body:
        return reply
    document = json.loads(reply.body)
    if isinstance(document.get("customerSession"), dict):
        document["customerSession"]["updateCount"] = 1
    return reply.with_document(document)


def test_a_later_server_is_judged_by_its_own_clauses(judge: Callable[..., Any], later: str) -> None:
    """With no edition named, a server of 2026-05 is recognised and nothing of it is broken."""
    run = judge("--url", later, "--depth", "smoke", "--strict")

    known = run.header["edition_from"]
    assert (0, "2026-05", "recognised") == (run.ended.code, run.header["edition"], known["how"])
    assert {"2026-05", ""} >= {sign["edition"] for sign in known["signs"]}
    assert {"SES-072", "PAG-018"} <= run.verdicts.keys()
    assert "edition 2026-05, recognised: a page of 51" in " ".join(run.ended.out.split())
    for report in ("report.html", "summary.md"):
        assert "2026-05, recognised: a page of 51" in (run.folder / report).read_text()


def test_an_earlier_server_is_recognised(judge: Callable[..., Any], recording: Callable[..., Any]) -> None:
    """Every request that arrives is in the receipt and in a journal, those that asked for the edition too."""
    with recording() as server:
        run = judge("--url", server.url, "--select", "wiring")

    looks = run.header["edition_from"]["looks"]
    assert (0, "2025-01", "recognised") == (run.ended.code, run.header["edition"], run.header["edition_from"]["how"])
    assert 1 < looks <= 10
    assert len(server.passed) == run.footer["receipt"]["sent"] == looks + run.footer["requests"]["sent"]
    journal = [json.loads(line) for line in (run.folder / "journal-doctor.ndjson").read_text().splitlines()]
    assert looks == sum(line["type"] == "intent" for line in journal)
    assert {"read", "dry"} >= {line["footprint"] for line in journal}


def test_where_it_is_not_sure_what_differs_is_not_judged(
    judge: Callable[..., Any], recording: Callable[..., Any]
) -> None:
    """Contradicting signs: judged by 2025-01, without the clauses that differ, and conformant."""
    with recording(change=counting) as server:
        chosen = [f"--select={module}" for module in DIFFERENT]
        run = judge("--url", server.url, "--depth", "release", *chosen)

    known = run.header["edition_from"]
    assert (0, "2025-01", "unsure") == (run.ended.code, run.header["edition"], known["how"])
    unsettled = {name for name, state in run.verdicts.items() if state == ("unsupported", "edition")}
    assert set(run.header["unsettled"]) >= unsettled
    assert DIFFERING & run.verdicts.keys() <= unsettled
    assert {"ERR-011", "ERR-013", "PAG-010"} <= unsettled
    assert ("pass", None) == run.verdicts["PAG-005"]
    told = " ".join(run.ended.out.split())
    assert "edition 2025-01, not sure" in told
    assert "--edition auto" in told


def test_a_finding_on_what_differs_is_none_where_it_is_not_sure(
    judge: Callable[..., Any], recording: Callable[..., Any]
) -> None:
    """A body that only 2025-01 forbids is not held against a server that may be one of 2026-05."""

    def wrong(request: Request, reply: Reply) -> Reply:
        found = counting(request, reply)
        if reply.ok and request.path.endswith("/inventory"):
            document = json.loads(found.body)
            document.get("profile", {})["closedSessions"] = "none"
            return found.with_document(document)
        return found

    with recording(change=wrong) as server:
        flags = ("--depth", "release", "--select", "profiles/test_inventory")
        unsure = judge("--url", server.url, *flags)
        sure = judge("--url", server.url, "--edition", "2025-01", *flags)

    assert "ERR-013" not in {requirement for requirement, _, _ in unsure.findings}
    assert "ERR-013" in {requirement for requirement, _, _ in sure.findings}


@pytest.mark.parametrize(("how", "looks"), [("flag", 1), ("file", 3)])
def test_who_names_the_edition_is_believed(
    judge: Callable[..., Any],
    recording: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    looks: int,
) -> None:
    """A flag or the target file decides: but for the first read, a run looks at the kind of a file's key alone."""
    monkeypatch.setenv("TALONPROOF_API_KEY", serve.LIVE_KEY)
    with recording() as server:
        file = tmp_path / "target.toml"
        file.write_text(f'[target]\nurl = "{server.url}"\nedition = "2026-05"\n')
        flags = ("--url", server.url, "--edition", "2026-05") if how == "flag" else ("--target", file)
        run = judge(*flags, "--select", "SES-108", "--depth", "smoke")

    assert ("2026-05", how, looks) == (
        run.header["edition"],
        run.header["edition_from"]["how"],
        run.header["edition_from"]["looks"],
    )


def test_the_emulator_of_the_run_is_not_asked(smoke: Any) -> None:
    """Its edition is known: one read, to see that it is there."""
    known = smoke.header["edition_from"]

    assert ("own", 1, []) == (known["how"], known["looks"], known["signs"])
    assert smoke.footer["receipt"]["sent"] == 1 + smoke.footer["requests"]["sent"] + smoke.footer["requests"]["extra"]


def test_a_later_server_judged_by_the_earlier_edition(judge: Callable[..., Any], later: str) -> None:
    """Asked to, a run judges by another edition than the server's, and finds where they differ."""
    flags = ("--depth", "release", "--select", "pagination", "--select", "profiles")
    run = judge("--url", later, "--edition", "2025-01", *flags)

    assert 1 >= run.ended.code
    assert "PAG-010" in {requirement for requirement, _, _ in run.findings}


def test_plain_pytest_recognises_it_too(run_in: Callable[..., Any], later: str, tmp_path: Path) -> None:
    """Without an edition, plain pytest asks the server as a run does, and says what it found."""
    report = tmp_path / "report"
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "suites/pagination", "-k", "page_sizes", "-p", "no:cacheprovider", "-q"),
            *("--url", later, "--depth", "smoke", "--run-seed", "1", "--report", str(report)),
        ],
        cwd=CHECKOUT,
        env={**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path / "hypothesis")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == ended.returncode, ended.stdout + ended.stderr
    header = run_in(report).header
    assert ("2026-05", "recognised") == (header["edition"], header["edition_from"]["how"])
    assert "edition 2026-05, recognised: a page of 51" in ended.stdout


def test_a_plan_asks_nobody(talonproof: Callable[..., Any], later: str) -> None:
    """It says that the edition is a guess, unless somebody names it."""
    guessed = talonproof("plan", "--url", later, "--depth", "smoke")
    named = talonproof("plan", "--url", later, "--depth", "smoke", "--edition", "2026-05")

    assert "edition 2025-01 (a guess: a plan does not ask the target)" in " ".join(guessed.out.split())
    assert "guess" not in named.out
