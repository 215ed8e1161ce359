"""Faults of single rows of the state table: one call in one state goes wrong, and everything else stays right.

Each row has at most two faults: the call is refused, or it is answered as ever and leaves another state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from talonproof.emulator import event
from talonproof.emulator.faults.fault import Collection, Interceptor, Proceed
from talonproof.emulator.faults.tampering import is_dry, sent_session, set_state, show_state, stored
from talonproof.emulator.message import Reply, Request, reply
from talonproof.emulator.session import CANCELLED, CLOSED, OPEN, RETURNED, Session

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

TABLE = Collection()

_UPDATE, _READ = "updateCustomerSessionV2", "getCustomerSession"
_REOPEN, _RETURN = "reopenCustomerSession", "returnCartItems"
_ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class _Row:
    """A row: a call of an operation on a session in a state (None: there is no session).

    ``states`` are those that an update sends (``absent``: none), ``reopened`` says whether the session must have been
    reopened before; ``other`` is a state that the call must not leave.
    """

    number: int
    before: str | None
    operation: str
    text: str
    other: str
    states: tuple[str, ...] = ()
    dry: bool = False
    reopened: bool = False

    def meets(self, request: Request, emulator: Emulator) -> bool:
        """Whether the row speaks of this call."""
        if is_dry(request) is not self.dry:
            return False
        if self.operation == _UPDATE:
            sent = sent_session(request)
            if sent is None or sent.get("state", _ABSENT) not in self.states:
                return False
        found = stored(request, emulator)
        if (found.state if found else None) != self.before:
            return False
        return found is None or _reopened(found, emulator) is self.reopened


def _reopened(found: Session, emulator: Emulator) -> bool:
    with emulator.store.reading():
        sql = "SELECT 1 FROM event WHERE session = ? AND application_id = ? AND type = ?"
        return emulator.store.one(sql, found.integration_id, found.application, event.REOPENED) is not None


_ROWS = (
    _Row(1, None, _UPDATE, "An update without state on a new id", CLOSED, (_ABSENT,)),
    _Row(2, None, _UPDATE, "An update with open on a new id", CLOSED, (OPEN,)),
    _Row(3, None, _UPDATE, "An update with closed on a new id", CANCELLED, (CLOSED,)),
    _Row(9, None, _UPDATE, "A dry update of a new id", OPEN, (_ABSENT, OPEN, CLOSED), dry=True),
    _Row(10, OPEN, _UPDATE, "An update of an open session that stays open", CLOSED, (_ABSENT, OPEN)),
    _Row(11, OPEN, _UPDATE, "Closing an open session", OPEN, (CLOSED,)),
    _Row(12, OPEN, _UPDATE, "Cancelling an open session", OPEN, (CANCELLED,)),
    _Row(13, OPEN, _UPDATE, "A refused update of an open session with partially_returned", CLOSED, (RETURNED,)),
    _Row(14, OPEN, _REOPEN, "A refused reopening of an open session", CLOSED),
    _Row(15, OPEN, _RETURN, "A refused return on an open session", CLOSED),
    _Row(16, OPEN, _READ, "Reading an open session", CLOSED),
    _Row(17, OPEN, _UPDATE, "A dry close of an open session", CANCELLED, (CLOSED,), dry=True),
    _Row(18, CLOSED, _UPDATE, "A refused update of a closed session that would open it", CANCELLED, (_ABSENT, OPEN)),
    _Row(19, CLOSED, _UPDATE, "Closing a closed session", CANCELLED, (CLOSED,)),
    _Row(20, CLOSED, _UPDATE, "Cancelling a closed session", OPEN, (CANCELLED,)),
    _Row(21, CLOSED, _UPDATE, "A refused update of a closed session with partially_returned", OPEN, (RETURNED,)),
    _Row(22, CLOSED, _REOPEN, "Reopening a closed session", CANCELLED),
    _Row(23, CLOSED, _RETURN, "A return on a closed session", CANCELLED),
    _Row(26, CLOSED, _RETURN, "A dry return on a closed session", RETURNED, dry=True),
    _Row(27, CLOSED, _READ, "Reading a closed session", OPEN),
    _Row(28, CLOSED, _UPDATE, "A dry update of a closed session", OPEN, (_ABSENT, OPEN, CLOSED, CANCELLED), dry=True),
    _Row(29, RETURNED, _UPDATE, "A refused update of a partially returned session", CLOSED, (_ABSENT, OPEN, CLOSED)),
    _Row(30, RETURNED, _UPDATE, "Cancelling a partially returned session", CLOSED, (CANCELLED,)),
    _Row(31, RETURNED, _UPDATE, "An update of a partially returned session with its own state", CLOSED, (RETURNED,)),
    _Row(32, RETURNED, _REOPEN, "A refused reopening of a partially returned session", CLOSED),
    _Row(33, RETURNED, _RETURN, "A further return, refused or not", CANCELLED),
    _Row(35, RETURNED, _READ, "Reading a partially returned session", CLOSED),
    _Row(36, CANCELLED, _UPDATE, "A refused update of a cancelled session", CLOSED, (_ABSENT, OPEN, CLOSED, RETURNED)),
    _Row(37, CANCELLED, _UPDATE, "Cancelling a cancelled session", OPEN, (CANCELLED,)),
    _Row(38, CANCELLED, _REOPEN, "A refused reopening of a cancelled session", CLOSED),
    _Row(39, CANCELLED, _RETURN, "A refused return on a cancelled session", RETURNED),
    _Row(40, CANCELLED, _READ, "Reading a cancelled session", CLOSED),
    _Row(
        43, OPEN, _UPDATE, "An update of a reopened session", RETURNED, (_ABSENT, OPEN, CLOSED, CANCELLED),
        reopened=True,
    ),
    _Row(44, CLOSED, _RETURN, "A return on a session closed again after a reopening", OPEN, reopened=True),
)  # fmt: skip

_STATUSES = frozenset({1, 2, 3, 9, 10, 11, 12, 16, 17, 20, 22, 23, 26, 27, 30, 35, 40, 43, 44})
"""The rows whose call must be answered with a success."""


def _refusing(row: _Row) -> Interceptor:
    def interceptor(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
        if not row.meets(request, emulator):
            return proceed(request)
        return reply(400, {"message": "This call is not taken in this state."})

    return interceptor


def _misplacing(row: _Row) -> Interceptor:
    def interceptor(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
        if not row.meets(request, emulator):
            return proceed(request)
        if row.operation == _READ:
            return show_state(proceed(request), row.other)
        answer = proceed(request.without("dry", "now") if row.before is None and row.dry else request)
        if not (row.before is None and row.dry):
            set_state(request, emulator, row.other)
        return show_state(answer, row.other)

    return interceptor


def _clauses(row: _Row) -> tuple[str, ...]:
    """The clauses on the state that the row's call leaves: a further return has two rows, the default a clause."""
    also = ("SES-003",) if row.number == 1 else ()
    return (*also, *(f"SES-{number}" for number in ((233, 234) if row.number == 33 else (200 + row.number,))))


def _plant(row: _Row) -> None:
    if row.number in _STATUSES:
        also = ("SES-013",) if row.number == 30 else ()
        breaks = (*also, f"SES-{100 + row.number}")
        TABLE.must(f"row-{row.number}-refused", f"{row.text} is refused.", *breaks, on=(row.operation,))(_refusing(row))
    wrong = f"shows {row.other}" if row.operation == _READ else f"leaves the session {row.other}"
    TABLE.must(f"row-{row.number}-misplaced", f"{row.text} {wrong}.", *_clauses(row), on=(row.operation,))(
        _misplacing(row)
    )


for _each in _ROWS:
    _plant(_each)
