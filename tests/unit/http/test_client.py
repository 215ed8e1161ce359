"""What is sent is what was asked, byte for byte, and what is kept holds no key."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talonproof import __version__
from talonproof.contract.serialise import serialise
from talonproof.errors import ConfigError, GuardError, HarnessError
from talonproof.http import client as module
from talonproof.http.client import Client
from talonproof.http.exchange import Call, Credential
from talonproof.http.way import reached
from talonproof.target import Bindings, Footprint, Keys, Limits, Way

SESSION = "tp-20261120-110000-ab12-gw0-0"
KEYS = Keys("live-0123456789", "expired-0123456789", "other-0123456789", "test-0123456789")

a_fixture_is_shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def read(session: str = SESSION) -> Call:
    """A call that reads a session."""
    return Call("getCustomerSession", {"customerSessionId": session})


def write(body: Any = None, **more: Any) -> Call:
    """A call that updates a session."""
    return Call("updateCustomerSessionV2", {"customerSessionId": SESSION}, body=body, has_body=True, **more)


def test_request_has_the_headers_that_say_who_asks_for_what(make_client: Any, recorder: Any) -> None:
    """A request says accept, user-agent, content type and key, and asks for no encoding."""
    make_client(keys=KEYS).send(write({"customerSession": {}}), number=0)

    (sent,) = recorder.requests
    assert "PUT" == sent.method
    assert f"/v2/customer_sessions/{SESSION}" == sent.target
    assert "application/json" == sent.headers["accept"]
    assert f"talonproof/{__version__}" == sent.headers["user-agent"]
    assert "application/json" == sent.headers["content-type"]
    assert "ApiKey-v1 live-0123456789" == sent.headers["authorization"]
    assert "identity" == sent.headers["accept-encoding"]
    assert b'{"customerSession":{}}' == sent.body


@pytest.mark.parametrize(
    ("credential", "expected"),
    [
        (Credential.LIVE, "ApiKey-v1 live-0123456789"),
        (Credential.WRONG, "ApiKey-v1 talonproof-wrong-key"),
        (Credential.ABSENT, None),
        (Credential.LONGER, "ApiKey-v1 live-0123456789-and-more"),
        (Credential.BARE, "live-0123456789"),
        (Credential.BEARER, "Bearer live-0123456789"),
        (Credential.EXPIRED, "ApiKey-v1 expired-0123456789"),
        (Credential.OTHER_APPLICATION, "ApiKey-v1 other-0123456789"),
        (Credential.TEST, "ApiKey-v1 test-0123456789"),
    ],
)
def test_each_credential_is_sent_as_it_is_described(
    make_client: Any, recorder: Any, credential: Credential, expected: str | None
) -> None:
    """The Authorization header is that of the credential, and absent for an absent one."""
    make_client(keys=KEYS).send(Call("getCustomerSession", {"customerSessionId": "a"}, credential=credential), number=0)

    assert expected == recorder.requests[0].headers.get("authorization")


def test_key_that_the_target_does_not_have_is_an_error_of_the_harness(make_client: Any, recorder: Any) -> None:
    """Nothing is sent with an empty key."""
    with pytest.raises(HarnessError, match="expired"):
        make_client().send(
            Call("getCustomerSession", {"customerSessionId": "a"}, credential=Credential.EXPIRED), number=0
        )

    assert [] == recorder.requests


@pytest.mark.parametrize(
    "session",
    [
        "a/b",
        "..",
        ".",
        "a/../b",
        "100%",
        "a+b c",
        "é€😀",
        "?x=1#y",
        "%2F",
        "a//b",
        "~'()*!$&,;=:@",
        "\\",
        '"<>`{|}^',
        "\x7f\x01",
    ],
)
def test_raw_path_arrives_byte_for_byte(make_client: Any, recorder: Any, contract: Any, session: str) -> None:
    """What serialisation wrote is what the server reads: nothing is resolved, decoded or escaped again."""
    call = read(session)
    exchange = make_client().send(call, number=0)

    expected = serialise(contract.operation(call.operation), call.path, call.query)
    assert expected == recorder.requests[0].target
    assert expected == exchange.path
    assert recorder.url + expected == exchange.url


@given(session=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
@a_fixture_is_shared
def test_raw_path_is_the_same_in_process_and_on_the_wire(
    make_client: Any, recorder: Any, contract: Any, session: str
) -> None:
    """A transport that reads the URL of the request sees the very path that the socket carries."""
    expected = serialise(contract.operation("getCustomerSession"), {"customerSessionId": session}, {})
    seen: list[bytes] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.raw_path)
        return httpx.Response(200, json={})

    make_client().send(read(session), number=0)
    make_client(transport=httpx.MockTransport(handler)).send(read(session), number=0)

    assert expected == recorder.requests[-1].target
    assert [expected.encode()] == seen


def test_path_that_was_never_escaped_arrives_as_it_is(
    make_client: Any, recorder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dot segments and stray percent signs stay, should a path hold them."""
    monkeypatch.setattr(module, "serialise", lambda *_: "/v2/../x/./%/%zz/a+b?q=%&r=[1]")
    make_client().send(read(), number=0)

    assert "/v2/../x/./%/%zz/a+b?q=%&r=[1]" == recorder.requests[0].target


