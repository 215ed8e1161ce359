"""A fault is a named defect: it stands between a request and the healthy emulator, and bends one or the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from talonproof.emulator.message import Reply, Request
from talonproof.requirement import Level

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

Proceed = Callable[[Request], Reply]
"""What would happen without the fault."""

Interceptor = Callable[[Request, Proceed, "Emulator"], Reply]
"""Changes the request, the reply or the store; for everything that the fault is not about it just proceeds."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A defect to be planted. ``text`` says what the server then does wrong.

    ``breaks`` are the requirements whose clause it breaks, ``level`` is the highest level among them: where it is
    must, a run has to fail; where it is should, to warn. ``operations`` are those that it touches (empty: any).
    ``dawdles``: the server waits so many seconds before each call, so that what is sent at the same time overlaps.
    ``edition`` is the one whose clauses it breaks.
    """

    id: str
    text: str
    breaks: tuple[str, ...]
    level: Level
    operations: frozenset[str]
    interceptor: Interceptor
    dawdles: float = 0.0
    edition: str = "2025-01"

    def intercept(self, request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
        """The reply of a server that has the defect."""
        if self.operations:
            route = emulator.route(request)
            if route is None or route.operation.id not in self.operations:
                return proceed(request)
        return self.interceptor(request, proceed, emulator)


def on_request(edit: Callable[[Request], Request]) -> Interceptor:
    """An interceptor that changes what is asked, and nothing else."""
    return lambda request, proceed, _emulator: proceed(edit(request))


def on_reply(edit: Callable[[Reply], Reply]) -> Interceptor:
    """An interceptor that changes what is answered, and nothing else."""
    return lambda request, proceed, _emulator: edit(proceed(request))


class Collection:
    """Gathers the faults of a module, in its order; each ``dawdles`` for so many seconds, and is of an ``edition``."""

    def __init__(self, dawdles: float = 0.0, edition: str = "2025-01") -> None:
        self._dawdles = dawdles
        self._edition = edition
        self._faults: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def must(self, name: str, text: str, *breaks: str, on: tuple[str, ...] = ()) -> Callable[[Interceptor], None]:
        """A decorator that adds a fault which breaks a must."""
        return self._adder(Level.MUST, name, text, breaks, on)

    def should(self, name: str, text: str, *breaks: str, on: tuple[str, ...] = ()) -> Callable[[Interceptor], None]:
        """A decorator that adds a fault which breaks nothing above should."""
        return self._adder(Level.SHOULD, name, text, breaks, on)

    def _adder(
        self, level: Level, name: str, text: str, breaks: tuple[str, ...], on: tuple[str, ...]
    ) -> Callable[[Interceptor], None]:
        def add(interceptor: Interceptor) -> None:
            planted = Fault(name, text, breaks, level, frozenset(on), interceptor, self._dawdles, self._edition)
            self._faults.append(planted)

        return add
