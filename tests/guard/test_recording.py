"""What arrives at a target, seen from outside: nothing above the limit of the run, and nothing of anybody else.

The reading of each request here shares nothing with the guard: method and path, ``dry``, the ids it names, and the
state it asks for. It is that of the table of footprints in the fact sheet on the API.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from talonproof.emulator import serve
from talonproof.emulator.message import Reply, Request

LEVELS = ("read", "dry", "create", "consume", "destructive")
SUITES = Path(__file__).resolve().parents[2] / "suites"

WRITES = {
    "session": r"PUT /v2/customer_sessions/(?P<session>[^/]+)",
    "return": r"POST /v2/customer_sessions/(?P<session>[^/]+)/returns",
    "reopen": r"PUT /v2/customer_sessions/(?P<session>[^/]+)/reopen",
    "profile": r"PUT /v2/customer_profiles/(?P<profile>[^/]+)",
    "profiles": r"PUT /v2/customer_profiles",
    "new audience": r"POST /v2/audiences",
    "audience": r"(?:PUT|DELETE) /v2/audiences/(?P<audience>[^/]+)",
    "no members": r"DELETE /v2/audiences/(?P<audience>[^/]+)/memberships",
    "members": r"POST /v2/customer_audiences",
    "members' attributes": r"PUT /v2/audience_customers/(?P<audience>[^/]+)/attributes",
    "link": r"POST /v2/loyalty_programs/[^/]+/cards/(?P<card>[^/]+)/link_profile",
    "new card": r"POST /v1/loyalty_programs/[^/]+/cards",
    "event": r"POST /v2/events",
    "referral": r"POST /v1/referrals(?:_for_multiple_advocates)?",
    "erasure": r"DELETE /v1/customer_data/(?P<profile>[^/]+)",
    "reservation": r"POST /v1/coupon_reservations/[^/]+",
    "release": r"DELETE /v1/coupon_reservations/[^/]+",
    "catalog": r"PUT /v1/catalogs/[^/]+/sync",
}
"""The calls that write, by what they write."""

USES_UP = {"return", "reopen", "event", "referral", "reservation"}
"""Those that use something up whatever their body says."""

NAMES = {
    "profileId": "profile",
    "integrationId": "profile",
    "profileIntegrationId": "profile",
    "advocateProfileIntegrationId": "profile",
    "friendProfileIntegrationId": "profile",
    "advocateProfileIntegrationIds": "profile",
    "integrationIDs": "profile",
    "customerProfileIds": "profile",
    "audienceId": "audience",
    "adds": "audience",
    "deletes": "audience",
    "loyaltyCards": "card",
    "cardIdentifier": "card",
}
"""The members of bodies that name somebody's thing, and the kind of thing."""