def test_path_of_the_address_stands_before_that_of_the_operation(make_client: Any, recorder: Any) -> None:
    """A target may live under a path."""
    exchange = make_client(url=f"{recorder.url}/base").send(read(), number=0)

    assert f"/base/v2/customer_sessions/{SESSION}" == recorder.requests[0].target == exchange.path


def test_query_arrives_as_serialised(make_client: Any, recorder: Any) -> None:
    """Plus, colon and repeated names survive."""
    call = Call(
        "getLoyaltyCardTransactions",
        {"loyaltyProgramId": 1, "loyaltyCardId": "c"},
        {"startDate": "2026-01-01T00:00:00+02:00", "subledgerId": ["a", "b"], "pageSize": 5},
    )
    make_client().send(call, number=0)

    assert recorder.requests[0].target.endswith(
        "?startDate=2026-01-01T00%3A00%3A00%2B02%3A00&subledgerId=a&subledgerId=b&pageSize=5"
    )


@pytest.mark.parametrize(
    ("call", "body", "content_type"),
    [
        (write({"a": "é😀"}), '{"a":"é😀"}'.encode(), "application/json"),
        (write({"a": "\ud800"}), b'{"a":"\\ud800"}', "application/json"),
        (write(10**40), b"1" + b"0" * 40, "application/json"),
        (write(None), b"null", "application/json"),
        (write(raw_body=b'{"a": \xff'), b'{"a": \xff', "application/json"),
        (write(raw_body=b""), b"", "application/json"),
        (write({}, content_type="text/plain"), b"{}", "text/plain"),
        (write({}, content_type=""), b"{}", None),
        (Call("reopenCustomerSession", {"customerSessionId": SESSION}), b"", None),
    ],
)
def test_body_arrives_as_it_is(
    make_client: Any, recorder: Any, call: Call, body: bytes, content_type: str | None
) -> None:
    """JSON goes in UTF-8, escaped only for lone surrogates; raw bytes go as they are; no body has no type."""
    make_client().send(call, number=0)

    assert body == recorder.requests[0].body
    assert content_type == recorder.requests[0].headers.get("content-type")


@pytest.mark.parametrize(
    "body", [{1, 2}, float("nan"), float("inf"), object(), [10**5000]], ids=["set", "nan", "inf", "object", "digits"]
)
def test_body_that_is_no_json_is_an_error_of_the_harness(make_client: Any, recorder: Any, body: Any) -> None:
    """Nothing is sent in the place of what cannot be written."""
    with pytest.raises(HarnessError, match="updateCustomerSessionV2"):
        make_client().send(write(body), number=0)

    assert [] == recorder.requests


def test_header_that_cannot_be_sent_is_an_error_of_the_harness(make_client: Any, recorder: Any) -> None:
    """A content type with a line break never reaches the wire."""
    with pytest.raises(HarnessError, match="cannot be sent"):
        make_client().send(write({}, content_type="a\r\nx: y"), number=0)

    assert [] == recorder.requests


