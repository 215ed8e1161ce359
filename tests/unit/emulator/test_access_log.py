"""What was asked of the emulator is written down, and its keys are not."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path

import pytest

from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.emulator.access import KEPT, LONGEST, AccessLog, access_log, without_keys
from talonproof.emulator.app import Emulator
from talonproof.emulator.message import Request
from talonproof.emulator.world import World
from talonproof.errors import ConfigError


def emulator(world: World, contract: Contract, validators: Validators, log: AccessLog) -> Emulator:
    """An emulator with a log."""
    return Emulator(world, contract, validators=validators, access=log)


def request(target: str, key: str = "live", method: str = "GET", body: bytes = b"") -> Request:
    """A request with a key."""
    return Request(method, target, {"authorization": f"ApiKey-v1 {key}"}, body)


def test_every_request_is_a_line(world: World, contract: Contract, validators: Validators) -> None:
    """It says when, what, for which Application, with what answer, how fast and how large."""
    out = io.StringIO()
    served = emulator(world, contract, validators, AccessLog(out))

    served.handle(request("/v2/customer_sessions/ready"))
    served.handle(request("/v2/customer_sessions/s?dry=true", "dry", "PUT", b'{"customerSession": {}}'))
    served.handle(request("/nothing", "wrong"))
    served.handle(request("/_health"))

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    told = [(line["method"], line["target"], line["operation"], line["application"], line["status"]) for line in lines]
    assert [
        ("GET", "/v2/customer_sessions/ready", "getCustomerSession", 1, 200),
        ("PUT", "/v2/customer_sessions/s?dry=true", "updateCustomerSessionV2", 1, 200),
        ("GET", "/nothing", None, None, 404),
        ("GET", "/_health", None, 1, 200),
    ] == told
    assert [False, True, False, False] == [line["testKey"] for line in lines]
    assert all(line["milliseconds"] > 0 and line["bytes"] > 0 and line["time"].endswith("Z") for line in lines)


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("/a/secret-key/b", "/a/[redacted]/b"),
        ("/a?key=secret-key&x=1", "/a?key=[redacted]&x=1"),
        ("/a?authorization=ApiKey-v1%20of-another&x=1", "/a?authorization=ApiKey-v1[redacted]&x=1"),
        ("/a?api_key=of-another", "/a?api_key=[redacted]"),
        ("/a/not-secret-key", "/a/not-[redacted]"),
        ("/a/dry?dry=true&key=dry", "/a/[redacted]?dry=true&key=[redacted]"),
        ("/plain?x=1", "/plain?x=1"),
        ("/" + "x" * LONGEST, "/" + "x" * (LONGEST - 1) + "…"),
    ],
)
def test_no_key_is_shown(target: str, shown: str) -> None:
    """Not one that the server knows, wherever it stands, and not one that is given as a key."""
    assert shown == without_keys(target, ["secret-key", "dry"])


def test_a_line_is_one_line(world: World, contract: Contract, validators: Validators) -> None:
    """Whatever stands in a target, nobody writes a line of their own into the log."""
    out = io.StringIO()

    emulator(world, contract, validators, AccessLog(out)).handle(request('/a\n{"status": 200}\r\x00"'))

    assert 1 == len(out.getvalue().splitlines())
    assert '/a\n{"status": 200}\r\x00"' == json.loads(out.getvalue())["target"]


def test_the_last_requests_are_kept_without_the_servers_own(
    world: World, contract: Contract, validators: Validators
) -> None:
    """The newest first and so many of them; who only looks at the page or the health pushes none out."""
    served = emulator(world, contract, validators, AccessLog())
    for number in range(KEPT + 3):
        served.handle(request(f"/v2/customer_sessions/{number}"))
    for path in ("/", "/_health"):
        served.handle(request(path))

    recent = [access.target for access in served.access.recent()]
    assert [f"/v2/customer_sessions/{number}" for number in range(KEPT + 2, 2, -1)] == recent


def test_a_log_that_breaks_stops_no_server(
    world: World, contract: Contract, validators: Validators, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk is said once; the answers go on."""

    class Full(io.StringIO):
        def write(self, _: str) -> int:
            raise OSError(28, "No space left on device")

    served = emulator(world, contract, validators, AccessLog(Full()))
    with caplog.at_level(logging.ERROR):
        statuses = [served.handle(request("/_health")).status for _ in range(3)]

    assert [200, 200, 200] == statuses
    assert ["the access log cannot be written any more: [Errno 28] No space left on device"] == caplog.messages


def test_a_file_is_appended_to(tmp_path: Path) -> None:
    """A log of an earlier server stays; a place where none can be is said."""
    file = tmp_path / "access.log"
    file.write_text("earlier\n", encoding="utf-8")

    access_log(str(file)).close()

    assert "earlier\n" == file.read_text(encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be written"):
        access_log(str(tmp_path))
