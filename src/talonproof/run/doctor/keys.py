"""What kind of key a target was given: a live one, or a test key, with which everything is dry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from talonproof.http.exchange import Credential
from talonproof.run.doctor.asking import Asking

_ENOUGH: Final = 3
"""As many bound things that cannot be read are not all wrong bindings, where a dry call is taken."""


class Kind(StrEnum):
    """What a key can do."""

    LIVE = "live"
    TEST = "test"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class KeyFound:
    """The kind of a key, and what shows it."""

    kind: Kind
    why: str


def kind_of_key(asking: Asking) -> KeyFound:
    """Judges by the reads that were answered so far and one dry update: a test key takes the latter alone."""
    reads = [one for one in asking.exchanges if one.method == "GET" and one.call.credential is Credential.LIVE]
    if any(read.ok for read in reads):
        return KeyFound(Kind.LIVE, "it reads")
    dry = asking.dry_session({"state": "open"})
    if dry is None or not dry.ok:
        return KeyFound(Kind.UNCLEAR, "nothing could be read with it, and no dry update was taken")
    if any(read.status == 401 for read in reads):
        return KeyFound(Kind.TEST, "it may not read, and a dry update is taken")
    own = set(asking.own_ids())
    things = {read.path.partition("?")[0] for read in reads if read.refused}
    bound = [thing for thing in things if not any(name in thing for name in own)]
    if len(bound) >= _ENOUGH:
        return KeyFound(Kind.TEST, f"none of {len(bound)} bound things can be read with it, and a dry update is taken")
    if bound:
        return KeyFound(Kind.UNCLEAR, "either it is a test key, or what is bound is not there: nothing could be read")
    return KeyFound(Kind.UNCLEAR, "a dry update is taken, and nothing is bound that could be read")
