"""Things that calls are aimed at which are to be refused: afterwards they must read as before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from strategies.placeholders import PROFILE, SESSION
from strategies.unchanged import View, at_rest, changed, inventory, reread, session
from talonproof.http.exchange import Exchange
from talonproof.run.api import Api
from talonproof.run.case import Case

Send = Callable[[Mapping[str, str]], Exchange]
"""Sends a call, the stand-ins in it bound to the ids given."""


@dataclass(frozen=True, slots=True)
class Aim:
    """Something of the run's own: the ids that lead to it, the read that shows it, and what of the read is compared."""

    ids: Mapping[str, str]
    read: Callable[[], Exchange]
    view: View


def a_session(case: Case, state: str) -> Aim:
    """A fresh session in a state, beside a profile that is not there yet; 1 request for one open or closed."""
    api = Api(case)
    name = api.arrange(state)
    return Aim({SESSION: name, PROFILE: case.new_id("profile")}, lambda: api.get_session(name), session)


def a_profile(case: Case) -> Aim:
    """A fresh profile, with an attribute where one is bound; 1 request."""
    api = Api(case)
    name = case.new_id("profile")
    bound = case.bindings.profile_attribute
    case.arranged(api.put_profile(name, {"attributes": {bound: "as it was"} if bound else {}}))
    return Aim({PROFILE: name}, lambda: api.inventory(name, profile=True), inventory)


def no_profile(case: Case) -> Aim:
    """The id of a profile that is not there; no request."""
    api = Api(case)
    name = case.new_id("profile")
    return Aim({PROFILE: name}, lambda: api.inventory(name, profile=True), inventory)


@dataclass(frozen=True, slots=True)
class _Refused:
    """A call that was refused, its answer, and a way to send it again."""

    words: str
    send: Send
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class _Round:
    """Calls that were refused one after the other on one thing, and its reads before and after them.

    ``sure`` is whether nothing else was sent between the two reads.
    """

    refused: tuple[_Refused, ...]
    view: View
    before: Exchange
    after: Exchange
    sure: bool = True


class Untouched:
    """One such thing, and the calls that were refused since it was read.

    Reads once at first and once when judged. After a call that was not refused, another thing takes its place,
    off the plan: what calls before it may have changed can no longer be told. A call that nobody answered is made again
    on another thing as well; the calls before it are not, for the thing that they were aimed at is read at once.
    """

    def __init__(self, case: Case, make: Callable[[], Aim]) -> None:
        self._case = case
        self._make = make
        self._refused: list[_Refused] = []
        self._over: list[_Round] = []
        self._aim, self._before = self._fresh()

    def send(self, words: str, send: Send) -> Exchange:
        """The answer to a call; ``words`` say in a message what is wrong with it."""
        exchange = self._case.unbroken(lambda: send(self._aim.ids), afresh=self._interrupted, within=True)
        if exchange.refused:
            self._refused.append(_Refused(words, send, exchange))
        else:
            self._refused.clear()
            self._aim, self._before = self._case.off_plan(self._fresh)
        return exchange

    def judge(self, requirement: str = "ERR-002", *, check: str = "") -> None:
        """Judges that the refused calls changed nothing; where they did, each is sent again to find which one.

        Nothing is judged where none was refused. Blocks the case where a read tells nothing.
        """
        rounds = [*self._over, *([self._round()] if self._refused else [])]
        for over in rounds:
            self._judge(over, requirement, check)

    def _judge(self, over: _Round, requirement: str, check: str) -> None:
        refused = over.refused
        found = changed(self._case, over.view, over.before, over.after)
        shown = (over.before, *(one.exchange for one in refused), over.after)
        last, several = refused[-1], len(refused) > 1
        what = "the refused calls" if several else last.words
        if found is not None and (several or not over.sure):
            for one in refused:
                again = self._case.off_plan(lambda one=one: self._alone(one))
                if again is not None:
                    found, shown, what = *again, one.words
                    break
            else:
                if not over.sure:  # it may have been the call that was not answered
                    return
        pointer, words = found or ("", "")
        message = f"{what}: {pointer or 'the read'} {words} after it was refused" if found else ""
        operation = last.exchange.operation if found is None else shown[-2].operation
        self._case.judge(
            requirement, found is None, message, of=shown, pointer=pointer, check=check, operation=operation
        )

    def _round(self, *, sure: bool = True) -> _Round:
        after = self._read_again(self._aim, self._before)
        return _Round(tuple(self._refused), self._aim.view, self._before, after, sure)

    def _interrupted(self) -> None:
        """Another thing takes the place of one of which it is not known what was done to it."""
        if self._refused:
            self._over.append(self._case.off_plan(lambda: self._round(sure=False)))
            self._refused.clear()
        self._aim, self._before = self._case.off_plan(self._fresh)

    def _fresh(self) -> tuple[Aim, Exchange]:
        aim = self._make()
        read = aim.read if aim.view is session else lambda: at_rest(self._case, aim.read)
        return aim, self._told(read())

    def _alone(self, refused: _Refused) -> tuple[tuple[str, str], tuple[Exchange, ...]] | None:
        """What one call alone changes in a fresh thing, and the exchanges that show it; None if nothing."""
        aim, before = self._fresh()
        exchange = refused.send(aim.ids)
        after = self._read_again(aim, before)
        found = changed(self._case, aim.view, before, after)
        return (found, (before, exchange, after)) if found and exchange.refused else None

    def _read_again(self, aim: Aim, before: Exchange) -> Exchange:
        if aim.view is session:  # a session's own read lags behind nothing
            return self._told(aim.read())
        return self._told(reread(self._case, aim.view, before, aim.read))

    def _told(self, read: Exchange) -> Exchange:
        if not (read.ok or read.refused):
            self._case.block(f"{read.operation} answered {read.status}")
        return read
