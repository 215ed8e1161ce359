"""A finding as two scripts that run as they stand: curl in a POSIX shell, and pytest with httpx.

Both send the calls once more, on fresh ids, to the server that was judged or to the one in ``TALONPROOF_URL``, with the
key from the environment, and tell by :mod:`talonproof.report.recurrence`, whose text they hold, whether the finding
shows. Where only its case can tell, they ask ``talonproof replay``.
"""

from __future__ import annotations

import base64
import inspect
import json
import re
import shlex
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from talonproof.report import recurrence
from talonproof.report.account import Shown
from talonproof.report.printable import one_line
from talonproof.report.records import ExchangeFacts, Header

KEY: Final = "TALONPROOF_API_KEY"
URL: Final = "TALONPROOF_URL"

AUTHORIZATION: Final[Mapping[str, tuple[str, str, str]]] = {
    "live": ("ApiKey-v1 ", KEY, ""),
    "wrong": ("ApiKey-v1 talonproof-wrong-key", "", ""),
    "longer": ("ApiKey-v1 ", KEY, "-and-more"),
    "bare": ("", KEY, ""),
    "bearer": ("Bearer ", KEY, ""),
    "expired": ("ApiKey-v1 ", "TALONPROOF_EXPIRED_KEY", ""),
    "other-application": ("ApiKey-v1 ", "TALONPROOF_OTHER_APPLICATION_KEY", ""),
    "test": ("ApiKey-v1 ", "TALONPROOF_TEST_KEY", ""),
}
"""What stands in the Authorization header for each credential: text, the variable of a key, and text again."""

_LONGEST_ARGUMENT: Final = 100_000
_MARK: Final = "@name-{}@"
_HOLES: Final = re.compile(r"(@run@|@name-\d+@)")


@dataclass(frozen=True, slots=True)
class _Step:
    """A request as it was recorded; ``path`` comes after the address of the target."""

    number: int
    operation: str
    method: str
    path: str
    headers: Mapping[str, str]
    credential: str
    body: bytes | None
    status: int | None


def _steps(shown: Shown, base: str) -> tuple[_Step, ...]:
    exchanges, replay = shown.finding.exchanges, shown.finding.replay
    return tuple(
        _Step(
            number,
            one_line(each.operation),
            each.method,
            each.path.removeprefix(base),
            _sent(each),
            each.credential,
            _bytes(call["body"]),
            None if number - 1 in replay["loose"] else each.status,
        )
        for number, (each, call) in enumerate(zip(exchanges, replay["calls"], strict=True), 1)
    )


def _sent(exchange: ExchangeFacts) -> dict[str, str]:
    """The headers that belong to the request; those of the connection, and the key, are set anew."""
    return {name: value for name, value in exchange.request_headers.items() if name in {"accept", "content-type"}}


def _bytes(body: Mapping[str, str] | None) -> bytes | None:
    if body is None:
        return None
    return body["text"].encode() if "text" in body else base64.b64decode(body["base64"])


def _introduction(shown: Shown) -> Iterator[str]:
    """What the script is about, in lines that nothing from a server can end."""
    finding, requirement = shown.finding, shown.requirement
    yield f"{one_line(finding.requirement)} ({finding.level}): {one_line(requirement.text, 400)}"
    place = f" at {one_line(finding.pointer, 200)}" if finding.pointer else ""
    yield f"Seen: {one_line(finding.message, 400)}{place}"
    for source in requirement.sources:
        yield f"Source: {one_line(f'{source.key}, {source.place}', 300)}"


def _comment(lines: Iterator[str]) -> str:
    return "\n".join(
        wrapped for line in lines for wrapped in textwrap.wrap(line, 110, initial_indent="# ", subsequent_indent="#   ")
    )


