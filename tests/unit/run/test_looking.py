"""A run looks once which effects its target shows, by dry updates of sessions that nobody keeps."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from talonproof.contract.contract import Contract, read_contract
from talonproof.run.doctor.asking import Asking
from talonproof.run.effects import DISABLED, SCHEDULED, Seen
from talonproof.run.looking import WORKER, full_session, look, seen_before, seen_once
from talonproof.target import Bindings, Footprint, Keys, Target, Trigger
from talonproof.workspace import find_workspace

DATE = {"date": "Thu, 01 Jan 2026 12:00:00 GMT"}
Sent = list[httpx.Request]


@pytest.fixture(scope="module")
def contract() -> Contract:
    """The contract of the seeds' edition."""
    return read_contract(find_workspace().contract_file("2025-01"), edition="2025-01")


@pytest.fixture
def asking(contract: Contract) -> Iterator[Callable[..., tuple[Asking, Sent]]]:
    """Makes somebody who asks a server of a few lines, and the requests that it got."""
    opened: list[Asking] = []

    def make(
        effects: Callable[[dict[str, Any], httpx.QueryParams], Any],
        *triggers: Trigger,
        bindings: Bindings | None = None,
        limit: Footprint = Footprint.DRY,
    ) -> tuple[Asking, Sent]:
        sent: Sent = []

        def handle(request: httpx.Request) -> httpx.Response:
            sent.append(request)
            shown = effects(json.loads(request.content)["customerSession"], request.url.params)
            if isinstance(shown, int):
                return httpx.Response(shown, json={"message": "no"}, headers=DATE)
            return httpx.Response(200, json={"effects": shown}, headers=DATE)

        target = Target("http://127.0.0.1:1", "127.0.0.1", bindings=bindings or Bindings(), triggers=triggers)
        transport = httpx.MockTransport(handle)
        opened.append(Asking(target, Keys("live"), contract, "unit", limit=limit, transport=transport, worker=WORKER))
        return opened[-1], sent

    yield make
    for one in opened:
        one.__exit__(None, None, None)


def session_of(request: httpx.Request) -> dict[str, Any]:
    """The session that was sent."""
    return json.loads(request.content)["customerSession"]


def discount(campaign: int = 1) -> dict[str, Any]:
    """An effect of a campaign."""
    return {"effectType": "setDiscount", "campaignId": campaign, "props": {}}


def marked(session: dict[str, Any], _: Any) -> list[Any]:
    """A server whose campaign acts on a mark."""
    return [discount()] if session.get("attributes", {}).get("mark") == "discount" else []


MARK = Trigger("mark", {"attributes": {"mark": "discount"}})


def test_a_trigger_shows_its_effects(asking: Callable[..., tuple[Asking, Sent]]) -> None:
    """By a dry update of a fresh customer's closed session with a full cart; a plain session goes before it."""
    someone, sent = asking(marked, MARK, Trigger("nothing"), bindings=Bindings(additional_cost="shipping"))
    seen = look(someone)

    assert {"setDiscount": ["mark"]} == seen.record()["seen"]
    assert {"nothing": "no effect"} == seen.silent
    assert 3 == seen.requests == len(sent)
    assert {"true"} == {request.url.params["dry"] for request in sent}
    sessions = [session_of(request) for request in sent]
    assert {"closed"} == {session["state"] for session in sessions}
    assert 3 == len({session["profileId"] for session in sessions})
    assert 3 == len({request.url.path for request in sent})
    assert full_session(Bindings(additional_cost="shipping")).items() <= sessions[0].items()


def test_a_campaign_that_acts_on_every_cart_is_seen_without_triggers(
    asking: Callable[..., tuple[Asking, Sent]],
) -> None:
    """It needs no part of a session."""
    someone, _ = asking(lambda *_: [discount()])

    assert [("any session", {})] == [(one.trigger, one.session) for one in look(someone).fired["setDiscount"]]


def test_what_every_cart_shows_is_not_that_of_a_trigger(asking: Callable[..., tuple[Asking, Sent]]) -> None:
    """A trigger is there for what it adds, and goes before any session where both show an effect of a kind."""
    someone, _ = asking(
        lambda session, _: (
            [discount(1), {"effectType": "addFreeItem", "campaignId": 1}] + [discount(2)] * ("attributes" in session)
        ),
        Trigger("other", {"identifiers": ["x"]}),
        MARK,
    )
    seen = look(someone)

    assert {"setDiscount": ["mark", "any session"], "addFreeItem": ["any session"]} == seen.record()["seen"]
    assert {"other": "no effect"} == seen.silent


def test_of_a_named_campaign_only_its_own_effects_count(asking: Callable[..., tuple[Asking, Sent]]) -> None:
    """What others do with every cart is not brought about by the trigger."""
    someone, _ = asking(lambda *_: [discount(1)], Trigger("other", campaign=2))
    seen = look(someone)

    assert ["any session"] == [one.trigger for one in seen.fired["setDiscount"]]
    assert {"other": "no effect of campaign 2"} == seen.silent


