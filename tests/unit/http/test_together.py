"""Calls that are sent together are under way at the same time, and are guarded, paced and journalled as any other."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from talonproof.errors import GuardError
from talonproof.http.exchange import Call
from talonproof.http.gate import Gate, Passage
from talonproof.http.ledger import Ledger
from talonproof.http.pace import Pace
from talonproof.run.journal import Journal
from talonproof.target import Footprint
from tests.unit.http.conftest import CANARY, MakeClient, Recorder

SEVERAL = 8
LONG = 20.0
"""Seconds after which a test that hangs is a test that fails."""


@pytest.fixture
def all_or_none() -> Iterator[str]:
    """A server that answers 200 to SEVERAL requests that it holds whole at the same time, and 500 to others."""
    meeting = threading.Barrier(SEVERAL)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            try:
                meeting.wait(LONG)
                self.send_response(200)
            except threading.BrokenBarrierError:
                self.send_response(500)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def updates(session: str, count: int = SEVERAL, **more: Any) -> list[Call]:
    """Updates of one session, each with a text of its own."""
    return [
        Call(
            "updateCustomerSessionV2",
            path={"customerSessionId": session},
            body={"customerSession": {"identifiers": [str(n)], **more}},
        )
        for n in range(count)
    ]


def test_all_are_under_way_at_the_same_time(make_client: MakeClient, ledger: Ledger, all_or_none: str) -> None:
    """A server that waits for all of them before it answers any has them all; each answer comes after each start."""
    flights = make_client(url=all_or_none).send_together(updates(ledger.new("session")), number=0)

    assert [200] * SEVERAL == [flight.exchange.status for flight in flights]
    assert max(flight.sent for flight in flights) <= min(flight.answered for flight in flights)


def test_they_come_back_in_their_order(make_client: MakeClient, ledger: Ledger, recorder: Recorder) -> None:
    """Numbers count on from the one given, in the order of the calls; the bytes are those of an ordinary call."""
    calls = updates(ledger.new("session"))

    flights = make_client().send_together(calls, number=3)

    assert list(range(3, 3 + SEVERAL)) == [flight.exchange.number for flight in flights]
    assert calls == [flight.exchange.call for flight in flights]
    assert all(flight.exchange.together for flight in flights)
    sent = sorted(recorder.requests, key=lambda request: request.body)
    assert [flight.exchange.request_body for flight in flights] == [request.body for request in sent]
    assert {"content-length": str(len(sent[0].body))}.items() <= sent[0].headers.items()
    assert not [request for request in sent if "transfer-encoding" in request.headers]


def test_none_is_sent_where_one_may_not_be(make_client: MakeClient, ledger: Ledger, recorder: Recorder) -> None:
    """The guard looks at all of them first."""
    calls = [*updates(ledger.new("session"), 2), *updates("somebody-else", 1)]

    with pytest.raises(GuardError):
        make_client(limit=Footprint.CREATE).send_together(calls, number=0)

    assert [] == recorder.requests


def test_each_is_written_down_before_any_is_sent(make_client: MakeClient, ledger: Ledger, recorder: Recorder) -> None:
    """The intents come first, then the outcomes in any order, each once, and no key is in them."""
    lines: list[tuple[str, dict[str, Any]]] = []
    client = make_client(
        on_intent=lambda record: lines.append((f"intent {len(recorder.requests)}", record)),
        on_outcome=lambda record: lines.append(("outcome", record)),
    )

    client.send_together(updates(ledger.new("session"), attributes={"a": CANARY}), number=0)

    assert ["intent 0"] * SEVERAL + ["outcome"] * SEVERAL == [kind for kind, _ in lines]
    assert list(range(SEVERAL)) == [record["number"] for _, record in lines[:SEVERAL]]
    assert list(range(SEVERAL)) == sorted(record["number"] for _, record in lines[SEVERAL:])
    assert CANARY not in json.dumps(lines)
    assert SEVERAL == client.sent


def test_what_one_makes_possible_all_are_taken_to_do(make_client: MakeClient, ledger: Ledger) -> None:
    """A session that one of them closes is perhaps closed when another is carried out."""
    footprints: list[str] = []
    client = make_client(on_intent=lambda record: footprints.append(record["footprint"]))
    session = ledger.new("session")

    client.send_together([*updates(session, 1), *updates(session, 1, state="closed")], number=0)

    assert ["consume", "consume"] == footprints


def test_each_waits_for_its_turn(make_client: MakeClient, ledger: Ledger, recorder: Recorder) -> None:
    """With so many requests a second, as much time goes by as for calls that are sent one by one; then all go."""
    now = [0.0]
    started: list[float] = []

    def sleep(seconds: float) -> None:
        assert [] == recorder.requests
        now[0] += seconds

    pace = Pace(10, clock=lambda: now[0], sleep=sleep)
    client = make_client(pace=pace, on_intent=lambda _: started.append(now[0]))

    client.send_together(updates(ledger.new("session")), number=0)

    assert SEVERAL == len(started)
    assert (SEVERAL - 1) / 10 == pytest.approx(min(started), abs=0.05)
    assert min(started) == max(started)


def test_a_server_that_is_not_there_holds_nobody_up(make_client: MakeClient, ledger: Ledger) -> None:
    """What cannot be sent at all ends as it would alone."""
    begun = time.monotonic()

    flights = make_client(url="http://127.0.0.1:9").send_together(updates(ledger.new("session")), number=0)

    assert [0] * SEVERAL == [flight.exchange.status for flight in flights]
    assert [3] * SEVERAL == [flight.exchange.attempts for flight in flights]
    assert LONG > time.monotonic() - begun


def test_what_was_turned_away_is_sent_again(make_client: MakeClient, ledger: Ledger, recorder: Recorder) -> None:
    """One that the server had no time for comes again, alone, and so at its own time."""
    recorder.replies = [(429, {}, b"{}")]

    flights = make_client().send_together(updates(ledger.new("session"), 3), number=0)

    assert [200] * 3 == [flight.exchange.status for flight in flights]
    assert [1, 1, 2] == sorted(flight.exchange.attempts for flight in flights)
    assert all(flight.sent < flight.answered for flight in flights)


def test_calls_without_a_body_go_together(make_client: MakeClient, ledger: Ledger) -> None:
    """They come to the gate before their first byte."""
    read = Call("getCustomerSession", path={"customerSessionId": ledger.new("session")})

    flights = make_client().send_together([read, read], number=0)

    assert [200, 200] == [flight.exchange.status for flight in flights]


def test_nothing_together_is_nothing(make_client: MakeClient) -> None:
    """No calls lead to no exchanges."""
    assert () == make_client().send_together([], number=0)


def test_a_gate_opens_without_those_who_never_come() -> None:
    """When patience is over, or once somebody who has not come is at an end, those before it go on."""
    hasty, left = Gate(2, patience=0.0), Gate(2, patience=LONG)
    hasty.come()
    Passage(left).end()
    begun = time.monotonic()
    left.come()

    assert LONG > time.monotonic() - begun


def test_the_last_byte_waits_at_the_gate() -> None:
    """All of a body but one byte comes before the gate, and the moment that counts is when it opens."""
    passage = Passage(Gate(1))
    before = passage.released

    assert [b"abc", b"d"] == list(passage.pieces(b"abcd"))
    assert before < passage.released


def test_lines_of_a_journal_stay_whole(tmp_path: Path) -> None:
    """However many threads write to it at once."""
    journal = Journal(tmp_path, "gw0")
    start = threading.Barrier(SEVERAL)

    def write(name: int) -> None:
        start.wait(LONG)
        for _ in range(50):
            journal.outcome({"name": name, "text": f"{name}" * 5_000})

    threads = [threading.Thread(target=write, args=(name,)) for name in range(SEVERAL)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()

    lines = [json.loads(line) for line in (tmp_path / "journal-gw0.ndjson").read_text().splitlines()]
    assert SEVERAL * 50 == len(lines)
    assert all(f"{line['name']}" * 5_000 == line["text"] for line in lines)