def shell_script(shown: Shown, header: Header) -> str:
    """``replay.sh``."""
    told = _comment(_introduction(shown))
    form = shown.finding.replay.get("shows")
    opening = f"""\
#!/bin/sh
{told}
#
# Exit 1 where the finding shows, 0 where it does not, 3 where it could not be tried. {URL} names another server.
"""
    if form is None:
        return opening + _ASK_TALONPROOF_SH.format(key=KEY, url=URL)
    base = urlsplit(header.target.url).path
    steps = _steps(shown, base)
    binds = shown.finding.replay["binds"]
    keys = sorted({AUTHORIZATION[s.credential][1] for s in steps if AUTHORIZATION.get(s.credential, ("",) * 3)[1]})
    unset = "is not set: it must hold an API key"
    checks = "\n".join(f'[ -n "${{{key}:-}}" ] || {{ echo "{key} {unset}" >&2; exit 3; }}' for key in keys)
    asked = "\n".join(_asked(step, header.run, binds) for step in steps)
    program = _program(form, [step.status for step in steps], header.run)
    return opening + _SHELL.format(
        keys=checks, url=URL, address=shlex.quote(header.target.url), asked=asked, program=program
    )


def _asked(step: _Step, run: str, binds: Sequence[Mapping[str, Any]]) -> str:
    """One request as the shell sends it, and the name that its answer gives."""
    names = [
        (each["kind"], each["was"], _MARK.format(at)) for at, each in enumerate(binds) if each["step"] + 1 < step.number
    ]
    words = ["ask", str(step.number), "-X", step.method]
    for name, value in step.headers.items():
        words += ["-H", shlex.quote(f"{name}: {value}")]
    if (found := AUTHORIZATION.get(step.credential)) is not None:
        before, variable, after = found
        words += [
            "-H",
            f'"Authorization: {before}${{{variable}}}{after}"' if variable else f"'Authorization: {before}'",
        ]
    piped = ""
    if step.body is None:
        if step.method not in {"GET", "HEAD", "DELETE"}:
            words += ["-H", "'content-length: 0'"]
    else:
        if "content-type" not in step.headers:
            words += ["-H", "'content-type:'"]
        text = _holed(step.body.decode("utf-8", "surrogateescape"), run, names)
        if _fits(step.body):
            words += ["--data-binary", _quoted(text, shlex.quote)]
        else:
            piped = f"printf {_quoted(text, _octal)} | "
            words += ["--data-binary", "@-"]
    line = " ".join([*words, '"$URL"' + _quoted(_holed(step.path, run, names), shlex.quote)])
    lines = [f"echo {shlex.quote(f'{step.number}. {step.operation}')}", piped + line]
    for at, each in enumerate(binds):
        if each["step"] + 1 == step.number:
            lines.append(f"NAME{at}=$(name {step.number} {shlex.quote(each['pointer'])})")
    return "\n".join(lines)


def _holed(text: str, run: str, names: Any) -> str:
    """The text with holes where the run is named, and where a name stands that a server gave."""
    return recurrence.rebound(recurrence.renewed(text, run, "@run@"), names)


def _quoted(text: str, quote: Any) -> str:
    """The text as one word of the shell, its holes filled from variables."""
    words = ""
    for part in _HOLES.split(text):
        if part == "@run@":
            words += '"$NOW"'
        elif _HOLES.fullmatch(part):
            words += f'"$NAME{part[6:-1]}"'
        elif part:
            words += quote(part)
    return words or "''"


def _fits(body: bytes) -> bool:
    """Whether the bytes can stand in a command as text: one line that can be seen, and no name of a file."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return text.isprintable() and not text.startswith("@") and len(body) < _LONGEST_ARGUMENT


def _octal(text: str) -> str:
    """A format for printf that writes exactly this: octal for all that is not plain."""
    plain = {byte for byte in range(0x20, 0x7F) if byte not in b"%\\'"}
    data = text.encode("utf-8", "surrogateescape")
    return "'" + "".join(chr(byte) if byte in plain else f"\\{byte:03o}" for byte in data) + "'"


def _program(form: Any, before: Sequence[int | None], run: str) -> str:
    """What is judged by, as Python: the text of the module that judges, and the finding's own data."""
    return (
        f"{inspect.getsource(recurrence).rstrip()}\n\n\n"
        f"FORM = {json.dumps(form)!a}\n"
        f"BEFORE = {list(before)!r}\n"
        f"WAS = {run!a}\n"
    )