def test_empty_path_value_is_refused_before_anything_is_sent(make_client: Any, recorder: Any) -> None:
    """An empty id would name another resource."""
    with pytest.raises(ConfigError):
        make_client().send(read(""), number=0)

    assert [] == recorder.requests


def test_answer_is_kept_as_it_came(make_client: Any, recorder: Any) -> None:
    """Status, headers in lower case, and body are those of the server; the time is that of the clock."""
    recorder.default = (418, {"Content-Type": "text/x", "X-Twice": "a"}, b"\xff\x00")
    exchange = make_client(now=lambda: 1234.5).send(read(), number=7)

    assert (7, 418, b"\xff\x00", 1234.5, "") == (
        exchange.number, exchange.status, exchange.response_body, exchange.started, exchange.failure,
    )  # fmt: skip
    assert "text/x" == exchange.response_headers["content-type"]
    assert "a" == exchange.response_headers["x-twice"]
    assert 0 < exchange.seconds < 5


def test_redirect_is_an_answer(make_client: Any, recorder: Any) -> None:
    """Nobody is followed anywhere."""
    recorder.default = (307, {"location": f"{recorder.url}/elsewhere"}, b"")
    exchange = make_client().send(read(), number=0)

    assert 307 == exchange.status
    assert 1 == len(recorder.requests)


def test_cookie_is_not_sent_back(make_client: Any, recorder: Any) -> None:
    """No case leaves a trace in the requests of another; what was set is not kept either."""
    recorder.default = (200, {"set-cookie": "session=s3cret; Path=/"}, b"{}")
    client = make_client()
    first = client.send(read(), number=0)
    client.send(read(), number=1)

    assert "[redacted]" == first.response_headers["set-cookie"]
    assert "cookie" not in recorder.requests[1].headers