@dataclass
class Reading:
    """Reads the requests of one run in their order, and remembers what the server gave to it."""

    run: str
    given: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    closed: set[str] = field(default_factory=set[str])

    def level(self, request: Request, reply: Reply) -> tuple[str, str]:
        """How far a request would go if the server accepted it, whatever its key, and what it is."""
        call = f"{request.method} {request.path}"
        if request.method == "GET":
            return "read", call
        found = ((kind, re.fullmatch(pattern, call)) for kind, pattern in WRITES.items())
        kind, place = next(((kind, match) for kind, match in found if match), ("?", None))
        if place is None:
            return "destructive", f"{call} is no call of the API"
        query = request.pairs()
        if is_dry(kind, query):
            return "dry", call
        body = request.document() if request.body else {}
        named = [(of, unquote(value)) for of, value in place.groupdict().items()]
        named += [(NAMES[name], value) for name, value in members(body) if name in NAMES and kind != "new audience"]
        strangers = [f"{of} {value}" for of, value in named if not self._may_write(of, value)]
        level = "destructive" if strangers else self._of_write(kind, query, body, place)
        self._remember(kind, level, reply, place)
        return level, " ".join([call, *strangers])

    def _of_write(self, kind: str, query: Sequence[tuple[str, str]], body: Any, place: re.Match[str]) -> str:
        found = dict(members(body))
        match kind:
            case "session":
                state = found.get("state") or "open"
                cancels = state == "cancelled" and place["session"] not in self.closed
                codes = found.get("couponCodes") or found.get("referralCode")
                return "create" if body is not None and (state == "open" or cancels) and not codes else "consume"
            case "profile":
                return "consume" if ("runRuleEngine", "true") in query else "create"
            case "catalog":
                actions = body.get("actions", []) if isinstance(body, dict) else [None]
                return "create" if all(map(self._own_items, actions)) else "destructive"
            case _:
                return "consume" if kind in USES_UP else "create"

    def _own_items(self, action: Any) -> bool:
        """Whether an action changes items of this run alone."""
        payload = dict(members(action))
        if payload.get("type") == "ADD" or "sku" in payload:
            return payload.get("sku", "") == "" or self.own(payload["sku"])
        filters = [dict(members(one)) for name, one in members(action) if name == "filters"]
        return any(one.get("op") == "EQ" and self.own(one.get("value")) for one in filters)

    def _remember(self, kind: str, level: str, reply: Reply, place: re.Match[str]) -> None:
        answer: Any = reply.document() if reply.ok else {}
        match kind:
            case "session" if level == "consume":
                self.closed.add(place["session"])
            case "new audience" if "id" in answer:
                self.given.add(("audience", str(answer["id"])))
            case "new card" if "identifier" in answer:
                self.given.add(("card", answer["identifier"]))
            case _:
                pass

    def own(self, value: object) -> bool:
        """Whether an id bears the name of this run."""
        return re.match(rf"tp-{self.run}-[a-z]+\d*-\d+", str(value)) is not None

    def _may_write(self, kind: str, value: object) -> bool:
        if self.own(value) or (kind, str(value)) in self.given:
            return True
        if kind == "audience":  # an audience has a positive number
            return re.search(r"[1-9]", str(value)) is None or str(value).startswith("-")
        return value in ("", None) or isinstance(value, bool | dict | list)  # what is no name is nobody's


def is_dry(kind: str, query: Sequence[tuple[str, str]]) -> bool:
    """Whether a write of a kind is only evaluated: its one ``dry`` is true, and the operation knows it."""
    if [value for name, value in query if name == "dry"] != ["true"]:
        return False
    return kind in {"session", "return", "event"} or (kind == "profile" and ("runRuleEngine", "true") in query)


def members(value: Any) -> Iterator[tuple[str, Any]]:
    """Every member of a JSON value, the outer ones last, with lists taken apart."""
    match value:
        case dict():
            for name, member in value.items():
                yield from members(member)
                for item in member if isinstance(member, list) else [member]:
                    yield name, item
        case list():
            for item in value:
                yield from members(item)
        case _:
            return


@dataclass(frozen=True)
class Seen:
    """A run against a recording server: how it ended, what it wrote, and what arrived."""

    code: int
    told: str
    stream: list[dict[str, Any]]
    passed: list[tuple[Request, Reply]]

    @property
    def levels(self) -> list[tuple[str, str, bool]]:
        """How far each request would go, what it is, and whether it bears the right key."""
        reading = Reading(self.stream[0]["run"])
        right = f"ApiKey-v1 {serve.LIVE_KEY}"
        return [(*reading.level(*each), each[0].headers.get("authorization") == right) for each in self.passed]

    def above(self, limit: str) -> list[tuple[str, str]]:
        """The requests that go further than a limit."""
        return [(level, call) for level, call, _ in self.levels if LEVELS.index(level) > LEVELS.index(limit)]

    @property
    def judged(self) -> set[str]:
        """The requirements that passed, or were observed."""
        states = self.stream[-1]["requirements"].items()
        return {name for name, state in states if state["verdict"] in {"pass", "observed"}}

    @property
    def suites(self) -> set[str]:
        """The suites with cases that ran."""
        return {case["suite"] for case in self.stream[0]["cases"] if case["planned"]}


