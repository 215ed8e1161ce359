"""``talonproof doctor`` says whether a target can be tested, in words, and by its exit code."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from talonproof.emulator import serve


@pytest.fixture(scope="module")
def later() -> Iterator[str]:
    """The address of an emulator of the later edition."""
    with serve.start(edition="2026-05") as running:
        yield running.url


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes target files; the key is the live one of the default world."""
    monkeypatch.setenv("TALONPROOF_API_KEY", serve.LIVE_KEY)

    def write(url: str, bindings: str, more: str = "") -> Path:
        file = tmp_path / "target.toml"
        file.write_text(f'[target]\nurl = "{url}"\n{more}\n[bindings]\n{bindings}')
        return file

    return write


def flat(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def test_without_a_target_the_emulator_is_examined(talonproof: Callable[..., Any]) -> None:
    """It is ready, follows 2025-01 for sure, and has everything that can be seen."""
    ended = talonproof("doctor")

    assert (0, "") == (ended.code, ended.err)
    told = flat(ended.out)
    assert told.startswith("embedded emulator: ready")
    assert "key a live one" in told
    assert "edition 2025-01, which is sure" in told
    assert "wrong" not in told
    assert "not bound" not in told
    assert "reads and dry calls: nothing is left behind" in told


@pytest.mark.parametrize("flags", [(), ("--edition", "2026-05")])
def test_a_later_edition_is_told(talonproof: Callable[..., Any], later: str, flags: tuple[str, ...]) -> None:
    """A server of 2026-05 is one, whether somebody says so or not."""
    ended = talonproof("doctor", "--url", later, *flags)

    assert 0 == ended.code
    assert "edition 2026-05, which is sure" in flat(ended.out)


def test_another_edition_than_expected_is_said(talonproof: Callable[..., Any], later: str) -> None:
    """What the user says and what the server shows are set side by side."""
    ended = talonproof("doctor", "--url", later, "--edition", "2025-01")

    assert 0 == ended.code
    assert "2026-05 by what it shows, not 2025-01 as you say" in flat(ended.out)


def test_a_program_can_read_it(talonproof: Callable[..., Any], emulator: str) -> None:
    """With --json it is one object, with the signs and every binding."""
    ended = talonproof("doctor", "--url", emulator, "--json")

    found = json.loads(ended.out)
    assert (0, "") == (ended.code, ended.err)
    assert (True, "live", "2025-01", True) == (
        found["ready"],
        found["key"]["kind"],
        found["edition"]["edition"],
        found["edition"]["sure"],
    )
    states = {held["name"]: held["state"] for held in (*found["bindings"], *found["keys"])}
    assert ("there", "there", "unseen") == (states["open_session"], states["test_key"], states["referral_campaign"])
    assert {"there", "unseen"} == set(states.values())
    assert {} == found["costs"]
    assert found["requests"] <= 80
    assert {"setDiscount", "scheduled", "disabled"} <= found["effects"]["seen"].keys()
    assert {} == found["effects"]["silent"]


def test_what_arrives_is_harmless(talonproof: Callable[..., Any], recording: Callable[..., Any]) -> None:
    """Reads and dry calls, as many as it says, and nothing else."""
    with recording() as server:
        ended = talonproof("doctor", "--url", server.url)

    assert 0 == ended.code
    sent = re.search(r"(\d+) requests, reads and dry calls", flat(ended.out))
    assert sent is not None
    assert int(sent[1]) == len(server.passed)
    assert all(one.method == "GET" or ("dry", "true") in one.pairs() for one, _ in server.passed)


def test_a_key_that_is_not_accepted(
    talonproof: Callable[..., Any], emulator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong key is one line and exit 2, and is not repeated."""
    monkeypatch.setenv("TALONPROOF_API_KEY", "no-such-secret")

    ended = talonproof("doctor", "--url", emulator)

    assert 2 == ended.code
    assert "the key in TALONPROOF_API_KEY is not accepted" in ended.told
    assert "no-such-secret" not in ended.told


def test_a_server_that_is_not_there(talonproof: Callable[..., Any]) -> None:
    """Where nothing listens it is one line and exit 3."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        ended = talonproof("doctor", "--url", f"http://127.0.0.1:{held.getsockname()[1]}")

    assert 3 == ended.code
    assert "nothing answers at" in ended.told


@pytest.mark.parametrize("refusal", [400, 401, 403])
def test_a_test_key_is_told_from_a_live_one(
    talonproof: Callable[..., Any],
    recording: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    refusal: int,
) -> None:
    """A key that reads nothing and takes dry calls is a test key, whichever way it is kept from reading: exit 2."""
    monkeypatch.setenv("TALONPROOF_API_KEY", "talonproof-test-key")

    def change(request: Any, reply: Any) -> Any:
        return type(reply)(refusal, reply.headers, reply.body) if request.method == "GET" else reply

    with recording(change=change) as server:
        ended = talonproof("doctor", "--url", server.url)

    assert 2 == ended.code
    told = flat(ended.out)
    assert "not ready" in told
    assert "a test key, with which everything is dry" in told
    assert "live key of the Application" in told
    assert "talonproof-test-key" not in told


def test_what_is_wrong_in_a_target_file(
    talonproof: Callable[..., Any], emulator: str, target: Callable[..., Path]
) -> None:
    """What is named and not there is told with what was seen and what it costs: exit 2. The rest is told apart."""
    bindings = """
    open_session = "tp-world-closed"
    event_type = "nonsense"
    session_attribute = "tp_session_text"
    number_attribute = "nonsense"
    catalog_sku = "tp-catalog-mug"
    catalog_price = 1.0
    card_program = 2
    populated_card = "tp-world-card"
    """
    ended = talonproof("doctor", "--target", target(emulator, bindings))

    told = flat(ended.out)
    assert (2, "") == (ended.code, ended.err)
    assert "wrong open_session: the session is closed" in told
    assert "wrong event_type: trackEventV2 is answered 400" in told
    assert "wrong number_attribute: updateCustomerSessionV2 is answered 400" in told
    assert "wrong catalog_price: one tp-catalog-mug costs 12.5" in told
    assert "has card_program, populated_card, catalog_sku, session_attribute" in told
    assert re.search(r"wrong event_type: [^)]+\(not judged without it: [^)]*EVT-001", told)
    assert re.search(r"not bound profile_attribute \(not judged without it: [^)]*PRO-013", told)


def test_what_is_not_bound_is_no_fault(
    talonproof: Callable[..., Any], emulator: str, target: Callable[..., Path]
) -> None:
    """A file that names little is ready; what it leaves out is told with the requirements that come with it."""
    ended = talonproof("doctor", "--target", target(emulator, 'session_profile = "tp-world-shopper"'), "--json")

    found = json.loads(ended.out)
    assert 0 == ended.code
    assert found["ready"]
    assert not found["edition"]["sure"]
    assert "SES-031" in found["costs"]["catalog_sku"]
    assert not {"ERR-007", "ERR-013", "SES-001"} & {row for rows in found["costs"].values() for row in rows}


def test_which_effects_show(talonproof: Callable[..., Any], emulator: str, target: Callable[..., Path]) -> None:
    """Those that a trigger brings about, triggers that bring about none, and what is lost for want of an effect."""
    triggers = """
    [[triggers]]
    name = "discount"
    session = { attributes = { tp_trigger = "discount" } }
    [[triggers]]
    name = "nothing"
    session = { attributes = { tp_trigger = "nothing" } }
    """
    ended = talonproof("doctor", "--target", target(emulator, triggers))

    told = flat(ended.out)
    assert (0, "") == (ended.code, ended.err)
    assert re.search(r"effects [^:]*\bsetDiscount\b", told)
    assert "silent trigger nothing: no effect" in told
    lost = "not shown an effect of a scheduled campaign (not judged without it: DRY-014). Make the campaign scheduled:"
    assert lost in told


def test_a_trigger_that_the_target_does_not_take_is_wrong(
    talonproof: Callable[..., Any], emulator: str, target: Callable[..., Path]
) -> None:
    """Its session names an attribute that is not there, say: exit 2."""
    trigger = '[[triggers]]\nname = "odd"\nsession = { attributes = { nonsense = "x" } }\n'
    ended = talonproof("doctor", "--target", target(emulator, trigger))

    assert 2 == ended.code
    assert "wrong trigger odd: the session is answered 400 Unknown" in flat(ended.out)


def test_a_limit_of_the_file_is_kept(
    talonproof: Callable[..., Any], recording: Callable[..., Any], target: Callable[..., Path]
) -> None:
    """Where reads alone are allowed, reads alone are sent; what only a dry call shows is not called missing."""
    with recording() as server:
        file = target(server.url, 'event_type = "tp_signed_up"\n[limits]\nmax_footprint = "read"')
        ended = talonproof("doctor", "--target", file)

    assert 0 == ended.code
    assert {"GET"} == {request.method for request, _ in server.passed}
    assert "unseen event_type" in flat(ended.out)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--target", "a.toml", "--url", "http://127.0.0.1:1"), "exclude each other"),
        (("--target", "nowhere.toml"), "nowhere.toml"),
        (("--edition", "2026-5"), "did you mean 2026-05?"),
        (("--url", "https://shop.example"), "only a server on this machine"),
    ],
)
def test_what_cannot_be_meant(talonproof: Callable[..., Any], arguments: tuple[str, ...], said: str) -> None:
    """Wrong usage is one line and exit 2."""
    ended = talonproof("doctor", *arguments)

    assert 2 == ended.code
    assert said in ended.told
