"""Faults of authentication."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talonproof.emulator.faults.fault import Collection, Proceed, on_reply
from talonproof.emulator.faults.tampering import key_of, live_key, with_key
from talonproof.emulator.message import Reply, Request

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

KEYS = Collection()


@KEYS.must("key-not-checked-on-delete", "Deleting needs no key.", "AUT-001", "AUT-002")
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    return proceed(with_key(request, live_key(emulator)) if request.method == "DELETE" else request)


@KEYS.must("key-not-checked-on-balances", "Card balances are given without a key.", "AUT-001", "AUT-002",
           on=("getLoyaltyCardBalances",))  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    return proceed(with_key(request, live_key(emulator)))


@KEYS.must("long-key-accepted", "A key that begins like a valid one is valid.", "AUT-001")
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    sent = request.headers.get("authorization", "").removeprefix("ApiKey-v1 ")
    key = next((known for known in emulator.world.keys if sent.startswith(known)), None)
    return proceed(with_key(request, key) if key else request)


@KEYS.should("expired-key-accepted", "A key that has expired is still taken.", "AUT-002")
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    known = key_of(request, emulator)
    return proceed(with_key(request, live_key(emulator)) if known and known.expires is not None else request)


@KEYS.should("key-without-scheme", "A key is taken under any scheme.", "AUT-002")
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    key = request.headers.get("authorization", "").rpartition(" ")[2]
    return proceed(with_key(request, key) if key in emulator.world.keys else request)


@KEYS.should("401-without-body", "A 401 has no body.", "AUT-003", "ERR-015")
@on_reply
def _(answer: Reply) -> Reply:
    return Reply(401) if answer.status == 401 else answer


@KEYS.should("401-with-wrong-number", "The body of a 401 says that it is a 400.", "AUT-003")
@on_reply
def _(answer: Reply) -> Reply:
    return answer.with_document({**answer.document(), "StatusCode": 400}) if answer.status == 401 else answer


@KEYS.should(
    "test-key-persists",
    "Calls under a test key are carried out.",
    "AUT-004",
    on=("updateCustomerSessionV2", "updateCustomerProfileV2", "trackEventV2"),
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    known = key_of(request, emulator)
    return proceed(with_key(request, live_key(emulator)) if known and known.test else request)