def test_proxy_of_the_environment_is_ignored(
    make_client: Any, recorder: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """Neither a proxy nor a netrc file of the user has a say."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    exchange = make_client(keys=KEYS).send(
        Call("getCustomerSession", {"customerSessionId": "a"}, credential=Credential.ABSENT), number=0
    )

    assert 200 == exchange.status
    assert "authorization" not in recorder.requests[0].headers


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1.example.com", "10.0.0.1", "[2001:db8::1]"])
def test_other_host_is_refused_before_its_name_is_looked_up(
    make_client: Any, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """Without a target file only this machine is spoken to; no resolver hears of anybody else."""
    asked: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **_: asked.append(a))
    monkeypatch.setattr(socket, "create_connection", lambda *a, **_: asked.append(a))
    with pytest.raises(GuardError, match="speaks to this machine only"):
        make_client(url=f"http://{host}:1").send(read(), number=0)

    assert [] == asked


def test_nothing_above_the_limit_is_sent(make_client: Any, recorder: Any, contract: Any) -> None:
    """Of every operation, on ids of nobody, only what the limit allows reaches the wire, whatever the key."""
    for limit in Footprint:
        client = make_client(limit=limit, keys=KEYS)
        for operation in contract.operations.values():
            for credential in Credential:
                path = {p.name: "1" for p in operation.path_parameters}
                call = Call(operation.id, path, body={}, has_body=operation.body is not None, credential=credential)
                before = len(recorder.requests)
                footprint = client.guard.assess(call).footprint
                if footprint <= limit:
                    client.send(call, number=0)
                else:
                    with pytest.raises(GuardError):
                        client.send(call, number=0)

                assert len(recorder.requests) - before == (1 if footprint <= limit else 0)


def test_journal_hears_of_a_call_before_and_after(make_client: Any, recorder: Any) -> None:
    """The intent is written before anything is sent, the outcome when the answer is there."""
    order: list[tuple[str, int]] = []
    records: list[dict[str, Any]] = []

    def note(kind: str) -> Callable[[dict[str, Any]], None]:
        def keep(record: dict[str, Any]) -> None:
            order.append((kind, len(recorder.requests)))
            records.append(record)

        return keep

    exchange = make_client(on_intent=note("intent"), on_outcome=note("outcome")).send(write({}), number=3)

    assert [("intent", 0), ("outcome", 1)] == order
    intent, outcome = records
    assert {"attempt": 1, "footprint": "create", **exchange.record()} == outcome
    assert intent.items() <= outcome.items()
    assert "status" not in intent


def test_call_that_the_guard_refuses_is_not_in_the_journal(make_client: Any) -> None:
    """What was not sent was not meant to be."""
    records: list[dict[str, Any]] = []
    with pytest.raises(GuardError):
        make_client(limit=Footprint.READ, on_intent=records.append).send(write({}), number=0)

    assert [] == records


@pytest.mark.parametrize("status", [429, 503])
def test_busy_server_is_asked_again_with_growing_pauses(make_client: Any, recorder: Any, status: int) -> None:
    """Twice at most; each attempt is counted."""
    recorder.default = (status, {}, b"")
    pauses: list[float] = []
    outcomes: list[dict[str, Any]] = []
    client = make_client(sleep=pauses.append, on_outcome=outcomes.append)
    exchange = client.send(read(), number=0)

    assert status == exchange.status
    assert 3 == len(recorder.requests) == client.sent
    assert [pytest.approx(pause, rel=0.25) for pause in module.RETRY_PAUSES] == pauses
    assert [1, 2, 3] == [outcome["attempt"] for outcome in outcomes]


def test_second_attempt_may_succeed(make_client: Any, recorder: Any) -> None:
    """The exchange is that of the last attempt."""
    recorder.replies = [(503, {}, b"")]
    exchange = make_client().send(read(), number=0)

    assert 200 == exchange.status
    assert 2 == len(recorder.requests)


@pytest.mark.parametrize(
    ("wish", "pause"), [("3", 3.0), ("0", 0.2), ("3600", 30.0), ("soon", 0.2), ("-1", 0.2), ("²", 0.2)]
)
def test_server_may_ask_for_a_longer_pause_within_reason(
    make_client: Any, recorder: Any, wish: str, pause: float
) -> None:
    """Retry-After counts in seconds, up to a bound; anything else is left aside."""
    recorder.replies = [(429, {"retry-after": wish}, b"")]
    pauses: list[float] = []
    make_client(sleep=pauses.append).send(read(), number=0)

    assert [pytest.approx(pause, rel=0.25)] == pauses


def test_pauses_of_two_workers_are_not_the_same(make_client: Any, recorder: Any) -> None:
    """What failed together does not come back together; the same seed pauses the same."""
    recorder.default = (429, {}, b"")

    def pauses(seed: int) -> list[float]:
        kept: list[float] = []
        make_client(sleep=kept.append, random=Random(seed)).send(read(), number=0)
        return kept

    assert pauses(1) == pauses(1)
    assert pauses(1) != pauses(2)


@pytest.mark.parametrize("status", [400, 401, 404, 409, 500, 501])
def test_answers_of_the_api_are_final(make_client: Any, recorder: Any, status: int) -> None:
    """A call that the server answered is not made twice."""
    recorder.default = (status, {}, b"")
    make_client().send(read(), number=0)

    assert 1 == len(recorder.requests)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_write_that_may_have_been_carried_out_is_not_made_twice(make_client: Any, recorder: Any, status: int) -> None:
    """A gateway that lost the answer does not know either; a read, or a dry call, changes nothing and is repeated."""
    recorder.default = (status, {}, b"")
    sent: list[int] = []
    for call in (write({}), read(), write({}, query={"dry": True})):
        before = len(recorder.requests)
        make_client().send(call, number=0)
        sent.append(len(recorder.requests) - before)

    assert [1, 3, 3] == sent


def test_write_that_was_turned_away_is_made_again(make_client: Any, recorder: Any) -> None:
    """A server that says when to come back, or that there were too many calls, has not begun."""
    recorder.replies = [(503, {"retry-after": "0"}, b""), (429, {}, b"")]
    exchange = make_client().send(write({}), number=0)

    assert (200, 3) == (exchange.status, exchange.attempts)


def test_server_that_does_not_listen_is_tried_three_times(make_client: Any) -> None:
    """The exchange has status 0 and says that no connection was made."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    pauses: list[float] = []
    client = make_client(url=f"http://127.0.0.1:{port}", sleep=pauses.append)
    exchange = client.send(read(), number=0)

    assert 0 == exchange.status
    assert exchange.failure.startswith("connect: ")
    assert [pytest.approx(pause, rel=0.25) for pause in module.RETRY_PAUSES] == pauses
    assert 3 == client.sent == exchange.attempts


@pytest.fixture
def raw_server() -> Iterator[Callable[..., str]]:
    """Serves the given bytes once to whoever connects, then closes or goes silent."""
    servers: list[socket.socket] = []
    threads: list[threading.Thread] = []
    done = threading.Event()

    def start(answer: bytes, *, stays: bool) -> str:
        server = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)
                if stays:
                    done.wait(10)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass  # who closes with something unread resets the connection

        servers.append(server)
        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        return f"http://127.0.0.1:{server.getsockname()[1]}"

    yield start
    done.set()
    for thread in threads:
        thread.join()
    for server in servers:
        server.close()


