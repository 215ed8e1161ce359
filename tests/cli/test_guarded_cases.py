"""A case that would do more than it declares, or than the run allows, is an ERROR before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from talonproof.emulator import serve

CREEPING = """
@scenario("SES-001", footprint="read", requests=2)
def test_writes_though_it_declares_to_read(case, api):
    api.get_session(case.new_id("session"))
    case.accepted("SES-001", api.put_session(case.new_id("session"), {}))
"""

FOREIGN = """
@scenario("SES-001", footprint="create", requests=1)
def test_writes_on_a_session_of_somebody(case, api):
    case.accepted("SES-001", api.put_session("tp-world-open", {}))
"""

TOO_MANY = """
@scenario("SES-001", footprint="create", requests=1)
def test_sends_more_than_it_planned(case, api):
    session = case.new_id("session")
    api.get_session(session)
    case.accepted("SES-001", api.put_session(session, {}))
"""


def test_a_case_cannot_go_above_the_limit(
    judge: Callable[..., Any], own_suite: Callable[[str], Path], recording: Callable[..., Any]
) -> None:
    """The guard stops the call itself, whatever the case declared: what is above the limit never arrives."""
    with recording() as server:
        run = judge("--workspace", own_suite(CREEPING), "--url", server.url, "--max-footprint", "dry")

    assert 3 == run.ended.code
    assert "error" == run.ended_cases["writes_though_it_declares_to_read"]
    assert "updateCustomerSessionV2 was not sent: it is create" in run.ended.out.replace("\n     ", " ")
    assert {"GET"} == {request.method for request, _ in server.passed}


def test_a_case_cannot_touch_what_others_made(
    judge: Callable[..., Any], own_suite: Callable[[str], Path], recording: Callable[..., Any]
) -> None:
    """A write on something of somebody else is destructive, which a limit below that does not allow."""
    with recording() as server:
        run = judge("--workspace", own_suite(FOREIGN), "--url", server.url, "--max-footprint", "consume")

    assert 3 == run.ended.code
    assert "error" == run.ended_cases["writes_on_a_session_of_somebody"]
    assert {"GET"} == {request.method for request, _ in server.passed}


@pytest.mark.parametrize(("host", "verdict"), [("127.0.0.1", "pass"), ("0.0.0.0", "error")])  # noqa: S104 - leads here
def test_no_flag_lets_a_case_touch_what_others_made_elsewhere(
    judge: Callable[..., Any],
    own_suite: Callable[[str], Path],
    recording: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    verdict: str,
) -> None:
    """A destructive run may write on the things of others on this machine, and on no other host."""
    monkeypatch.setenv("TALONPROOF_API_KEY", serve.LIVE_KEY)
    file = tmp_path / "target.toml"
    with recording() as server:
        url = server.url.replace("127.0.0.1", host)
        file.write_text(f'[target]\nurl = "{url}"\nallowed_host = "{host}"\n', encoding="utf-8")
        run = judge("--workspace", own_suite(FOREIGN), "--target", file, "--max-footprint", "destructive")

    assert verdict == run.ended_cases["writes_on_a_session_of_somebody"]
    touched = {request.method for request, _ in server.passed if "tp-world-open" in request.target}
    assert ({"PUT"} if verdict == "pass" else set[str]()) == touched


def test_a_case_cannot_send_more_than_it_planned(
    judge: Callable[..., Any], own_suite: Callable[[str], Path], recording: Callable[..., Any]
) -> None:
    """The plan is a promise: the request after the last one planned is an ERROR, and is not sent."""
    with recording() as server:
        run = judge("--workspace", own_suite(TOO_MANY), "--url", server.url)

    assert 3 == run.ended.code
    assert "error" == run.ended_cases["sends_more_than_it_planned"]
    assert {"GET"} == {request.method for request, _ in server.passed}
