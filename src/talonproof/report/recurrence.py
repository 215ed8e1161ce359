"""Whether answers show a finding once more: the few forms that a recorded judgement can take, and who reads them.

This stands on the standard library alone and knows nothing of the rest of talonproof: its text is part of every
replay.sh and test_replay.py that a run writes, so that a script and talonproof cannot disagree.

A form is plain JSON. "status" names the status that was expected of one answer, so that any other shows the finding.
"answers" describes the answers that were judged as far as they came back the same when the case was repeated on
fresh ids: where they all come back, so does the judgement. Its patterns are ["is", value], ["object", members],
["array", patterns], ["rows", number, digest] (a long array), ["text", text] (no JSON), ["empty"], ["absent"] and, for
what differs from one time to the next, ["any", kind, label, others]: equal to what has the same label, and different
from what has one of the others; a label of null binds nothing. "accepted" of either form lists the answers before
the last one that was judged in which a code was accepted: one that is used up by now makes no finding go away.
"""

# What a server sent may be anything:
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownLambdaType=false

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

SHOWS = "shows"
GONE = "gone"
UNTRIED = "untried"

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)")
_DATED = re.compile(r"\d{4}-\d\d-\d\d.*\d\d:?\d\d.*")
_OWN = re.compile(r"tp-[A-Za-z0-9-]+-[a-z][a-z0-9]*-\d+")
_ACCEPTING = ("acceptCoupon", "acceptReferral")
_SILENT = (0, 429, 502, 503, 504)
_KEYS = (401, 403)


def renewed(text: str, was: str, now: str) -> str:
    """A text with the ids of one run turned into those of another."""
    return text.replace(f"tp-{was}-", f"tp-{now}-")


def rebound(text: str, names: Any) -> str:
    """A path or a body with the names that a server gives now in place of those that it gave before.

    Names are lists of kind, old and new name. The number of an audience stands as a segment of a path, or in the
    lists "adds" and "deletes" and the "audienceId" of a body; any other name as a segment or as a text.
    """
    for what, was, now in names:
        if text.startswith("/"):
            path, mark, query = text.partition("?")
            text = "/".join(now if part == was else part for part in path.split("/")) + mark + query
        elif what == "audience":
            text = re.sub(r'"(?:adds|deletes)"\s*:\s*\[[^\]]*\]|"audienceId"\s*:\s*\d+', _numbers(was, now), text)
        else:
            text = text.replace(json.dumps(was), json.dumps(now))
    return text


def _numbers(was: str, now: str) -> Any:
    """What puts one number in place of another in a list that a regular expression found."""
    number = re.compile(rf"(?<![\d.\w-]){re.escape(was)}(?![\d.\w])")
    return lambda found: number.sub(now, found.group(0))


def told(form: Any, answers: Any, before: Any) -> tuple[str, str]:
    """Whether the finding shows, and why it cannot be told where it cannot.

    Answers are objects with status, media_type and body (text), one a request; before are the statuses that the same
    requests had when the finding was made, None where another is no surprise.
    """
    judged = {form["step"]} if form["form"] == "status" else {each["step"] for each in form["answers"]}
    for step, answer in enumerate(answers):
        status = answer["status"]
        if status in _SILENT and before[step] not in _SILENT:
            return UNTRIED, f"request {step + 1} was answered {status}"
        if status in _KEYS and before[step] not in (None, *_KEYS) and step not in judged:
            return UNTRIED, f"request {step + 1} was answered {status}: is it the right key?"
    if form["form"] == "answers":
        shown = recurs(form["answers"], answers)
    else:
        status = answers[form["step"]]["status"]
        if not 200 <= status < 500:
            return UNTRIED, f"request {form['step'] + 1} was answered {status}"
        shown = _differs(status, form["expected"])
    for step, answer in enumerate(answers):
        if shown or step in judged or before[step] is None:
            continue
        if answer["status"] // 100 != before[step] // 100:
            words = f"request {step + 1}, which the finding builds on, was answered {answer['status']}"
            return UNTRIED, f"{words} and not {before[step]}"
    for each in form.get("accepted", ()):
        if not shown and accepted(answers[each["step"]]["body"]) < each["codes"]:
            return UNTRIED, f"request {each['step'] + 1}, which the finding builds on, has a code accepted no more"
    return (SHOWS if shown else GONE), ""


def accepted(body: str) -> int:
    """How many codes the effects of an answer accept."""
    found = at(body, "/effects")
    effects = found[1] if found[0] == "json" and isinstance(found[1], list) else []
    return sum(isinstance(each, dict) and each.get("effectType") in _ACCEPTING for each in effects)


def _differs(status: int, expected: str) -> bool:
    """Whether a status is another than expected, which is 2xx, 4xx or a number."""
    seen = str(status)
    return seen[0] != expected[0] if expected.endswith("xx") else seen != expected


def recurs(patterns: Any, answers: Any) -> bool:
    """Whether every answer described has come back."""
    labels: dict[int, str] = {}
    for each in patterns:
        answer = answers[each["step"]]
        if answer["status"] != each["status"]:
            return False
        if "media_type" in each and answer["media_type"] != each["media_type"]:
            return False
        if "value" in each and not matches(each["value"], at(answer["body"], each["pointer"]), labels):
            return False
    return True


def at(body: str, pointer: str) -> list[Any]:
    """What stands at a pointer of a body: its kind and, for all but the absent and the empty, itself.

    Kinds are json, text (the body is no JSON), empty, absent (an object is there, and lacks the member) and nowhere.
    """
    if not body.strip():
        return ["empty"]
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        return ["text", body]
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    for number, token in enumerate(tokens):
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        elif isinstance(value, dict) and number == len(tokens) - 1:
            return ["absent"]
        else:
            return ["nowhere"]
    return ["json", value]


def kind(value: Any) -> str:
    """The type of a JSON value in one word; date-times, what looks like one, and ids of a run are types apart."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        for name, form in (("moment", _MOMENT), ("dated", _DATED), ("id", _OWN)):
            if form.fullmatch(value):
                return name
        return "string"
    return "array" if isinstance(value, list) else "object"


def digest(value: Any) -> str:
    """A digest of a value, whatever its moments are."""
    return hashlib.sha256(json.dumps(_timeless(value), sort_keys=True).encode()).hexdigest()


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _timeless(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_timeless(item) for item in value]
    return kind(value) if kind(value) in ("moment", "dated") else value


def matches(pattern: Any, found: Any, labels: dict[int, str]) -> bool:
    """Whether what stands at a place is what the pattern describes; labels collect what had which label."""
    if pattern[0] in ("empty", "absent", "text"):
        return bool(pattern == found)
    return found[0] == "json" and _alike(pattern, found[1], labels)


def _alike(pattern: Any, value: Any, labels: dict[int, str]) -> bool:
    what = pattern[0]
    if what == "is":
        return kind(value) == kind(pattern[1]) and value == pattern[1]
    if what == "object":
        members = pattern[1]
        if not isinstance(value, dict) or value.keys() != members.keys():
            return False
        return all(_alike(members[name], value[name], labels) for name in members)
    if what == "array":
        items = pattern[1]
        if not isinstance(value, list) or len(value) != len(items):
            return False
        return all(_alike(items[place], value[place], labels) for place in range(len(items)))
    if what == "rows":
        return isinstance(value, list) and len(value) == pattern[1] and digest(value) == pattern[2]
    _, wanted, label, others = pattern
    if wanted not in ("changing", kind(value)):
        return False
    text = json.dumps(value, sort_keys=True)
    if label is not None and labels.setdefault(label, text) != text:
        return False
    return all(labels.get(other) != text for other in others)