_ASK_TALONPROOF_SH: Final = """\
# What was seen cannot be told from the answers alone: talonproof itself repeats the case.

exec talonproof replay "$(dirname "$0")" ${{{url}:+--url "${url}"}}
"""

_SHELL: Final = """\
# It takes curl, and python3 (the standard library alone) to read the answers.

set -u
{keys}
URL=${{{url}:-{address}}}
PYTHON=${{PYTHON:-python3}}
command -v curl >/dev/null && command -v "$PYTHON" >/dev/null || {{ echo "curl and $PYTHON are needed" >&2; exit 3; }}
NOW=$(date -u +%Y%m%d-%H%M%S)-$(od -An -N2 -tx1 /dev/urandom | tr -d ' \\n')  # in every id: the ids are fresh
DIR=$(mktemp -d) || exit 3
trap 'rm -rf "$DIR"' EXIT
trap 'exit 3' HUP INT TERM

ask() {{ # the number of the request, and what curl is told of it
  number=$1
  shift
  : >"$DIR/$number.body"
  curl -sS --max-time 60 --globoff --path-as-is --noproxy '*' -o "$DIR/$number.body" \\
    -w '%{{http_code}}\\n%{{content_type}}\\n' "$@" >"$DIR/$number.head"
  head -n 1 "$DIR/$number.head"
  cat "$DIR/$number.body"
  echo
}}

name() {{ # the number of a request, and where its answer names what it made
  "$PYTHON" -c 'import functools, json, sys
place = lambda value, key: value[key]
print(functools.reduce(place, sys.argv[2].split("/")[1:], json.load(open(sys.argv[1], encoding="utf-8"))))' \\
    "$DIR/$1.body" "$2" || {{ echo "request $1 gave no name" >&2; kill -TERM $$; }}
}}

{asked}

"$PYTHON" - "$DIR" "$NOW" <<'END_OF_PROGRAM'
{program}

import os
import sys

ANSWERS = []
for number in range(1, len(BEFORE) + 1):
    with open(os.path.join(sys.argv[1], f"{{number}}.head"), encoding="latin-1") as head:
        status, media_type = (head.read().split("\\n") + ["", ""])[:2]
    with open(os.path.join(sys.argv[1], f"{{number}}.body"), encoding="utf-8-sig", errors="backslashreplace") as body:
        text = body.read()
    media_type = media_type.partition(";")[0].strip().lower()
    ANSWERS.append({{"status": int(status or 0), "media_type": media_type, "body": text}})
OUTCOME, WHY = told(json.loads(renewed(FORM, WAS, sys.argv[2])), ANSWERS, BEFORE)
if OUTCOME == UNTRIED:
    print("could not be tried:", WHY)
    sys.exit(3)
print("the finding shows" if OUTCOME == SHOWS else "the finding does not show")
sys.exit(1 if OUTCOME == SHOWS else 0)
END_OF_PROGRAM
"""


