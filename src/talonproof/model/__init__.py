"""The reference model: what the clauses say of one session, beside which a server is judged.

It is written from the catalogue and knows nothing of the emulator. A caller goes step by step::

    session: Session | None = None
    for action in actions:
        expectation = step(session, action)
        # send operation(action), query(action), body(action); read the session afterwards
        comparison = compare(expectation, status, stored, before=before)
        session = follow(expectation, status, stored)
"""

from __future__ import annotations

from talonproof.model.action import Action, EmptyUpdate, Line, Read, Reopen, Return, State, Unsent, Update
from talonproof.model.judge import Comparison, Disagreement, compare, disagreements, follow
from talonproof.model.notation import from_json, key, to_json
from talonproof.model.observed import UNREAD, Observed, Stored, differences
from talonproof.model.session import Past, Session, StoredLine
from talonproof.model.step import Expectation, step
from talonproof.model.transitions import TABLE, Answer, Transition
from talonproof.model.wire import body, operation, query

__all__ = [
    "TABLE",
    "UNREAD",
    "Action",
    "Answer",
    "Comparison",
    "Disagreement",
    "EmptyUpdate",
    "Expectation",
    "Line",
    "Observed",
    "Past",
    "Read",
    "Reopen",
    "Return",
    "Session",
    "State",
    "Stored",
    "StoredLine",
    "Transition",
    "Unsent",
    "Update",
    "body",
    "compare",
    "differences",
    "disagreements",
    "follow",
    "from_json",
    "key",
    "operation",
    "query",
    "step",
    "to_json",
]
