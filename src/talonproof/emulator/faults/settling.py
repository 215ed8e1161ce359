"""What faults of the engine do over and over: tell which call closes or undoes a session, and keep what it left."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from talonproof.emulator.engine.effect import Effect
from talonproof.emulator.faults.fault import Interceptor, Proceed
from talonproof.emulator.faults.tampering import edited_reply, is_dry, sent_session, stored
from talonproof.emulator.message import Reply, Request
from talonproof.emulator.session import CANCELLED, CLOSED, OPEN, RETURNED, Session
from talonproof.emulator.store import Row

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

Shown = dict[str, Any]
"""An effect as answers show it."""

After = Callable[["Emulator", Session, list[Effect]], None]
"""What a defective server does besides, in a transaction of its own, once a call has undone a session.

It gets the session as it was before, and the effects that it had then.
"""


def sends(request: Request, state: str) -> bool:
    """Whether an update that is not dry asks for a state; ``open`` is asked for where none is named."""
    sent = sent_session(request)
    return sent is not None and sent.get("state", OPEN) == state and not is_dry(request)


def opened(request: Request) -> bool:
    """Whether an update leaves its session open, if it is taken."""
    return sends(request, OPEN)


def closed(request: Request, *, dry: bool = False) -> bool:
    """Whether an update closes its session, if it is taken; ``dry``: or would."""
    return sends(request.without("dry") if dry else request, CLOSED)


def undone(request: Request, emulator: Emulator) -> Session | None:
    """The session that a cancel, a return or a reopening undoes, as it is before; None where nothing is undone."""
    visit = stored(request, emulator)
    if visit is None or visit.state not in {CLOSED, RETURNED} or is_dry(request):
        return None
    sent = sent_session(request)
    return visit if sent is None or sent.get("state") == CANCELLED else None


def besides(after: After) -> Interceptor:
    """A server that undoes a session and then does something more, or less."""

    def interceptor(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
        visit = undone(request, emulator)
        answer = proceed(request)
        if visit is not None and answer.ok:
            with emulator.store.transaction():
                after(emulator, visit, list(visit.effects))
        return answer

    return interceptor


def keeping(table: str, condition: str, values: Callable[[Session], Iterable[object]]) -> Interceptor:
    """A server that undoes a session, and leaves some rows of a table as they were."""

    def interceptor(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
        visit = undone(request, emulator)
        kept: list[Row] = []
        if visit is not None:
            with emulator.store.reading():
                kept = emulator.store.all(f"SELECT * FROM {table} WHERE {condition}", *values(visit))
        answer = proceed(request)
        if answer.ok and kept:
            places = ", ".join("?" * len(kept[0]))
            with emulator.store.transaction():
                emulator.store.run_many(f"INSERT OR REPLACE INTO {table} VALUES ({places})", kept)
        return answer

    return interceptor


def without_entries(kind: str) -> Interceptor:
    """A server that undoes a session, and leaves its ledgers without the entries of a type that this takes."""

    def interceptor(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
        visit = undone(request, emulator)
        before = entries(emulator, visit, kind) if visit is not None else []
        answer = proceed(request)
        if visit is not None and answer.ok:
            forget(emulator, set(entries(emulator, visit, kind)).difference(before))
        return answer

    return interceptor


def entries(emulator: Emulator, visit: Session, kind: str) -> list[int]:
    """The ledger entries of a type that a session made."""
    with emulator.store.reading():
        sql = "SELECT id FROM entry WHERE session = ? AND type = ?"
        return [number for (number,) in emulator.store.all(sql, visit.integration_id, kind)]


def forget(emulator: Emulator, numbers: Iterable[int]) -> None:
    """Removes ledger entries, and what they took."""
    with emulator.store.transaction():
        for number in numbers:
            emulator.store.run("DELETE FROM spending WHERE subtraction_id = ? OR addition_id = ?", number, number)
            emulator.store.run("DELETE FROM entry WHERE id = ?", number)


def of_type(effects: Iterable[Effect], *types: str) -> list[Effect]:
    """The effects of some types."""
    return [effect for effect in effects if effect.type in types]


def shown(answer: Reply, edit: Callable[[list[Shown]], list[Shown]]) -> Reply:
    """The answer with other effects in it."""
    return edited_reply(answer, lambda body: body.update(effects=edit(body.get("effects", []))))


def hiding(*types: str, when: Callable[[Shown], bool] = lambda _: True) -> Interceptor:
    """A server that undoes a session, and does not say so of what it undoes by effects of some types."""

    def interceptor(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
        visit = undone(request, emulator)
        answer = proceed(request)
        if visit is None:
            return answer
        return shown(answer, lambda all_: [e for e in all_ if e["effectType"] not in types or not when(e)])

    return interceptor