@pytest.mark.parametrize(
    ("answer", "phase"),
    [
        (b"", "protocol"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc", "protocol"),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc", "decoding"),
    ],
)
def test_answer_that_is_no_http_is_no_answer(make_client: Any, raw_server: Any, answer: bytes, phase: str) -> None:
    """Status 0 with the phase; a write is not tried again, since the server may have acted."""
    client = make_client(url=raw_server(answer, stays=False))
    exchange = client.send(write({}), number=0)

    assert 0 == exchange.status
    assert exchange.failure.startswith(f"{phase}: ")
    assert 1 == client.sent


def test_answer_that_does_not_come_ends_in_time(make_client: Any, raw_server: Any) -> None:
    """Silence is a timeout."""
    limits = Limits(read_timeout=0.1)
    exchange = make_client(url=raw_server(b"", stays=True), limits=limits).send(write({}), number=0)

    assert 0 == exchange.status
    assert exchange.failure.startswith("timeout: ")


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"])
def test_answer_that_drips_is_given_up(make_client: Any, head: bytes) -> None:
    """Each piece comes in time and the whole never would: neither head nor body can take more than is allowed."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()

        def drip() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.recv(65536)
                connection.sendall(head or b"HTTP/1.1 200 OK\r\nx: ")
                while not done.wait(0.05):
                    connection.sendall(b"x")

        thread = threading.Thread(target=drip)
        thread.start()
        limits = Limits(total_timeout=0.3)
        client = make_client(url=f"http://127.0.0.1:{server.getsockname()[1]}", limits=limits)
        exchange = client.send(write({}), number=0)
        done.set()
        thread.join()

    assert 0 == exchange.status
    assert exchange.failure.startswith("timeout: ")


def test_answer_without_end_is_given_up(make_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the size nor the time of an answer is the server's to choose."""

    def endless(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=(b"x" * 1000 for _ in range(10**9)))

    client = make_client(transport=httpx.MockTransport(endless), limits=Limits(total_timeout=0.02))
    monkeypatch.setattr(module, "LARGEST_ANSWER", 10_000)
    large = client.send(read(), number=0)
    monkeypatch.setattr(module, "LARGEST_ANSWER", 10**12)
    began = time.monotonic()
    slow = client.send(read(), number=0)

    assert large.failure.startswith("read: the answer is longer than 10000")
    assert slow.failure.startswith("timeout: ")
    assert time.monotonic() - began < 5


def test_ledger_hears_of_what_was_done(make_client: Any, ledger: Any) -> None:
    """What a call created is counted as soon as it is answered."""
    session = ledger.new("session")
    make_client().send(Call("updateCustomerSessionV2", {"customerSessionId": session}, body={}), number=0)

    assert {"sessions": 1} == ledger.created


def test_ledger_hears_of_every_attempt(make_client: Any, recorder: Any, ledger: Any) -> None:
    """A server that was busy may have acted all the same, whatever it says the second time."""
    session = ledger.new("session")
    recorder.replies = [(503, {"retry-after": "0"}, b""), (400, {}, b"")]
    body = {"customerSession": {"state": "closed"}}
    make_client().send(Call("updateCustomerSessionV2", {"customerSessionId": session}, body=body), number=0)

    assert ledger.may_have_closed(session)


