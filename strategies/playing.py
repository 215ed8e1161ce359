"""Plays actions on one session of the target, beside the reference model, and judges every step."""

from __future__ import annotations

from typing import Any, cast

from talonproof.http.exchange import Exchange
from talonproof.model import UNREAD, Action, Read, Session, Stored, body, compare, follow, operation, query, step
from talonproof.model.moves import move_of
from talonproof.model.observed import Unread
from talonproof.model.transitions import Answer
from talonproof.run.case import NOTHING, Case


class Player:
    """One session with a fresh id, on the target and in the model; updates name the ``profile``, if there is one.

    ``session`` is what the model holds; ``stored`` what the target showed last, with the exchange that showed it.
    """

    def __init__(self, case: Case, profile: str | None = None) -> None:
        self.case = case
        self.profile = profile
        self.id = case.new_id("session")
        self.session: Session | None = None
        self.stored: Stored = UNREAD
        self.shown: Exchange | None = None

    def arrange(self, action: Action) -> None:
        """Carries out an action that what follows builds on; Blocked where it is not accepted."""
        self.case.arranged(self._send(action))
        self.session = step(self.session, action).accepted[0]
        self.stored, self.shown = UNREAD, None

    def read(self) -> None:
        """Reads the session, so that the next step can be compared with it."""
        self.shown = self._send(Read())
        self.stored = _stored(self.shown)

    def play(self, action: Action, *, name: str = "") -> Exchange:
        """The answer to an action, which is judged, and what is stored afterwards."""
        expectation = step(self.session, action)
        before = None if isinstance(self.stored, Unread) else self.stored
        seen = [] if before is None or self.shown is None else [self.shown]
        answer = self._send(action)
        if Answer.of(answer.status) is None:
            self.case.block(f"{answer.operation} answered {answer.status}")
        seen.append(answer)
        if isinstance(action, Read):
            self.shown, self.stored = answer, _stored(answer)
        else:
            self.read()
            seen += [self.shown] if self.shown is not None else []
        comparison = compare(expectation, answer.status, self.stored, before=before)
        if comparison.disagreements and not isinstance(self.stored, Unread):
            # A second read tells what the call changed from what reading changes by itself.
            again = _stored(self.case.off_plan(lambda: self._send(Read())))
            if not isinstance(again, Unread):
                comparison = compare(expectation, answer.status, self.stored, before=before, again=again)
        # What disagrees without the first read does not need it to be shown.
        plain = {(one.rule, one.pointer) for one in compare(expectation, answer.status, self.stored).disagreements}
        told = f"{name or 'session'}: {self._told(action)}"
        for found in comparison.disagreements:
            shows = seen[seen.index(answer) :] if (found.rule, found.pointer) in plain else seen
            self.case.judge(
                found.rule,
                holds=False,
                message=f"{told}: {found.message}",
                of=[answer] if found.message.startswith("answered") else shows,
                pointer=found.pointer,
                operation=answer.operation,
            )
        broken = {found.rule for found in comparison.disagreements}
        for rule in comparison.exercised:
            if rule not in broken:
                self.case.judge(rule, holds=True, message=f"{told}: answered {answer.status}", of=answer)
        self.session = follow(expectation, answer.status, self.stored)
        return answer

    def _told(self, action: Action) -> str:
        """The step in words: the state it starts from, and the call."""
        move = move_of(self.session, action)
        call = "a call" if move is None else f"{move.kind}{f' ({move.state})' if move.state else ''}"
        return f"{self.session.state if self.session else 'no session'}, {call}"

    def _send(self, action: Action) -> Exchange:
        content: Any = body(action, profile=self.profile)
        return self.case.send(
            operation(action),
            path={"customerSessionId": self.id},
            query=query(action),
            body=NOTHING if content is None else content,
        )


def _stored(read: Exchange) -> Stored:
    """What a read shows: the session, None where there is none, or nothing to go by."""
    match Answer.of(read.status):
        case Answer.OK:
            session = read.at("customerSession")
            return cast("dict[str, Any]", session) if isinstance(session, dict) else UNREAD
        case Answer.REFUSED:
            return None
        case _:
            return UNREAD
