"""A variant is one way in which a server may differ from the emulator and still conform.

It changes what a call does (``behaviour``), what the JSON of an answer looks like (``shape``), how an answer
is put on the wire (``wire``), or the time that the server lives in (``ahead``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from talonproof.emulator.app import Emulator
from talonproof.emulator.message import JSON_TYPE, Reply, Request, reply

MOST_BYTES = 200_000
"""Bytes of a body that a variant looks into."""

Proceed = Callable[[Request], Reply]
"""What answers a request that a variant does not answer by itself."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with its operation (empty: none that the API has) and the values of its path."""

    request: Request
    operation: str
    path: Mapping[str, str]

    @property
    def query(self) -> dict[str, str]:
        """The query, the last value of each name."""
        return dict(self.request.pairs())

    @property
    def dry(self) -> bool:
        """Whether the call is to be evaluated only."""
        return self.query.get("dry", "").lower() == "true"

    @property
    def writes(self) -> bool:
        """Whether the call may change what reads show."""
        return self.request.method != "GET" and not self.dry

    def body(self) -> dict[str, Any]:
        """The body; empty where it is no JSON object, or so large that it can only be there to try the server."""
        found = self.request.document() if len(self.request.body) < MOST_BYTES else None
        return found if isinstance(found, dict) else {}

    def get(self, target: str) -> Request:
        """A read of something else with the same key."""
        return Request("GET", target, self.request.headers)


Behaviour = Callable[[Asked, Proceed], Reply]
Shape = Callable[[Any, Asked, int], Any]
"""From the JSON of an answer, what was asked, and how many answers came before, to the JSON that is sent."""


@dataclass(frozen=True, slots=True)
class Variant:
    """``behaves`` makes the behaviour of one server, with a memory of its own.

    ``warns`` are the requirements of level should that such a server breaks lawfully; ``moving`` is whether somebody
    changes what others read, so that a case may end without a verdict. ``suites`` are those that it is judged by when
    it stands alone, or, where ``cases`` are given, those that are called so. ``settle`` is what its target file
    says, in seconds, ``bindings`` what is added to the numbers in it, ``unbound`` what is left out of it. ``ahead`` is
    how far its clock is in the future, in seconds. Those not ``together`` contradict another one.
    """

    name: str
    about: str
    behaves: Callable[[], Behaviour] | None = None
    shape: Shape | None = None
    wire: Callable[[Reply], Reply] | None = None
    warns: frozenset[str] = frozenset()
    moving: bool = False
    suites: tuple[str, ...] = ("sessions", "dry_run")
    cases: tuple[str, ...] = ()
    settle: float = 0.0
    ahead: float = 0.0
    bindings: Mapping[str, int] = field(default_factory=dict[str, int])
    unbound: frozenset[str] = frozenset()
    together: bool = True


class Differing(Emulator):
    """The emulator behind its variants: the first of them is the one nearest to the client."""

    variants: tuple[Variant, ...] = ()

    def wear(self, variants: tuple[Variant, ...]) -> None:
        """Puts the variants on."""
        self.variants = variants
        self._behaviours = [variant.behaves() for variant in variants if variant.behaves]
        self._count = 0

    def handle(self, request: Request) -> Reply:
        """The reply as the variants make it."""
        answer = self._behave(request, 0)
        self._count += 1
        found = self.route(request)
        asked = Asked(request, found.operation.id if found else "", found.values if found else {})
        shapes = [variant.shape for variant in reversed(self.variants) if variant.shape]
        if shapes and is_json(answer):
            document = answer.document()
            for shape in shapes:
                document = shape(document, asked, self._count)
            answer = answer.with_document(document)
        answer = Reply(answer.status, {**answer.headers, "content-length": str(len(answer.body))}, answer.body)
        if answer.status == 204:
            answer = without(answer, "content-length")
        for variant in reversed(self.variants):
            if variant.wire:
                answer = variant.wire(answer)
        return answer

    def _behave(self, request: Request, depth: int) -> Reply:
        """The reply of the variants from one on; behind the last stands the emulator itself."""
        if depth == len(self._behaviours):
            return super().handle(request)
        found = self.route(request)
        asked = Asked(request, found.operation.id if found else "", found.values if found else {})
        return self._behaviours[depth](asked, lambda inner: self._behave(inner, depth + 1))


def is_json(answer: Reply) -> bool:
    """Whether a reply is one of the API, and not of what stands before it."""
    return bool(answer.body) and answer.headers.get("content-type") == JSON_TYPE


def without(answer: Reply, *names: str) -> Reply:
    """The same reply without some of its headers."""
    kept = {name: value for name, value in answer.headers.items() if name.lower() not in names}
    return Reply(answer.status, kept, answer.body)


def refusal(status: int, message: str) -> Reply:
    """A refusal with the barest body that the contract lists."""
    return reply(status, {"message": message})


def copied(value: Any) -> Any:
    """A copy of a JSON value that may be changed."""
    return json.loads(json.dumps(value))