def test_a_scheduled_campaign_is_seen_ahead(asking: Callable[..., tuple[Asking, Sent]]) -> None:
    """By the server's clock, and under a label of its own: in earnest its effect does not show."""

    def later(_: Any, query: httpx.QueryParams) -> list[Any]:
        return [discount(30)] if query.get("now") == "2026-01-11T12:00:00Z" else []

    someone, _ = asking(later, Trigger("next", campaign=30, ahead=timedelta(days=10)))
    seen = look(someone)

    assert {SCHEDULED} == set(seen.fired)
    assert (30, "2026-01-11T12:00:00Z") == (seen.fired[SCHEDULED][0].campaign, seen.fired[SCHEDULED][0].now)


def test_ahead_counts_from_the_start_that_is_named(asking: Callable[..., tuple[Asking, Sent]]) -> None:
    """And once the campaign has started it is not tried any more: it would not be scheduled."""
    day = timedelta(days=1)
    future = Trigger("future", campaign=30, ahead=day, starts=datetime(2026, 2, 1, tzinfo=UTC))
    past = Trigger("past", campaign=31, ahead=day, starts=datetime(2025, 12, 1, tzinfo=UTC))
    someone, sent = asking(lambda _, query: [discount(30)] if "now" in query else [], future, past)
    seen = look(someone)

    assert "2026-02-02T00:00:00Z" == seen.fired[SCHEDULED][0].now
    assert {"past": "its campaign has started, so it is not scheduled any more"} == seen.silent
    assert 2 == len(sent)


def test_a_disabled_campaign_is_listed(asking: Callable[..., tuple[Asking, Sent]]) -> None:
    """And seen under a label of its own."""
    someone, _ = asking(
        lambda session, _: [discount(each) for each in session.get("evaluableCampaignIds", ())],
        Trigger("off", campaign=31, disabled=True),
    )

    assert {DISABLED: ["off"]} == look(someone).record()["seen"]


def test_a_card_that_no_session_may_have_is_left_out(asking: Callable[..., tuple[Asking, Sent]]) -> None:
    """Where the plain session is refused with the card, and not without, that costs one request more."""
    someone, sent = asking(
        lambda session, _: 400 if "loyaltyCards" in session else marked(session, _),
        MARK,
        bindings=Bindings(populated_card="card"),
    )
    seen = look(someone)

    assert {"setDiscount": ["mark"]} == seen.record()["seen"]
    assert [True, False, False] == ["loyaltyCards" in session_of(request) for request in sent]


def test_a_customer_with_points_is_the_one_that_is_bound(asking: Callable[..., tuple[Asking, Sent]]) -> None:
    """Where the trigger asks for one; nothing is written on him, for the call is dry."""
    someone, sent = asking(
        lambda *_: [], Trigger("spend", with_points=True), bindings=Bindings(populated_profile="rich")
    )
    look(someone)

    assert [False, True] == [session_of(request)["profileId"] == "rich" for request in sent]


def test_what_the_target_refuses_is_told_apart(asking: Callable[..., tuple[Asking, Sent]]) -> None:
    """A session that it does not take is a mistake in the file; one that shows nothing need not be."""
    someone, _ = asking(lambda session, _: 400 if "attributes" in session else [], MARK)
    seen = look(someone)

    assert {"mark": "the session is answered 400 no"} == seen.refused
    assert {} == seen.silent


def test_nothing_is_sent_where_only_reads_are_allowed(asking: Callable[..., tuple[Asking, Sent]]) -> None:
    """The guard holds whatever is tried."""
    someone, sent = asking(marked, MARK, limit=Footprint.READ)
    seen = look(someone)

    assert ([], 0, {}) == (sent, seen.requests, seen.fired)
    assert {"mark": "it could not be tried"} == seen.silent


def test_one_process_looks_and_the_others_wait(tmp_path: Path) -> None:
    """What the first one saw is what all know; it looks once."""
    script = (
        "import sys, pathlib; from talonproof.run.looking import seen_once; from talonproof.run.effects import Seen\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "def look():\n"
        "    with (folder / 'looks').open('a') as looks: looks.write('x')\n"
        "    return Seen(requests=7)\n"
        "print(seen_once(folder, look).requests)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]

    assert ["7\n"] * 3 == [process.communicate()[0] for process in running]
    assert "x" == (tmp_path / "looks").read_text()
    assert Seen(requests=7) == seen_before(tmp_path)


def test_who_fails_to_look_leaves_it_to_the_next(tmp_path: Path) -> None:
    """Nothing is known then."""

    def fail() -> Seen:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seen_once(tmp_path, fail)

    assert None is seen_before(tmp_path)
    assert Seen(requests=1) == seen_once(tmp_path, lambda: Seen(requests=1))
