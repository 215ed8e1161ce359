"""The whole examination of a target: is it there, does it take the key, which edition is it, and what does it hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from talonproof.errors import TargetError
from talonproof.http.preflight import preflight
from talonproof.run.doctor.asking import Asking
from talonproof.run.doctor.bindings import Held, State, as_records, look_at_bindings, look_at_keys
from talonproof.run.doctor.editions import look
from talonproof.run.doctor.evidence import Recognition
from talonproof.run.doctor.keys import KeyFound, Kind, kind_of_key
from talonproof.run.effects import LABELS, Seen
from talonproof.run.looking import look as look_for_effects
from talonproof.target import Footprint, Keys, Target

if TYPE_CHECKING:
    import httpx

    from talonproof.contract.contract import Contract

WRONG = 2
"""The exit code of a key or a target file that is wrong."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found; ``requests`` is how many it took."""

    key: KeyFound
    recognition: Recognition
    bindings: tuple[Held, ...]
    keys: tuple[Held, ...]
    requests: int
    seen: Seen = field(default_factory=Seen)

    @property
    def wrong(self) -> tuple[Held, ...]:
        """What the target file names and the target does not have; with a test key that cannot be told."""
        if self.key.kind is Kind.TEST:
            return ()
        refused = (Held(f"trigger {name}", State.MISSING, why) for name, why in self.seen.refused.items())
        return (*(held for held in (*self.bindings, *self.keys) if held.state is State.MISSING), *refused)

    @property
    def lacking(self) -> tuple[str, ...]:
        """The names of what cannot be built on: not named, or not there; of effects, the labels of those not seen."""
        without = {State.MISSING, State.UNBOUND}
        held = (held.name for held in (*self.bindings, *self.keys) if held.state in without)
        return (*held, *self.seen.lacking(sorted(LABELS)))

    @property
    def exit_code(self) -> int:
        """0 where a run can begin; 2 where the key, or what the target file says, is wrong."""
        return WRONG if self.wrong or self.key.kind is Kind.TEST else 0

    def record(self) -> dict[str, Any]:
        """What was found as plain JSON."""
        return {
            "key": {"kind": str(self.key.kind), "why": self.key.why},
            "edition": {
                "edition": self.recognition.edition,
                "sure": self.recognition.sure,
                "why": self.recognition.why,
                "signs": [
                    {"kind": s.kind, "seen": s.seen, "edition": s.edition, "strength": str(s.strength)}
                    for s in self.recognition.signs
                ],
            },
            "bindings": as_records(self.bindings),
            "keys": as_records(self.keys),
            "effects": self.seen.record(),
            "requests": self.requests,
        }


def examine(
    target: Target,
    keys: Keys,
    contract: Contract,
    run: str,
    *,
    limit: Footprint = Footprint.DRY,
    rate: float = 0.0,
    key: str = "",
    transport: httpx.BaseTransport | None = None,
) -> Examination:
    """The examination of a target by reads and dry calls, by a contract that has the operations of every edition.

    ``key`` says in an error which key was used. Raises TargetError where nothing answers, or something else than this
    API (exit 3), or where the key is not accepted (exit 2).
    """
    with Asking(target, keys, contract, run, limit=limit, rate=rate, transport=transport) as asking:
        try:
            looks = preflight(target, keys, contract, run, key=key, transport=transport)
        except TargetError as error:
            dry = asking.dry_session({"state": "open"}) if error.code == "key" else None
            if dry is None or not dry.ok:  # a test key may not read, and a dry update is all that shows it
                raise
            looks = 1
        recognition = look(asking)
        bindings = look_at_bindings(asking)
        roles = {"expired": keys.expired, "other_application": keys.other_application, "test": keys.test}
        others = look_at_keys(asking, roles)
        seen = look_for_effects(asking) if limit >= Footprint.DRY else Seen()
        return Examination(kind_of_key(asking), recognition, bindings, others, looks + asking.sent, seen)
