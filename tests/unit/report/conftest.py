"""Builds streams: small, complete, and as ``run`` writes them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from talonproof.report.reading import parse_stream
from talonproof.report.records import Stream

Record = dict[str, Any]

CLOSED_THEN_OPEN = "sessions/test_transitions.py::test_transition[T18]"
PAGE = "pagination/test_pages.py::test_above_the_maximum"
DRY = "dry_run/test_sessions.py::test_dry_update"
TWICE = "sessions/test_transitions.py::test_transition[T19]"
BINDING = "pagination/test_pages.py::test_status_filter"
DEPTH = "sessions/test_machine.py::test_machine"

RUN_ENUMS = frozenset(
    {"type", "verdict", "reason", "level", "depth", "max_footprint", "footprint", "started", "ended", "when"}
)
"""Members of the stream whose text is one of a list, or a moment."""


class Build:
    """Records of a stream; each method takes what shall differ."""

    def requirement(self, name: str, level: str = "must", **changes: Any) -> Record:
        """A row of the catalogue."""
        row = {
            "id": name, "area": name[:3], "rules": ["R1a"], "level": level, "text": f"The clause `{name}` holds.",
            "sources": [{"key": "S0", "place": "updateCustomerSessionV2, description", "inferred": level == "should"}],
            "operations": ["updateCustomerSessionV2"], "untestable": "", "waits": "",
        }  # fmt: skip
        return row | changes

    def planned(self, name: str, requirements: Iterable[str], **changes: Any) -> Record:
        """A case of the plan."""
        row = {
            "id": name, "suite": name.partition("/")[0], "title": name.partition("::")[2].replace("_", " "),
            "about": "What it says is true.", "requirements": list(requirements), "also": [], "footprint": "create",
            "needs": [], "requests": 4, "examples": 1, "planned": True, "verdict": None, "reason": None, "detail": "",
        }  # fmt: skip
        return row | changes

    def header(self, **changes: Any) -> Record:
        """A header that plans nothing."""
        header = {
            "type": "header", "version": 1, "run": "20261120-110000-ab12", "talonproof": "0.1.0",
            "started": "2026-11-20T11:00:00.000000Z",
            "target": {
                "name": "embedded emulator", "url": "http://127.0.0.1:41234", "loopback": True, "embedded": True,
            },
            "edition": "2025-01", "edition_from": {"how": "own", "why": "", "signs": [], "looks": 1}, "unsettled": [],
            "depth": "release", "seed": 4711, "workers": 2, "strict": False, "min_judged": 0.0,
            "max_footprint": "destructive", "select": [], "faults": [], "requests": 24, "requirements": [], "cases": [],
            "passive": [], "matrix": [],
        }  # fmt: skip
        return header | changes

    def exchange(self, number: int = 0, **changes: Any) -> Record:
        """An update of a session that was accepted."""
        path = "/v2/customer_sessions/tp-20261120-110000-ab12-gw0-1"
        exchange = {
            "number": number, "operation": "updateCustomerSessionV2", "credential": "live", "method": "PUT",
            "url": f"http://127.0.0.1:41234{path}", "path": path,
            "request_headers": {"authorization": "ApiKey-v1 [redacted]", "content-type": "application/json"},
            "request_body": '{"customerSession": {"state": "open"}}', "status": 200,
            "response_headers": {"content-type": "application/json"},
            "response_body": '{"customerSession": {"state": "open", "total": 1.50}, "effects": []}',
            "started": 1795172400.0 + number, "seconds": 0.004, "failure": "",
        }  # fmt: skip
        return exchange | changes

    def finding(self, requirement: str, verdict: str = "fail", **changes: Any) -> Record:
        """A requirement found broken, with the two exchanges that show it."""
        finding = {
            "fingerprint": requirement.encode().hex()[:12].rjust(12, "0"), "requirement": requirement,
            "level": "should" if verdict == "warn" else "must", "operation": "updateCustomerSessionV2",
            "check": "transition", "pointer": "/customerSession/state",
            "message": "closed, then PUT open: answered 200, expected a 4xx", "verdict": verdict,
            "exchanges": [self.exchange(0), self.exchange(1)],
            "curl": "curl -sS -i 'http://127.0.0.1:41234/v2/customer_sessions/a'\ncurl -sS -i 'http://127.0.0.1/b'",
            "example": None,
        }  # fmt: skip
        return finding | changes

    def case(self, name: str, verdict: str = "pass", **changes: Any) -> Record:
        """A case that finished."""
        case = {
            "type": "case", "id": name, "worker": "gw0", "verdict": verdict, "reason": None, "detail": "",
            "started": 1795172401.0, "seconds": 0.25, "requests": {"planned": 4, "sent": 4, "extra": 0},
            "evidence": {}, "findings": [], "observations": [], "receipt": {"created": {"sessions": 1}, "restored": {}},
        }  # fmt: skip
        return case | changes

    def footer(self, verdict: str = "pass", code: int = 0, **changes: Any) -> Record:
        """An end."""
        footer = {
            "type": "footer", "ended": "2026-11-20T11:00:21.400000Z", "seconds": 21.4, "verdict": verdict,
            "exit_code": code, "interrupted": False, "problems": [], "requests": {"sent": 16, "extra": 3},
            "receipt": {
                "sent": 19, "created": {"sessions": 4}, "consumed": {"sessions closed": 2}, "restored": {},
                "left_behind": {"sessions": 4}, "possible": {"profiles": 1},
            },
            "requirements": {},
        }  # fmt: skip
        return footer | changes

    def sample(self) -> list[Record]:
        """A run that broke a must and a should, and has something of everything else."""
        header = self.header(
            requirements=[
                self.requirement("SES-118", "should"),
                self.requirement("SES-218"),
                self.requirement("SES-119", "observe", sources=[]),
                self.requirement("SES-219"),
                self.requirement("SES-061", "observe", untestable="Only the Campaign Manager shows it."),
                self.requirement("SES-059", waits="engine"),
                self.requirement("DRY-002"),
                self.requirement("PAG-010", "should"),
                self.requirement("PAG-004"),
                self.requirement("ERR-013"),
                self.requirement("ERR-003"),
            ],
            cases=[
                self.planned(CLOSED_THEN_OPEN, ["SES-118", "SES-218"]),
                self.planned(TWICE, ["SES-119", "SES-219"]),
                self.planned(DRY, ["DRY-002"]),
                self.planned(PAGE, ["PAG-010"]),
                self.planned(
                    BINDING, ["PAG-004"], planned=False, verdict="unsupported", reason="binding",
                    detail="the target binds no profile_program", requests=0,
                ),
                self.planned(
                    DEPTH, ["SES-219"], planned=False, verdict="not-run", reason="depth",
                    detail="not part of the depth release", requests=0,
                ),
            ],
            passive=["ERR-013", "ERR-003"],
            verified=[
                {
                    "requirement": "PAG-004", "verdict": "pass", "when": "2026-11-13T09:00:00.000000Z",
                    "run": "20261113-090000-cd34", "target": "embedded emulator",
                },
            ],
            matrix=[
                {"row": "T18", "from": "closed", "action": "PUT open", "status": "SES-118", "state": "SES-218"},
                {"row": "T19", "from": "closed", "action": "PUT closed", "status": "SES-119", "state": "SES-219"},
            ],
        )  # fmt: skip
        return [
            header,
            self.case(
                CLOSED_THEN_OPEN, "fail", requests={"planned": 4, "sent": 4, "extra": 3},
                evidence={"SES-118": 1, "SES-218": 1, "ERR-013": 4},
                exercised={
                    "SES-118": {"exchanges": 1, "shapes": ["0a0a0a0a"], "transitions": ["closed → open"]},
                    "SES-218": {"exchanges": 2, "shapes": ["0a0a0a0a", "1b1b1b1b"], "transitions": ["closed → open"]},
                    "ERR-013": {"exchanges": 4, "shapes": ["0a0a0a0a", "1b1b1b1b"], "effects": ["acceptCoupon"]},
                },
                findings=[
                    self.finding("SES-118", "warn", pointer="", check="transition-status"),
                    self.finding("SES-218", message="stored as open, expected closed"),
                ],
            ),
            self.case(
                TWICE, evidence={"SES-119": 1, "SES-219": 2, "ERR-013": 3},
                observations=[{"requirement": "SES-119", "note": "answered 400"}],
            ),
            self.case(DRY, evidence={"DRY-002": 5, "ERR-013": 4}),
            self.case(PAGE, evidence={"PAG-010": 3}),
            self.footer("fail", 1),
        ]  # fmt: skip

    def lines(self, records: Iterable[Mapping[str, Any]]) -> str:
        """The text of a stream."""
        return "".join(json.dumps(record) + "\n" for record in records)

    def stream(self, *records: Mapping[str, Any]) -> Stream:
        """The records as ``report`` reads them."""
        return parse_stream(self.lines(records).splitlines())

    def poisoned(self, records: Iterable[Record], text: str) -> list[Record]:
        """The records with a text after every text of theirs that is not empty, keys of free objects included."""
        return [self._poison(record, text) for record in records]

    def _poison(self, value: Any, text: str, name: str = "") -> Any:
        match value:
            case dict():
                free = name in {
                    "evidence", "exercised", "created", "consumed", "left_behind",
                    "request_headers", "response_headers",
                }  # fmt: skip
                return {(key + text if free else key): self._poison(item, text, key) for key, item in value.items()}
            case list():
                return [self._poison(item, text, name) for item in value]
            case str():
                return value if name in RUN_ENUMS or not value else value + text
            case _:
                return value


@pytest.fixture(scope="session")
def build() -> Build:
    """Records of streams."""
    return Build()
