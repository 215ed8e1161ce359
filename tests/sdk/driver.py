"""The SDK in a process of its own: a JSON line for each call comes in, a JSON line with what came of it goes out.

Started as ``python -I -S driver.py FOLDER URL``: of what is installed it sees the SDK's own folder and nothing else.
A value of the SDK is written as ``{"$model": name, "fields": {...}}``, a moment as ``{"$moment": "2030-01-01T…"}``.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
import sys
from typing import Any


def value(given: Any, sdk: Any) -> Any:
    """What a written value stands for."""
    if isinstance(given, list):
        return [value(inner, sdk) for inner in given]
    if not isinstance(given, dict):
        return given
    if "$moment" in given:
        return dt.datetime.fromisoformat(given["$moment"])
    if "$model" in given:
        return getattr(sdk, given["$model"])(**value(given["fields"], sdk))
    return {name: value(inner, sdk) for name, inner in given.items()}


class Wire:
    """What the SDK sent last, and what it got: all of its requests go through urllib3's pool."""

    def __init__(self, pool: Any) -> None:
        self._urlopen = pool.urlopen
        self.exchange: dict[str, Any] = {"sent": None, "status": None, "received": None}
        pool.urlopen = self.urlopen

    def urlopen(self, method: str, url: str, **rest: Any) -> Any:
        """Sends a request, and writes both sides down."""
        body = rest.get("body")
        self.exchange["sent"] = {
            "method": method,
            "url": url,
            "headers": dict(rest.get("headers") or {}),
            "body": json.loads(body) if body else None,
        }
        response = self._urlopen(method, url, **rest)
        self.exchange["status"] = response.status
        self.exchange["received"] = json.loads(response.data) if response.data else None
        return response


def outcome(line: dict[str, Any], sdk: Any, url: str) -> dict[str, Any]:
    """What came of a call: the exchange, and either the SDK's value, by the names of the wire, or its exception."""
    configuration = sdk.Configuration(
        host=url, api_key={"Authorization": line["key"]}, api_key_prefix={"Authorization": "ApiKey-v1"}
    )
    configuration.retries = False  # what fails once is to be seen
    client = sdk.ApiClient(configuration)
    wire = Wire(client.rest_client.pool_manager)
    answer, raised = None, None
    try:
        method = getattr(sdk.IntegrationApi(client), line["method"])
        answer = method(*value(line["arguments"], sdk), **value(line["options"], sdk))
        if line["options"].get("_preload_content") is False:
            answer = None  # the response itself, as urllib3 has it
    except Exception as error:  # noqa: BLE001  # whatever it is, the test is told and decides
        raised = {"type": type(error).__name__, "message": str(error), "status": getattr(error, "status", None)}
    return {**wire.exchange, "answer": client.sanitize_for_serialization(answer), "raised": raised}


def main(folder: str, url: str) -> None:
    """Answers line by line until its standard input is closed."""
    sys.path.insert(0, folder)
    sdk = importlib.import_module("talon_one")
    for line in sys.stdin:
        sys.stdout.write(json.dumps(outcome(json.loads(line), sdk, url)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
