"""A run is not disturbed by colleagues at work on the same account, at any seed.

Slow: ``make colleagues`` runs ten seeds at release depth, and the tests take a sample of it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import httpx

from talonproof.emulator import serve
from tests.misbehaving.target import environment, target_file

PAUSE = 0.02
"""Seconds between two of the colleague's calls: as many as a run makes, on a slow machine."""

GREEN = frozenset({"pass", "observed", "unsupported"})
"""The verdicts of cases that neither accuse nor failed."""

Call = tuple[str, str, dict[str, Any]]


class Colleague:
    """A second client of the account, that changes what is its own, and reserves the coupons of the pool as well."""

    def __init__(self, url: str, seed: int) -> None:
        self.answered: Counter[tuple[str, int]] = Counter()
        self.failed = ""
        self._random = Random(seed)
        self._client = httpx.Client(base_url=url, headers={"authorization": f"ApiKey-v1 {serve.LIVE_KEY}"})
        self._world = tomllib.loads(serve.default_target())

    def work(self, stop: threading.Event) -> None:
        """Calls until it is told to stop."""
        with self._client as client:
            while not stop.wait(PAUSE):
                method, path, body = self._next()
                try:
                    answer = client.request(method, path, json=body)
                except httpx.HTTPError as error:
                    self.failed = repr(error)
                    return
                self.answered[method + path.rpartition("/")[0], answer.status_code] += 1

    def _next(self) -> Call:
        """Any of the things that a shop does: carts, coupons, points, gifts, profiles, events, reservations."""
        me = f"colleague-{self._random.randrange(30)}"
        session = f"colleague-session-{self._random.randrange(200)}"
        coupon = self._random.choice(self._world["pools"]["coupons"])
        bindings = self._world["bindings"]
        cart = [{"name": "Mug", "sku": "colleague-mug", "quantity": self._random.randint(1, 3), "price": 9.5}]
        reserved = ("/v1/coupon_reservations/" + coupon, {"integrationIDs": [me]})
        update = {"profileId": me, "cartItems": cart, "state": self._random.choice(["open", "closed", "cancelled"])}
        marked = self._random.choice(self._world["triggers"]).get("session", {}).get("attributes", {})
        calls: tuple[Call, ...] = (
            ("POST", *reserved),
            ("POST", *reserved),
            ("DELETE", *reserved),
            ("PUT", "/v2/customer_sessions/" + session, {"customerSession": update}),
            ("PUT", "/v2/customer_sessions/" + session, {"customerSession": update | {"couponCodes": [coupon]}}),
            ("PUT", "/v2/customer_sessions/" + session, {"customerSession": update | {"attributes": marked}}),
            ("PUT", "/v2/customer_profiles/" + me, {"attributes": {bindings["profile_attribute"]: session}}),
            ("POST", "/v2/events", {"profileId": me, "type": bindings["event_type"], "attributes": {}}),
        )
        return self._random.choice(calls)


@contextmanager
def at_work(url: str, seed: int) -> Generator[Colleague]:
    """A colleague who works in a thread of this process meanwhile."""
    colleague, stop = Colleague(url, seed), threading.Event()
    thread = threading.Thread(target=colleague.work, args=(stop,), daemon=True)
    thread.start()
    try:
        yield colleague
    finally:
        stop.set()
        thread.join()


def disturbed(seed: int, folder: Path, *select: str, depth: str = "release", workers: int = 2) -> list[str]:
    """What is wrong with a run of the healthy emulator while a colleague works; nothing, if all is well."""
    with serve.start() as emulator, at_work(emulator.url, seed) as colleague:
        file = target_file(folder, emulator.url, {})
        command = [sys.executable, "-m", "talonproof", "run", "--target", str(file), "--seed", str(seed)]
        command += ["--depth", depth, "-n", str(workers), "--report", str(folder / "run")]
        command += ["--max-footprint", "destructive"]
        command += [word for name in select for word in ("--select", name)]
        done = subprocess.run(
            command, env={**os.environ, **environment()}, capture_output=True, text=True, check=False, cwd=folder
        )
    wrong: list[str] = []
    if done.returncode:
        wrong.append(f"exit {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    stream = [json.loads(line) for line in (folder / "run" / "run.ndjson").read_text().splitlines()]
    cases = {record["id"]: record for record in stream if record["type"] == "case"}
    planned = {case["id"] for case in stream[0]["cases"] if case["planned"]}
    wrong += [f"{name} has no verdict" for name in sorted(planned - cases.keys())]
    wrong += [
        f"{case['id']}: {case['verdict']} {case['detail']} {[found['message'] for found in case['findings']]}"
        for case in cases.values()
        if case["verdict"] not in GREEN
    ]
    if colleague.failed:
        wrong.append(f"the colleague went away: {colleague.failed}")
    accepted = {call for (call, status), count in colleague.answered.items() if status < 300 and count}
    if len(accepted) < len(CALLS):
        wrong.append(f"the colleague did too little: {dict(colleague.answered)}")
    calls = colleague.answered.total()
    say(f"seed {seed}: {len(cases)} cases, {calls} calls of the colleague, {len(wrong)} things wrong")
    return wrong


CALLS = frozenset(
    {
        "POST/v1/coupon_reservations",
        "DELETE/v1/coupon_reservations",
        "PUT/v2/customer_sessions",
        "PUT/v2/customer_profiles",
        "POST/v2",
    }
)
"""What a colleague does; each kind has to have been accepted for a run to prove anything."""


def say(line: str) -> None:
    """Writes a line at once: the next one may take minutes."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Runs so many seeds; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    asked = parser.parse_args()
    wrong: list[str] = []
    for seed in range(1, asked.seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            wrong += [f"seed {seed}: {told}" for told in disturbed(seed, Path(folder))]
    for told in wrong:
        say(told)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
