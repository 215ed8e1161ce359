"""Keys that are not valid are refused by every operation, change nothing, and test keys only try things out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from strategies.harmless import HARMLESS, send
from strategies.placeholders import PROFILE, SESSION
from strategies.unchanged import difference, inventory, reread
from strategies.unchanged import session as whole_session
from strategies.untouched import Aim, Untouched, a_profile, a_session, no_profile
from talonproof.http.exchange import Credential, Exchange
from talonproof.plugin import scenario
from talonproof.run.api import CART, Api
from talonproof.run.case import Case

WORDS = {
    Credential.WRONG: "an unknown key",
    Credential.LONGER: "a valid key with more behind it",
    Credential.ABSENT: "no Authorization header",
    Credential.BARE: "a valid key without its prefix",
    Credential.BEARER: "a valid key behind Bearer",
    Credential.EXPIRED: "an expired key",
}

ANOTHER_CART = [{"name": "bowl", "sku": "tp-bowl", "quantity": 1, "price": 7}]


def judge_401(case: Case, requirement: str, exchange: Exchange) -> None:
    """Judges that a call was turned away because of its key; a 5xx ends the case, being judged apart."""
    if not (exchange.ok or exchange.refused):
        case.block(f"{exchange.operation} answered {exchange.status}")
    credential = exchange.call.credential
    message = f"{exchange.operation} with {WORDS[credential]}: answered {exchange.status}, expected 401"
    case.judge(requirement, exchange.status == 401, message, of=exchange, check=f"{credential}-key")


def every_operation(*requirements: str, requests: int, **more: Any) -> list[Any]:
    """A parameter for each operation of the API, built or not: keys come first."""
    return [
        pytest.param(
            operation,
            marks=scenario(
                *requirements,
                footprint=harmless.footprint,
                requests=requests,
                operations=(operation,),
                authentication=True,
                **more,
            ),
            id=operation,
        )
        for operation, harmless in HARMLESS.items()
    ]


@pytest.mark.parametrize("operation", every_operation("AUT-001", "AUT-003", requests=1))
def test_unknown_key(case: Case, operation: str) -> None:
    """A call with a key that nobody has is answered 401."""
    judge_401(case, "AUT-001", send(case, operation, Credential.WRONG))


@pytest.mark.parametrize("operation", every_operation("AUT-001", "AUT-002", "AUT-003", requests=4, depth="release"))
def test_malformed_key(case: Case, operation: str) -> None:
    """A call without a key, or with one that is written in another way than it should be, is answered 401."""
    judge_401(case, "AUT-001", send(case, operation, Credential.LONGER))
    for credential in (Credential.ABSENT, Credential.BARE, Credential.BEARER):
        judge_401(case, "AUT-002", send(case, operation, credential))


@pytest.mark.parametrize(
    "operation", every_operation("AUT-002", "AUT-003", requests=1, depth="release", keys=("expired",))
)
def test_expired_key(case: Case, operation: str) -> None:
    """A call with a key that has expired is answered 401."""
    judge_401(case, "AUT-002", send(case, operation, Credential.EXPIRED))


Try = Callable[[Case, Aim], Exchange]


def update(case: Case, aim: Aim, credential: Credential) -> Exchange:
    """Another cart for an open session."""
    body = {"state": "open", "cartItems": ANOTHER_CART, "profileId": aim.ids[PROFILE]}
    return Api(case).put_session(aim.ids[SESSION], body, credential=credential)
