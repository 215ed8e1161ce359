"""A curl line says the request again, to any POSIX shell."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talonproof.http.curl import commands, curl
from talonproof.http.exchange import Call, Credential, Exchange
from talonproof.target import Keys

KEYS = Keys("live-0123456789", "expired-0123456789", "other-0123456789", "test-0123456789")
VARIABLES = {
    "TALONPROOF_API_KEY": KEYS.live,
    "TALONPROOF_EXPIRED_KEY": KEYS.expired,
    "TALONPROOF_OTHER_APPLICATION_KEY": KEYS.other_application,
    "TALONPROOF_TEST_KEY": KEYS.test,
}


MATTER = ("accept", "authorization", "content-type", "content-length")


def exchange(
    *,
    method: str = "PUT",
    url: str = "http://127.0.0.1:1/x",
    body: bytes | None = None,
    credential: Credential = Credential.LIVE,
    headers: dict[str, str] | None = None,
) -> Exchange:
    """An exchange whose answer does not matter."""
    call = Call("updateCustomerSessionV2", credential=credential)
    return Exchange(0, call, method, url, "/x", headers or {}, body, 200, {}, b"", 0.0, 0.0)


def shell(script: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """What a shell makes of a script, with no proxy set but these variables."""
    environment = {"PATH": os.environ["PATH"], **VARIABLES, **variables}
    return subprocess.run(
        ["sh", "-s"],  # noqa: S607 - whichever shell there is
        input=script.encode(),
        capture_output=True,
        env=environment,
        check=False,
        timeout=20,
    )


def words_of(line: str) -> list[str]:
    """The arguments that curl is given, with the variables in place."""
    printing = line.replace("curl ", "printf '%s\\0' ", 1) if " | curl " not in line else line.split(" | ", 1)[1]
    return shell(printing.replace("curl ", "printf '%s\\0' ", 1)).stdout.decode().split("\0")[:-1]


def headers_of(line: str) -> dict[str, str]:
    """The headers that the line gives a value."""
    words = words_of(line)
    pairs = [words[at + 1].partition(":") for at, word in enumerate(words) if word == "-H"]
    return {name.lower(): value.strip() for name, _, value in pairs if value.strip()}


def body_of(line: str) -> bytes:
    """The bytes that the line sends as body."""
    words = words_of(line)
    if "--data-binary" not in words:
        return b""
    if words[words.index("--data-binary") + 1] == "@-":
        return shell(line.split(" | curl ", 1)[0]).stdout
    return words[words.index("--data-binary") + 1].encode()


@pytest.mark.parametrize(
    ("credential", "expected"),
    [
        (Credential.LIVE, '-H "Authorization: ApiKey-v1 $TALONPROOF_API_KEY"'),
        (Credential.LONGER, '-H "Authorization: ApiKey-v1 $TALONPROOF_API_KEY-and-more"'),
        (Credential.BARE, '-H "Authorization: $TALONPROOF_API_KEY"'),
        (Credential.BEARER, '-H "Authorization: Bearer $TALONPROOF_API_KEY"'),
        (Credential.WRONG, "-H 'Authorization: ApiKey-v1 talonproof-wrong-key'"),
        (Credential.EXPIRED, '-H "Authorization: ApiKey-v1 $TALONPROOF_EXPIRED_KEY"'),
        (Credential.OTHER_APPLICATION, '-H "Authorization: ApiKey-v1 $TALONPROOF_OTHER_APPLICATION_KEY"'),
        (Credential.TEST, '-H "Authorization: ApiKey-v1 $TALONPROOF_TEST_KEY"'),
    ],
)
def test_keys_are_read_from_variables(credential: Credential, expected: str) -> None:
    """Each key has a variable; the wrong one is public and stands there itself."""
    assert expected in curl(exchange(credential=credential))


def test_absent_key_is_absent() -> None:
    """No Authorization header at all."""
    assert "uthorization" not in curl(exchange(credential=Credential.ABSENT))


@given(
    url=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=30),
    body=st.one_of(st.none(), st.binary(max_size=60), st.text(max_size=60).map(lambda t: t.encode("utf-8", "replace"))),
    content_type=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=10),
)
@settings(max_examples=60)
def test_any_exchange_becomes_one_line_that_a_shell_understands(
    url: str, body: bytes | None, content_type: str
) -> None:
    """The line parses, and its last word is the address whatever it holds."""
    line = curl(exchange(url="http://127.0.0.1/" + url, body=body, headers={"content-type": content_type}))

    assert "\n" not in line
    assert "http://127.0.0.1/" + url == shlex.split(line)[-1]
    assert 0 == subprocess.run(["bash", "-n", "-c", line], check=False, timeout=20).returncode  # noqa: S607
    assert "http://127.0.0.1/" + url == words_of(line)[-1]


@given(body=st.binary(max_size=80))
@settings(max_examples=60)
def test_body_that_is_no_plain_text_goes_through_printf(body: bytes) -> None:
    """The shell writes exactly the bytes of the body, into curl or as its argument."""
    line = curl(exchange(body=body, url="http://127.0.0.1/"))

    assert body == body_of(line)


@pytest.mark.parametrize("body", [b"@/etc/passwd", b"a\nb", b"\x00", b"\xff", b"\r", "\u202e".encode(), b"x" * 200_000])
def test_dangerous_bodies_are_no_argument(body: bytes) -> None:
    """Names of files, controls, what cannot be seen, and what is too long for an argument are piped."""
    assert "| curl" in curl(exchange(body=body))


@pytest.mark.parametrize(
    "call",
    [
        Call("updateCustomerSessionV2", {"customerSessionId": "a/../b% é'\"$x`y`[1]{2}"}, {"dry": True}, ["é😀 'q'"]),
        Call("updateCustomerSessionV2", {"customerSessionId": ".."}, raw_body=b"@x\n\x00\xff\\n%d'"),
        Call("updateCustomerSessionV2", {"customerSessionId": "a"}, raw_body=b""),
        Call("updateCustomerSessionV2", {"customerSessionId": "a"}, raw_body=b"x" * 300_000),
        Call("updateCustomerSessionV2", {"customerSessionId": "a"}, body={}, content_type=""),
        Call("trackEventV2", body=[1], content_type="text/plain; charset=utf-8"),
        Call("reopenCustomerSession", {"customerSessionId": "a"}),
        Call("getCustomerSession", {"customerSessionId": "a"}),
        Call("deleteAudienceV2", {"audienceId": 0}),
        Call("deleteCouponReservation", {"couponValue": "c"}, body={"integrationIDs": ["a"]}),
        *(Call("getCustomerSession", {"customerSessionId": "a"}, credential=credential) for credential in Credential),
    ],
)  # fmt: skip
def test_curl_sends_what_the_client_sent(make_client: Any, recorder: Any, call: Call) -> None:
    """Method, path, body and the headers that matter are the same, also where a proxy is set.

    What the line says is read here as curl would read it; where curl is there, it is asked too.
    """
    line = curl(make_client(keys=KEYS).send(call, number=0))
    (ours,) = recorder.requests
    said = {name: ours.headers[name] for name in MATTER if name in ours.headers}

    assert [ours.method, recorder.url + ours.target] == [words_of(line)[7], words_of(line)[-1]]
    assert ours.body == body_of(line)
    assert said == {**said, **headers_of(line)}
    assert said.keys() - {"content-length"} == headers_of(line).keys() - {"content-length"}
    if shutil.which("curl"):
        done = shell(line, http_proxy="http://127.0.0.1:9")
        theirs = recorder.requests[-1]

        assert 0 == done.returncode, done.stderr
        assert done.stdout.startswith(b"HTTP/1.1 200 OK\r\n")
        assert 2 == len(recorder.requests)
        assert (ours.method, ours.target, ours.body) == (theirs.method, theirs.target, theirs.body)
        assert said == {name: theirs.headers[name] for name in MATTER if name in theirs.headers}


def test_what_was_sent_together_is_started_together() -> None:
    """A line an exchange; those of one moment are started side by side, and waited for."""
    alone = exchange()
    beside = replace(alone, together=True)
    line = curl(alone)

    assert [line, f"{line} &", f"{line} & wait", line] == commands([alone, beside, beside, alone]).splitlines()
    assert 0 == shell(commands([beside, beside]).replace("curl", "true")).returncode