@pytest.fixture
def judge(tmp_path: Path) -> Callable[..., Seen]:
    """Runs talonproof against a recording server, whose address may be written in another way, by a target file."""

    def run(server: Any, *arguments: str, host: str = "127.0.0.1") -> Seen:
        bound = [line for line in serve.default_target().splitlines() if not re.match(r"\w+_key\b", line)]
        url = server.url.replace("127.0.0.1", host)
        file = tmp_path / "target.toml"
        file.write_text("\n".join([f'[target]\nurl = "{url}"\nallowed_host = "{host}"', *bound]), encoding="utf-8")
        place = ("--target", str(file), "--report", str(tmp_path / "report"))
        done = subprocess.run(
            [sys.executable, "-m", "talonproof", "run", "--seed", "1", *place, *arguments],
            env={**os.environ, "TALONPROOF_API_KEY": serve.LIVE_KEY},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        told = done.stdout + done.stderr
        stream = tmp_path / "report" / "run.ndjson"
        assert stream.exists(), told
        records = [json.loads(line) for line in stream.read_text(encoding="utf-8").splitlines()]
        return Seen(done.returncode, told, records, list(server.passed))

    return run


PAGES = {f"PAG-{number:03}" for number in range(1, 18)}
READS = {"SES-108", "SES-208", "SES-116", "SES-127"}
"""The clauses of reading a session that is unknown, open, closed."""

DRY = {"DRY-001", "DRY-002", "DRY-003", "DRY-008", "DRY-011"}
"""What a dry update, return or event leaves as it was, on own ids and on the sessions that the target binds."""


@pytest.mark.parametrize(
    ("limit", "workers"), [(limit, "2" if limit == "consume" else "0") for limit in LEVELS[:-1]], ids=LEVELS[:-1]
)
def test_nothing_above_the_limit_arrives(
    recording: Callable[..., Any], judge: Callable[..., Seen], limit: str, workers: str
) -> None:
    """Of every suite at release depth only what the limit allows is sent, with another key as with the right one.

    What is written is the run's own; what can be judged within the limit is judged all the same.
    """
    with recording() as server:
        seen = judge(server, "-n", workers, "--depth", "release", "--max-footprint", limit)

    assert [] == seen.above(limit)
    assert 0 == seen.code, seen.told
    assert limit in {level for level, _, _ in seen.levels}
    assert limit in {level for level, _, right in seen.levels if not right}
    assert (PAGES | READS | (DRY if limit != "read" else set())) <= seen.judged
    if limit == "consume":
        assert {folder.name for folder in SUITES.iterdir() if any(folder.glob("test_*.py"))} == seen.suites


def test_another_host_than_this_machine_gets_dry_calls_at_most(
    recording: Callable[..., Any], judge: Callable[..., Seen]
) -> None:
    """What is not loopback by its name is somebody's account: without a flag, only reads and dry calls reach it."""
    with recording() as server:
        seen = judge(server, "-n", "0", "--depth", "smoke", host="0.0.0.0")  # noqa: S104 - leads here, and is no loopback address

    assert 0 == seen.code, seen.told
    assert not seen.stream[0]["target"]["loopback"]
    assert "dry" == seen.stream[0]["max_footprint"]
    assert [] == seen.above("dry")
    assert {"read", "dry"} == {level for level, _, _ in seen.levels}
    assert {"DRY-001", "DRY-002", "PAG-009"} <= seen.judged


def test_a_redirect_is_not_followed(recording: Callable[..., Any], judge: Callable[..., Seen]) -> None:
    """A target that sends a call elsewhere, in the middle of a run, does not send the key elsewhere."""
    with recording() as elsewhere:

        def astray(request: Request, reply: Reply) -> Reply:
            if request.method == "GET" and reply.status == 200:
                return Reply(307, {"location": f"{elsewhere.url}{request.target}"}, b"")
            return reply

        with recording(change=astray) as server:
            seen = judge(server, "-n", "0", "--depth", "smoke", "--select", "wiring", "--select", "pagination")

    assert 307 in {reply.status for _, reply in seen.passed}
    assert [] == elsewhere.passed
    assert 0 != seen.code


def test_everything_goes_to_the_address_of_the_target(
    recording: Callable[..., Any], judge: Callable[..., Seen]
) -> None:
    """Each request names the target as its host, and carries the key of the target or one that a case is about."""
    with recording() as server:
        seen = judge(server, "-n", "0", "--depth", "smoke", "--select", "errors")

    assert {server.url.removeprefix("http://")} == {request.headers["host"] for request, _ in seen.passed}
    assert f"ApiKey-v1 {serve.LIVE_KEY}" in {request.headers.get("authorization") for request, _ in seen.passed}