def pytest_file(shown: Shown, header: Header) -> str:
    """``test_replay.py``."""
    told = _comment(_introduction(shown))
    form = shown.finding.replay.get("shows")
    name = f"test_{re.sub('[^a-z0-9]', '_', shown.finding.requirement.lower())}"
    message = ascii(one_line(shown.finding.message, 400))
    if form is None:
        return _ASK_TALONPROOF_PY.format(told=told, name=name, message=message, url=URL)
    base = urlsplit(header.target.url).path
    steps = _steps(shown, base)
    requests = [
        {
            "method": step.method,
            "path": step.path,
            "headers": dict(step.headers),
            "authorization": list(AUTHORIZATION.get(step.credential, ())),
            "body": None if step.body is None else step.body.decode("utf-8", "surrogateescape"),
        }
        for step in steps
    ]
    listed = "".join(f"    {request!a},\n" for request in requests)
    binds = ascii(list(shown.finding.replay["binds"]))
    return _PYTEST.format(
        told=told,
        program=_program(form, [step.status for step in steps], header.run),
        requests=f"[\n{listed}]",
        binds=binds,
        url=URL,
        address=ascii(header.target.url),
        name=name,
        message=message,
    )


_ASK_TALONPROOF_PY: Final = '''\
"""A finding of talonproof as a test: it fails where the finding shows, and passes where it does not."""

{told}
# What was seen cannot be told from the answers alone: talonproof itself repeats the case.

import os
import pathlib
import subprocess
import sys

import pytest


def {name}():
    """The requirement holds."""
    folder = str(pathlib.Path(__file__).resolve().parent)
    url = os.environ.get("{url}")
    command = [sys.executable, "-m", "talonproof", "replay", folder] + (["--url", url] if url else [])
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        pytest.exit("could not be tried: " + done.stdout + done.stderr, returncode=3)
    assert 0 == done.returncode, {message}
'''

_PYTEST: Final = '''\
{program}

"""A finding of talonproof as a test: it fails where the finding shows, and passes where it does not."""

{told}

import os
import secrets
import time

import httpx
import pytest

URL = os.environ.get("{url}", {address}).rstrip("/")
REQUESTS = {requests}
NAMES = {binds}


def authorization(before="", variable="", after=""):
    """The header, with the key from the environment."""
    if variable and not os.environ.get(variable):
        pytest.exit(variable + " is not set: it must hold an API key of the Application", returncode=3)
    return before + os.environ.get(variable, "") + after


def ask(client, request, now, names):
    """The answer to a request, sent byte for byte as it was, but for the ids."""
    path = rebound(renewed(request["path"], WAS, now), names)
    body = request["body"]
    if body is not None:
        body = rebound(renewed(body, WAS, now), names).encode("utf-8", "surrogateescape")
    headers = dict(request["headers"], **{{"accept-encoding": "identity"}})
    if request["authorization"]:
        headers["authorization"] = authorization(*request["authorization"])
    whole = httpx.URL(URL).raw_path.decode().rstrip("/") + path
    sent = client.build_request(
        request["method"], URL + path, headers=headers, content=body, extensions={{"target": whole.encode()}}
    )
    try:
        answer = client.send(sent)
    except httpx.TransportError as error:
        pytest.exit(f"could not be tried: {{error!r}}", returncode=3)
    return {{
        "status": answer.status_code,
        "media_type": answer.headers.get("content-type", "").partition(";")[0].strip().lower(),
        "body": answer.content.decode("utf-8-sig", errors="backslashreplace"),
    }}


def {name}():
    """The requirement holds."""
    now = time.strftime("%Y%m%d-%H%M%S", time.gmtime()) + "-" + secrets.token_hex(2)  # in every id: the ids are fresh
    answers, names = [], []
    with httpx.Client(trust_env=False, timeout=60) as client:
        for step, request in enumerate(REQUESTS):
            answers.append(ask(client, request, now, names))
            print(request["method"], answers[-1]["status"], answers[-1]["body"])
            for each in NAMES:
                if each["step"] == step:
                    found = at(answers[-1]["body"], each["pointer"])
                    if found[0] == "json":
                        names.append([each["kind"], each["was"], str(found[1])])
    outcome, why = told(json.loads(renewed(FORM, WAS, now)), answers, BEFORE)
    if outcome == UNTRIED:
        pytest.exit("could not be tried: " + why, returncode=3)
    assert outcome != SHOWS, {message}
'''
