"""Sessions that make campaigns act: a fresh customer, a cart of two lines, and what was seen to make them act."""

from __future__ import annotations

from typing import Any

from talonproof.run.case import Case
from talonproof.run.effects import effects_of, labelled, merged, props_of
from talonproof.run.looking import full_session

__all__ = ["customer", "effects_of", "full_session", "labelled", "merged", "props_of", "session_for"]


def customer(case: Case) -> str:
    """A fresh id of a customer; the profile is made by the first session that names it."""
    return case.new_id("profile")


def session_for(case: Case, *labels: str, profile: str = "", **parts: Any) -> dict[str, Any]:
    """A session that shows effects of these labels, as far as the target does again what it did when it was tried.

    It is of a fresh customer unless ``profile`` names one; ``parts`` are added, as a ``state`` or ``couponCodes``.
    Where two labels are shown by different values of one attribute, the last one counts: such a session has one alone.
    """
    session = full_session(case.bindings) | {"profileId": profile or customer(case)}
    for label in labels:
        session = merged(session, case.trigger(label))
    return merged(session, parts)
