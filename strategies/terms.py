"""The terms that a referral was asked for with, and those that answers show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from talonproof.http.exchange import Exchange
from talonproof.model.observed import same
from talonproof.run.case import Case


def judge_terms(
    case: Case, sent: Exchange, rows: Sequence[Mapping[str, Any]], asked: Mapping[str, Any], place: str = ""
) -> None:
    """Judges that referrals asked for without limit, or without end, are shown so; other terms are not judged.

    ``rows`` stand in the answer at ``place``, a pointer: in an array, if there is one.
    """
    for index, row in enumerate(rows):
        here = f"{place}/{index}" if place else ""
        if asked.get("usageLimit") == 0:
            limit = row.get("usageLimit")
            message = f"the usageLimit of a referral without limit is {limit!r}, expected 0"
            pointer = f"{here}/usageLimit"
            case.judge("REF-003", same(limit, 0), message, of=sent, pointer=pointer, check="no_limit")
        if "expiryDate" not in asked:
            end = row.get("expiryDate")
            message = f"the expiryDate of a referral without an end is {end!r}, expected none"
            case.judge("REF-003", not end, message, of=sent, pointer=f"{here}/expiryDate", check="no_end")