def test_several_threads_share_a_client(make_client: Any, recorder: Any) -> None:
    """No attempt is lost in the count."""
    client: Client = make_client()
    threads = [threading.Thread(target=lambda: [client.send(read(), number=0) for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 40 == client.sent == len(recorder.requests)


def test_key_is_in_nothing_that_is_kept(make_client: Any, recorder: Any, canary: str) -> None:
    """Echoed in any form, in header, body or failure, the key is in no record, repr or error."""
    forms = [
        canary, quote(canary, safe=""), quote(canary, safe="").lower(), base64.b64encode(canary.encode()).decode(),
        json.dumps(canary), "".join(f"\\u{ord(c):04x}" for c in canary), "".join(f"%{ord(c):02X}" for c in canary),
        base64.b64encode(f"ApiKey-v1 {canary}".encode()).decode(),
    ]  # fmt: skip
    records: list[dict[str, Any]] = []
    client = make_client(on_intent=records.append, on_outcome=records.append)
    kept: list[str] = [repr(client), repr(client.guard), repr(client.guard.ledger), repr(client._prepare(read()))]
    for credential in (Credential.LIVE, Credential.BARE, Credential.BEARER):
        for form in forms:
            recorder.default = (
                400,
                {"x-echo": form, "www-authenticate": f'Key "{form}"'},
                f'{{"m":"{form}"}}'.encode(),
            )
            exchange = client.send(
                Call("getCustomerSession", {"customerSessionId": "a"}, credential=credential), number=0
            )
            kept += [repr(exchange), json.dumps(exchange.record()), str(exchange.json())]
            assert canary in recorder.requests[-1].headers["authorization"]
    kept += [json.dumps(record) for record in records]
    with pytest.raises(HarnessError) as caught:
        client.send(write(float("nan")), number=0)
    kept += [str(caught.value), repr(caught.value)]

    for text in kept:
        for form in (*forms, canary[:30]):
            assert form not in text
    assert any("[redacted]" in text for text in kept)


def test_key_in_the_arguments_is_taken_out_of_what_is_kept(make_client: Any, recorder: Any, canary: str) -> None:
    """It is sent as asked; path and body are kept without it."""
    exchange = make_client(bindings=Bindings()).send(
        Call("updateCustomerSessionV2", {"customerSessionId": canary}, body={"a": canary}), number=0
    )

    assert quote(canary, safe="") in recorder.requests[0].target
    assert b"c4n4ry" in recorder.requests[0].body
    assert "c4n4ry" not in json.dumps(exchange.record())
    assert "c4n4ry" not in repr(exchange)


def test_headers_of_the_target_are_sent_and_their_secrets_hidden(make_client: Any, recorder: Any) -> None:
    """Each request has them; a value long enough to be a secret is in no record."""
    records: list[Any] = []
    recorder.default = (200, {"content-type": "application/json"}, b'{"echo": "gate-token-1"}')
    way = Way(headers={"x-gate": "gate-token-1", "x-short": "1"})
    client = make_client(keys=Keys("k" * 20, others=("gate-token-1",)), way=way, on_outcome=records.append)
    exchange = client.send(Call("getCustomerSession", {"customerSessionId": "a"}), number=0)

    assert ("gate-token-1", "1") == (recorder.requests[0].headers["x-gate"], recorder.requests[0].headers["x-short"])
    assert "gate-token-1" not in f"{records} {exchange}"


def test_a_certificate_that_is_none_is_refused(tmp_path: Any) -> None:
    """With the key of the target file that names it, before anything is sent."""
    file = tmp_path / "ca.pem"
    file.write_text("no certificate")
    for way in (Way(ca_file=str(file)), Way(client_certificate=str(file))):
        with pytest.raises(ConfigError, match=r"\[tls\] "):
            reached(way)


def test_a_proxy_is_gone_through(make_client: Any, recorder: Any) -> None:
    """A request for another host reaches the proxy that the target names."""
    client = make_client(url="http://localhost:9", way=Way(proxy=recorder.url))
    exchange = client.send(Call("getCustomerSession", {"customerSessionId": "a"}), number=0)

    assert 200 == exchange.status
    assert "http://localhost:9/v2/customer_sessions/a" == recorder.requests[0].target
