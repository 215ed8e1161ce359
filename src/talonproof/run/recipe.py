"""How a finding is shown again: its calls, which of their answers were judged, and what of these shows it.

What a case found is repeated once on fresh ids. What the answers judged have in common both times, ids and moments
aside, is what a judgement of them saw: where they come back, it comes back.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from talonproof.checks import PASSIVE
from talonproof.generation.pointers import parent, split
from talonproof.http.deeds import writes
from talonproof.http.redact import MASK
from talonproof.report.printable import printable
from talonproof.report.recurrence import accepted, at, digest, kind

if TYPE_CHECKING:
    from talonproof.http.exchange import Exchange
    from talonproof.run.case import Shown

_LARGEST: Final = 100_000
"""Characters of a form; what is longer describes more than anybody could compare."""

NAMED: Final[Mapping[str, tuple[str, str]]] = {
    "createAudienceV2": ("audience", "/id"),
    "generateLoyaltyCard": ("card", "/identifier"),
    "createReferral": ("code", "/code"),
}
"""The operations whose answers name what they made, with the kind of the name and its place."""

CHANGING: Final = "changing"
"""The kind of what is of one type the first time and of another the second: anything is like it."""

MANY: Final = 40
"""The most items of an array that are described one by one."""

_OF_THE_ACCOUNT: Final = frozenset({"applicationId", "accountId"})
"""Numbers that are the same in every answer of an account, and others on another one."""

_OWN: Final = re.compile(r"tp-[A-Za-z0-9-]+?-[a-z][a-z0-9]*-\d+(?!\d)")
"""An id of some run."""


def recipe(shown: Shown, again: Shown | None) -> dict[str, Any]:
    """What it takes to show a finding once more, as plain JSON; ``again`` is what the repetition showed.

    ``shows`` is a form of :mod:`talonproof.report.recurrence`, or None where only its case can tell.
    """
    calls = [_call(exchange) for exchange in shown.exchanges]
    alone = not any(exchange.together for exchange in shown.exchanges)  # a script sends one call after the other
    form = _form(shown, again) if alone and MASK not in json.dumps(calls) else None
    return {
        "calls": calls,
        "judged": list(shown.judged),
        "loose": list(shown.loose),
        "binds": list(_binds(shown.exchanges)),
        "shows": form,
    }


def _binds(exchanges: Sequence[Exchange]) -> Iterator[dict[str, Any]]:
    """The names that the server gave in an answer, which later calls may use."""
    for step, exchange in enumerate(exchanges):
        kind, pointer = NAMED.get(exchange.operation, ("", ""))
        found = at(_text(exchange), pointer) if kind else ["nowhere"]
        if found[0] == "json" and not isinstance(found[1], bool) and isinstance(found[1], str | int):
            yield {"step": step, "kind": kind, "pointer": pointer, "was": str(found[1])}


def _call(exchange: Exchange) -> dict[str, Any]:
    call, body = exchange.call, exchange.request_body
    return {
        "path": _plain(call.path),
        "query": _plain(call.query),
        "content_type": call.content_type,
        "body": None if body is None else _written(body),
    }


def _plain(arguments: Mapping[str, object]) -> dict[str, Any]:
    return json.loads(json.dumps(dict(arguments), default=str))


def _written(body: bytes) -> dict[str, str]:
    """The bytes, as text where a reader of the stream gets the same text back."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = ""
    if text and printable(text) == text:
        return {"text": text}
    return {"base64": base64.b64encode(body).decode("ascii")}


def _form(shown: Shown, again: Shown | None) -> dict[str, Any] | None:
    form = _judged_form(shown, again)
    codes = [
        {"step": step, "codes": number}
        for step, exchange in enumerate(shown.exchanges)
        if step not in {shown.judged[-1], *shown.loose} and writes(exchange) and (number := accepted(_text(exchange)))
    ]
    return {**form, "accepted": codes} if form is not None and codes else form


def _judged_form(shown: Shown, again: Shown | None) -> dict[str, Any] | None:
    if shown.expected:
        return {"form": "status", "step": shown.judged[-1], "expected": shown.expected}
    if again is None or len(again.judged) != len(shown.judged):
        return None
    form = _Comparison(shown, again).form()
    return form if form is not None and len(json.dumps(form)) <= _LARGEST else None


