"""One harmless read tells a target from everything else that may listen on a port."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from talonproof.errors import GuardError, TargetError
from talonproof.http import client
from talonproof.http.preflight import preflight
from talonproof.target import Keys, Target

JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html; charset=utf-8"}


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the second attempt."""
    monkeypatch.setattr(client, "RETRY_PAUSES", (0.0, 0.0))


def check(recorder: Any, contract: Any, reply: tuple[int, dict[str, str], bytes], **options: Any) -> None:
    """The preflight of a target that always gives this reply."""
    recorder.default = reply
    preflight(Target(recorder.url, ""), Keys("k3y-k3y-k3y"), contract, "r1", **options)


@pytest.mark.parametrize(
    "reply",
    [
        (400, JSON, b'{"message":"no such session"}'),
        (404, JSON, b'{"message":"no such session"}'),
        (404, JSON, b'{"StatusCode":404}'),
        (404, {}, b'{"errors":[]}'),
        (200, JSON, b'{"customerSession":{}}'),
        (200, JSON, b"[]"),
        (400, {}, b""),
        (204, {}, b""),
        (500, HTML, b"<html>"),
        (501, {}, b""),
    ],
)
def test_api_passes_broken_or_not(recorder: Any, contract: Any, reply: tuple[int, dict[str, str], bytes]) -> None:
    """What may be this API is let through: judging it is not the preflight's business."""
    check(recorder, contract, reply)

    (sent,) = recorder.requests
    assert ("GET", "/v2/customer_sessions/tp-r1-preflight-0") == (sent.method, sent.target)


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ((404, HTML, b"<html>not found</html>"), "text/html that is not JSON"),
        ((200, HTML, b"<html>welcome</html>"), "text/html that is not JSON"),
        ((200, {}, b"hello"), "something that is not JSON"),
        ((404, {}, b""), "knows no customer sessions"),
        ((404, JSON, b'{"detail":"Not Found"}'), "knows no customer sessions"),
        ((404, JSON, b"[]"), "knows no customer sessions"),
        ((301, {"location": "https://elsewhere/"}, b""), "redirects to https://elsewhere/"),
        ((502, {}, b""), "cannot be tested now: it answers 502"),
        ((429, {"retry-after": "0"}, b""), "cannot be tested now: it answers 429"),
    ],
)
def test_something_else_stops_the_run(
    recorder: Any, contract: Any, reply: tuple[int, dict[str, str], bytes], says: str
) -> None:
    """Exit 3, one line, with the address and what was seen."""
    with pytest.raises(TargetError) as caught:
        check(recorder, contract, reply)

    assert 3 == caught.value.exit_code
    assert says in str(caught.value)
    assert recorder.url in str(caught.value)
    assert "\n" not in str(caught.value)


def test_wrong_key_is_a_matter_of_configuration(recorder: Any, contract: Any) -> None:
    """Exit 2; the variable is named, the key is not."""
    with pytest.raises(TargetError) as caught:
        check(recorder, contract, (401, JSON, json.dumps({"message": "k3y-k3y-k3y"}).encode()))

    assert 2 == caught.value.exit_code
    assert f"the key in TALONPROOF_API_KEY is not accepted by {recorder.url} (it answers 401)" == str(caught.value)


def test_key_may_be_called_otherwise(recorder: Any, contract: Any) -> None:
    """Where no variable is set, the error says which key was used."""
    with pytest.raises(TargetError, match="the default key is not accepted"):
        check(recorder, contract, (401, JSON, b"{}"), key="the default key")


def test_nobody_at_home(contract: Any) -> None:
    """A port where nothing listens: exit 3, one line."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}"
    with pytest.raises(TargetError, match=f"nothing answers at {url}: connect: ") as caught:
        preflight(Target(url, ""), Keys("k"), contract, "r1")

    assert 3 == caught.value.exit_code
    assert "\n" not in str(caught.value)


def test_other_host_is_not_asked(contract: Any) -> None:
    """The guard holds for the preflight too."""
    with pytest.raises(GuardError):
        preflight(Target("http://example.com", ""), Keys("k"), contract, "r1")


@pytest.mark.parametrize("end", ["/v2", "/v1/"])
def test_an_address_that_goes_too_far_is_told(recorder: Any, contract: Any, end: str) -> None:
    """Where everything is 404, with a key and without, and the address ends as the paths begin."""
    recorder.default = (404, JSON, b'{"message":"There is nothing at this path."}')
    with pytest.raises(TargetError, match="nothing of the API is at") as found:
        preflight(Target(recorder.url + end, ""), Keys("k3y-k3y-k3y"), contract, "r1")

    assert found.value.hint.endswith(f"try {recorder.url}")
    assert ["k3y" in str(sent.headers) for sent in recorder.requests] == [True, False]


def test_an_api_behind_such_a_path_passes(recorder: Any, contract: Any) -> None:
    """One that wants a key is there, whatever the address ends with."""
    recorder.replies = [(404, JSON, b'{"message":"no such session"}'), (401, JSON, b'{"message":"no key"}')]

    assert 2 == preflight(Target(recorder.url + "/v2", ""), Keys("k3y-k3y-k3y"), contract, "r1")
