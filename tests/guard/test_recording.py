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
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from talonproof.emulator import serve

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
    left_open: set[str] = field(default_factory=set[str])

    def level(self, came: Any, reply: Any) -> tuple[str, str]:
        """How far a request would go if the server accepted it, whatever its key, and why."""
        parts = urlsplit(came.target)
        call = f"{came.method} {parts.path}"
        if came.method == "GET":
            return "read", call
        kind, place = next(
            ((kind, found) for kind, pattern in WRITES.items() if (found := re.fullmatch(pattern, call))), ("?", None)
        )
        if place is None:
            return "destructive", f"{call} is no call of the API"
        query = parse_qs(parts.query, keep_blank_values=True)
        body, readable = self._body(came.body)
        named = [(kind, unquote(value)) for kind, value in place.groupdict().items()]
        named += [(NAMES[name], value) for name, value in members(body) if name in NAMES and kind != "new audience"]
        strangers = [f"{kind} {value}" for kind, value in named if not self._may_write(kind, value)]
        if self._is_dry(kind, query):
            return "dry", call
        if strangers:
            return "destructive", f"{call} names {', '.join(strangers)}"
        level = self._of_write(kind, query, body, place, readable=readable)
        self._remember(kind, body, reply, place)
        return level, call

    def _body(self, text: bytes) -> tuple[Any, bool]:
        try:
            return json.loads(text or b"{}"), True
        except ValueError:
            return {}, False

    def _is_dry(self, kind: str, query: dict[str, list[str]]) -> bool:
        if query.get("dry") != ["true"]:
            return False
        return kind in {"session", "return", "event"} or (kind == "profile" and query.get("runRuleEngine") == ["true"])

    def _of_write(
        self, kind: str, query: dict[str, list[str]], body: Any, place: re.Match[str], *, readable: bool
    ) -> str:
        found = dict(members(body))
        match kind:
            case "session":
                state = found.get("state", "open")
                may_stay_open = state == "open" or (state == "cancelled" and place["session"] in self.left_open)
                codes = found.get("couponCodes") or found.get("referralCode")
                return "create" if readable and may_stay_open and not codes else "consume"
            case "profile":
                return "create" if query.get("runRuleEngine", ["false"]) == ["false"] else "consume"
            case "catalog":
                return (
                    "create"
                    if readable and all(self._own_items(action) for action in body["actions"])
                    else "destructive"
                )
            case _:
                return "consume" if kind in USES_UP else "create"

    def _own_items(self, action: Any) -> bool:
        payload = action.get("payload", {})
        if action["type"] in {"ADD", "PATCH", "REMOVE"}:
            return self.own(payload["sku"])
        return any(each["op"] == "EQ" and self.own(each["value"]) for each in payload.get("filters", []))

    def _remember(self, kind: str, body: Any, reply: Any, place: re.Match[str]) -> None:
        answer = self._body(reply.body)[0] if reply.status < 300 else {}
        match kind:
            case "session" | "reopen":
                state = answer.get("customerSession", {}).get("state")
                (self.left_open.add if state == "open" else self.left_open.discard)(place["session"])
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
        if kind == "audience":  # nobody has an audience without a positive number
            return not re.search(r"[1-9]", str(value)) or str(value).startswith("-")
        return value in ("", None)


def members(value: Any) -> Iterable[tuple[str, Any]]:
    """Every member of a JSON value, however deep, with lists taken apart."""
    match value:
        case dict():
            for name, member in value.items():
                for item in member if isinstance(member, list) else [member]:
                    yield name, item
                    yield from members(item)
        case list():
            for item in value:
                yield from members(item)
        case _:
            return


@dataclass(frozen=True)
class Recorded:
    """A run that went through a relay."""

    code: int
    told: str
    stream: list[dict[str, Any]]
    passed: list[tuple[Any, Any]]

    @property
    def levels(self) -> list[tuple[str, str, bool]]:
        """How far each request would go, why, and whether it bears the right key."""
        reading = Reading(self.stream[0]["run"])
        key = f"ApiKey-v1 {serve.LIVE_KEY}"
        return [(*reading.level(*each), each[0].headers.get("authorization") == key) for each in self.passed]

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict of each requirement."""
        return {name: state["verdict"] for name, state in self.stream[-1]["requirements"].items()}


def run(folder: Path, between: Any, *arguments: str | Path) -> Recorded:
    """Runs talonproof through a relay; what the preflight sent is part of it."""
    command = [sys.executable, "-m", "talonproof", "run", "--seed", "1", "--report", str(folder), *map(str, arguments)]
    environment = {**os.environ, "TALONPROOF_API_KEY": serve.LIVE_KEY}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    stream = [json.loads(line) for line in (folder / "run.ndjson").read_text().splitlines()]
    return Recorded(done.returncode, done.stdout + done.stderr, stream, list(between.passed))


@pytest.fixture
def target_file(tmp_path: Path) -> Callable[..., Path]:
    """A target file that binds what the default world holds."""

    def write(url: str, more: str = "") -> Path:
        file = tmp_path / "target.toml"
        bound = [line for line in serve.default_target().splitlines() if not re.match(r"\w+_key\b", line)]
        file.write_text("\n".join([f'[target]\nurl = "{url}"', more, *bound]), encoding="utf-8")
        return file

    return write


PAGES = {f"PAG-{number:03}" for number in range(1, 18)}
READS = {"SES-108", "SES-208", "SES-116", "SES-127"}
"""The clauses of reading a session: unknown, open, closed."""

DRY = {"DRY-001", "DRY-002", "DRY-003", "DRY-008", "DRY-011"}
"""R52, R53, R54, R59, R62: what a dry update, return or event leaves as it was, on own ids and on bound sessions."""


@pytest.mark.parametrize(
    ("limit", "judged"), [("read", PAGES | READS), ("dry", PAGES | READS | DRY), ("create", PAGES | READS | DRY), ("consume", PAGES | READS | DRY)]
)  # fmt: skip
def test_nothing_above_the_limit_arrives(
    relay: Callable[..., Any],
    target_file: Callable[..., Path],
    tmp_path: Path,
    limit: str,
    judged: set[str],
) -> None:
    """Of every suite at release depth, only what the limit allows is ever sent, with a wrong key as with the right one.

    What can be judged within the limit is judged all the same.
    """
    with serve.start() as emulator, relay(emulator.url) as between:
        place = ("--target", target_file(between.url), "-n", "2" if limit == "consume" else "0")
        recorded = run(tmp_path / "report", between, *place, "--depth", "release", "--max-footprint", limit)

    assert 0 == recorded.code, recorded.told
    levels = recorded.levels
    assert [] == [(level, why) for level, why, _ in levels if LEVELS.index(level) > LEVELS.index(limit)]
    assert limit in {level for level, _, _ in levels}
    assert limit in {level for level, _, right in levels if not right}
    assert {"pass", "observed"} >= {recorded.verdicts[name] for name in judged}
    assert {between.url.removeprefix("http://")} == {came.headers["host"] for came, _ in recorded.passed}
    left_out = [case for case in recorded.stream[0]["cases"] if not case["planned"]]
    assert {"footprint", "binding"} >= {case["reason"] for case in left_out} - {"edition"}
    ran = {case["suite"] for case in recorded.stream[0]["cases"] if case["planned"]}
    everything = {folder.name for folder in SUITES.iterdir() if any(folder.glob("test_*.py"))}
    assert everything == ran if limit == "consume" else everything >= ran