class _Comparison:
    """Two showings of one finding, on different ids."""

    def __init__(self, shown: Shown, again: Shown) -> None:
        self.shown = shown
        self.again = again
        self.pointer = shown.judgement.pointer
        self.passive = shown.judgement.check in PASSIVE
        self.labels: dict[tuple[str, str], int] = {}
        self.places: dict[tuple[str, str], list[tuple[str, int]]] = {}
        self._names = (_names(shown.exchanges), _names(again.exchanges))

    def form(self) -> dict[str, Any] | None:
        """What both have in common; None where that would be true of a healthy server as well."""
        answers: list[dict[str, Any]] = []
        last: list[Any] | None = None
        pairs = list(zip(self.shown.judged, self.again.judged, strict=True))
        for step, other in pairs:
            first, second = self.shown.exchanges[step], self.again.exchanges[other]
            if first.status != second.status:
                return None
            entry: dict[str, Any] = {"step": step, "status": first.status}
            if self.shown.judgement.check == "media-type":
                entry["media_type"] = first.response_headers.get("content-type", "").partition(";")[0].strip().lower()
            last: list[Any] | None = None
            if "media_type" not in entry and (pattern := self._pattern(first, second)) is not None:
                pointer, value, last = pattern
                entry |= {"pointer": pointer, "value": value}
            answers.append(entry)
        return {"form": "answers", "answers": answers} if self._telling(answers[-1], last) else None

    def _pattern(self, first: Exchange, second: Exchange) -> tuple[str, list[Any], list[Any]] | None:
        """Where to look, what is there, and what of it stands at the very place that the finding names.

        What stands beside it is looked at too: a judgement may be of one by the other. None where one of the
        answers has no such place.
        """
        found, other = at(_text(first), self.pointer), at(_text(second), self.pointer)
        if found[0] == "nowhere" or other[0] == "nowhere" or found[0] != other[0]:
            return None
        if found[0] == "empty" or (found[0] == "text" and self._same(found[1], other[1])):
            return self.pointer, found, found
        if found[0] == "text":
            return None
        around = parent(self.pointer)
        one, two = at(_text(first), around)[1], at(_text(second), around)[1]
        name = split(self.pointer)[-1] if self.pointer else ""
        place = (first.operation, first.path.partition("?")[0], "")
        if not self.pointer or not isinstance(one, dict) or not isinstance(two, dict):
            pattern = self._alike(found[1], other[1], place)
            return self.pointer, pattern, pattern
        pattern = self._alike(found[1], other[1], place) if found[0] == "json" else found
        if one.keys() != two.keys():
            return self.pointer, pattern, pattern
        mine = {name: pattern} if found[0] == "json" else {}
        beside = {n: self._beside(n, v, two[n]) for n, v in cast("dict[str, Any]", one).items() if n not in mine}
        return around, ["object", beside | mine], pattern

    def _beside(self, name: str, one: Any, two: Any) -> list[Any]:
        """What two values beside the one that was judged have in common, on whatever account."""
        return ["any", kind(one), None, []] if name in _OF_THE_ACCOUNT else self._alike(one, two, None)

    def _alike(self, one: Any, two: Any, place: tuple[str, str, str] | None) -> list[Any]:
        """What two values have in common; ``place`` None: what differs in them is nothing to go by."""

        def below(inner: str | int) -> tuple[str, str, str] | None:
            return place and (place[0], place[1], f"{place[2]}/{inner}")

        if isinstance(one, dict) and isinstance(two, dict) and one.keys() == two.keys():
            members = cast("dict[str, Any]", one)
            return ["object", {name: self._alike(value, two[name], below(name)) for name, value in members.items()}]
        if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):  # pyright: ignore[reportUnknownArgumentType]
            first, second = cast("list[Any]", one), cast("list[Any]", two)
            if len(first) > MANY:
                seen = digest(first)
                return ["rows", len(first), seen] if seen == digest(second) else ["any", "array", None, []]
            return ["array", [self._alike(a, b, below(n)) for n, (a, b) in enumerate(zip(first, second, strict=True))]]
        if kind(one) == kind(two) not in {"moment", "dated"} and self._same(one, two):
            return ["is", one]
        wanted = kind(one) if kind(one) == kind(two) else CHANGING
        if place is None:
            return ["any", wanted, None, []]
        pair = (json.dumps(one, sort_keys=True), json.dumps(two, sort_keys=True))
        label = self.labels.setdefault(pair, len(self.labels))
        before = self.places.setdefault(place[1:], [])
        others = {other for _, other in before if other != label}
        before.append((place[0], label))
        return ["any", wanted, label, sorted(others)]

    def _same(self, one: Any, two: Any) -> bool:
        if isinstance(one, str) and isinstance(two, str):
            return _renamed(one, self._names[0]) == _renamed(two, self._names[1])
        return one == two

    def _telling(self, answer: dict[str, Any], pattern: list[Any] | None) -> bool:
        """Whether what came back is what was wrong, and not something that any server answers."""
        if "media_type" in answer:
            return True
        if pattern is None:
            return answer["status"] >= HTTPStatus.BAD_REQUEST if self.pointer else self.passive
        if pattern[0] != "any":
            return True
        _, wanted, label, others = pattern
        if wanted == CHANGING or label is None:
            return False
        if self.passive:
            return wanted != "moment"
        # Other than before is what should have stayed; the same as before tells only where the same was asked twice.
        ends = [known for (_, inner), known in self.places.items() if not inner]
        return bool(others) or any(known.count((operation, label)) > 1 for known in ends for operation, _ in known)


def _text(exchange: Exchange) -> str:
    return exchange.response_body.decode("utf-8-sig", errors="backslashreplace")


def _names(exchanges: Sequence[Exchange]) -> Mapping[str, str]:
    """The ids of the run in the order in which the calls name them, each with its number in that order."""
    return {name: f"tp-{number}" for number, name in enumerate(dict.fromkeys(_named(exchanges)))}


def _named(exchanges: Sequence[Exchange]) -> Iterator[str]:
    for exchange in exchanges:
        yield from _OWN.findall(exchange.path)
        yield from _OWN.findall((exchange.request_body or b"").decode(errors="replace"))


def _renamed(text: str, names: Mapping[str, str]) -> str:
    return _OWN.sub(lambda found: names.get(found[0], found[0]), text)
