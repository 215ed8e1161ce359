"""The stream of a run that was killed is made whole from its journals, however much of it is torn."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from talonproof.report.reading import read_stream
from talonproof.run.journal import Journal
from talonproof.run.recovery import is_over, read_journals, recover, reopen
from talonproof.run.stream import StreamWriter
from talonproof.verdict import Reason, Verdict

Line = dict[str, Any]

RECEIPT = {"sent": 10, "created": {}, "consumed": {}, "restored": {}, "left_behind": {}, "possible": {}}
"""What the journals tell; see the tests of sweeps."""


def plan(*cases: str) -> Line:
    """A header that plans the cases."""
    rows = [
        {"id": case, "suite": "s", "title": case, "requirements": [], "also": [], "planned": True, "verdict": None}
        for case in cases
    ]
    return {
        "run": "r", "talonproof": "0", "started": "2026-11-20T11:00:00.000000Z", "edition": "2025-01", "depth": "smoke",
        "seed": 1, "requirements": [], "cases": rows, "passive": [], "matrix": [],
        "edition_from": {"how": "flag", "why": "", "signs": [], "looks": 1}, "unsettled": [],
        "target": {"name": "t", "url": "http://127.0.0.1:1", "loopback": True, "embedded": False},
    }  # fmt: skip


def case(name: str, **changes: Any) -> Line:
    """The line of a case that passed."""
    line = {
        "type": "case", "id": name, "worker": "gw0", "verdict": "pass", "reason": None, "detail": "",
        "started": 1795172401.0, "seconds": 2.0, "requests": {"planned": 4, "sent": 3, "extra": 0}, "evidence": {},
        "findings": [], "observations": [], "receipt": {"created": {"sessions": 1}, "restored": {}},
    }  # fmt: skip
    return line | changes


def call(number: int, *, attempt: int = 1, path: str = "/v2/customer_sessions/a") -> Line:
    """What the client journals of a call before it sends it."""
    return {"attempt": attempt, "number": number, "method": "PUT", "path": path, "started": 1795172405.0}


def answer(number: int, status: int = 200, failure: str = "") -> Line:
    """What it journals of the answer."""
    return call(number) | {"status": status, "failure": failure}


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Callable[..., Journal]]:
    """The journals of workers in the folder of the run."""
    opened: list[Journal] = []

    def of(worker: str = "gw0") -> Journal:
        opened.append(Journal(tmp_path, worker))
        return opened[-1]

    yield of
    for each in opened:
        each.close()


def stream(folder: Path, *cases: Mapping[str, Any], header: Line | None = None) -> None:
    """A stream as far as it is written."""
    records = [{"type": "header", "version": 1, **(header or plan("a", "b", "c"))}, *cases]
    (folder / "run.ndjson").write_text("".join(json.dumps(record) + "\n" for record in records))


def ended(folder: Path, *, interrupted: bool = False) -> None:
    """The stream, with a footer."""
    writer = StreamWriter(folder)
    writer.resume()
    writer.footer(RECEIPT, interrupted=interrupted)


def lines(folder: Path) -> list[Line]:
    """The lines of the stream; each of them is whole."""
    return [json.loads(line) for line in (folder / "run.ndjson").read_text().splitlines()]


def test_a_case_that_ended_is_not_lost_with_the_process_that_was_to_be_told(
    journal: Callable[..., Journal], tmp_path: Path
) -> None:
    """Its line stands in the journal, and is added to the stream as it is; what is there already stays."""
    stream(tmp_path, case("a"))
    with_b = journal()
    for name in ("a", "b"):
        with_b.begin(name)
        with_b.ended(case(name, worker="gw0"))

    recover(tmp_path)

    assert [case("a"), case("b")] == lines(tmp_path)[1:]
    assert {"a", "b"} == {line.id for line in read_stream(tmp_path).cases}


@pytest.mark.parametrize(
    ("calls", "sent", "said"),
    [
        ([], 0, "in flight when the run was killed, with nothing sent"),
        ([call(0)], 1, "after 1 request; the last: PUT /v2/customer_sessions/a, not answered"),
        ([call(0), answer(0)], 1, "after 1 request; the last: PUT /v2/customer_sessions/a, answered 200"),
        ([call(0), answer(0, 503), call(0, attempt=2)], 1, "a, not answered"),
        ([call(0), answer(0), call(1), answer(1, 0, "read: reset")], 2, "after 2 requests; the last: PUT"),
    ],
)  # fmt: skip
def test_a_case_that_began_and_did_not_end_was_in_flight(
    journal: Callable[..., Journal], tmp_path: Path, calls: list[Line], sent: int, said: str
) -> None:
    """It is NOT_RUN, and its line says how far it came; its requests count."""
    stream(tmp_path, case("a"))
    worker = journal()
    worker.begin("a")
    worker.ended(case("a"))
    worker.begin("b")
    for line in calls:
        (worker.outcome if "status" in line else worker.intent)(line)

    recover(tmp_path)

    flight = lines(tmp_path)[-1]
    assert ("b", "not-run", "interrupted") == (flight["id"], flight["verdict"], flight["reason"])
    assert sent == flight["requests"]["sent"]
    assert said in flight["detail"]
    assert read_stream(tmp_path).footer is None


def test_a_case_that_failed_before_its_body_is_not_in_flight(journal: Callable[..., Journal], tmp_path: Path) -> None:
    """Nor is one whose worker has gone on to the next."""
    worker = journal()
    for name in ("a", "b"):
        worker.begin(name)
    worker.dropped()

    assert () == read_journals(tmp_path).cut


@pytest.mark.parametrize("torn", ["run.ndjson", "journal-gw0.ndjson"])
def test_a_torn_line_is_as_if_it_had_not_been_written(
    journal: Callable[..., Journal], tmp_path: Path, torn: str
) -> None:
    """Wherever the file ends: nothing before is lost, and what comes after is not glued to it."""
    stream(tmp_path, case("a"), case("b"))
    worker = journal()
    for name in ("a", "b"):
        worker.begin(name)
        worker.ended(case(name))
    whole = {file: (tmp_path / file).read_bytes() for file in ("run.ndjson", "journal-gw0.ndjson")}
    last = whole[torn].rstrip(b"\n").rfind(b"\n") + 1

    for end in (last, last + 1, (last + len(whole[torn])) // 2, len(whole[torn]) - 1):
        for file, data in whole.items():
            (tmp_path / file).write_bytes(data[:end] if file == torn else data)
        recover(tmp_path)

        assert ["a", "b"] == [line["id"] for line in lines(tmp_path)[1:]]
        assert {"pass"} == {line["verdict"] for line in lines(tmp_path)[1:]}


def test_a_torn_header_is_that_of_the_plan(tmp_path: Path) -> None:
    """The plan stands in a file of its own before the stream is begun."""
    (tmp_path / "plan.json").write_text(json.dumps(plan("a")))
    (tmp_path / "run.ndjson").write_text('{"type": "header", "ver')

    recover(tmp_path)

    assert ["a"] == [row.id for row in read_stream(tmp_path).header.cases]


def test_without_a_plan_nothing_was_begun(tmp_path: Path) -> None:
    """There is nothing to recover, and all is left to be run."""
    (tmp_path / "run.ndjson").write_text('{"type": "header", "ver')

    recover(tmp_path)

    assert '{"type": "header", "ver' == (tmp_path / "run.ndjson").read_text()
    assert reopen(tmp_path) is None


def test_a_run_that_ended_is_left_as_it_is(journal: Callable[..., Journal], tmp_path: Path) -> None:
    """Byte for byte, whatever the journals hold."""
    stream(tmp_path, case("a"), case("b"), case("c"))
    ended(tmp_path)
    journal().begin("d")
    before = (tmp_path / "run.ndjson").read_bytes()

    recover(tmp_path)

    assert before == (tmp_path / "run.ndjson").read_bytes()
    assert is_over(tmp_path)


def test_recovering_twice_is_recovering_once(journal: Callable[..., Journal], tmp_path: Path) -> None:
    """What is in flight is named once."""
    stream(tmp_path, case("a"))
    journal().begin("b")
    recover(tmp_path)
    before = (tmp_path / "run.ndjson").read_bytes()

    recover(tmp_path)

    assert before == (tmp_path / "run.ndjson").read_bytes()


def test_what_is_left_is_what_did_not_end(journal: Callable[..., Journal], tmp_path: Path) -> None:
    """Lost with a worker, in flight, or never begun: left. Blocked, wrong, or left out by choice: not."""
    header = plan("a", "lost", "flown", "never", "blocked", "budget")
    stream(
        tmp_path,
        case("a"),
        case("lost", verdict=Verdict.ERROR, reason=Reason.WORKER_LOST),
        case("blocked", verdict=Verdict.BLOCKED),
        case("budget", verdict=Verdict.NOT_RUN, reason=Reason.BUDGET),
        header=header,
    )
    journal("gw1").begin("flown")
    ended(tmp_path, interrupted=True)

    assert not is_over(tmp_path)
    assert ("lost", "flown", "never") == reopen(tmp_path)
    assert "footer" not in {line["type"] for line in lines(tmp_path)}


def test_a_later_part_adds_up(journal: Callable[..., Journal], tmp_path: Path) -> None:
    """Requests and time are those of all parts; the end of a case takes the place of its being in flight."""
    stream(tmp_path, case("a"))
    cut = journal()
    cut.begin("b")
    cut.intent(call(0))
    left = reopen(tmp_path) or ()
    writer = StreamWriter(tmp_path)
    writer.resume()

    assert ("b", "c") == left
    for name in left:
        writer.case(case(name, worker="gw0r1"))
        writer.case(case(name, worker="gw1r1", verdict="fail"))
    writer.footer(RECEIPT, interrupted=False)

    footer = lines(tmp_path)[-1]
    assert 3 + 1 + 3 + 3 == footer["requests"]["sent"]
    assert RECEIPT == footer["receipt"]
    assert footer["seconds"] > 3
    assert ["a", "b", "b", "c"] == [line["id"] for line in lines(tmp_path)[1:-1]]
    told = read_stream(tmp_path)
    assert told.footer is not None
    assert Verdict.PASS == told.footer.verdict
    assert is_over(tmp_path)
