"""Keys that are not valid are refused by every operation, change nothing, and test keys only try things out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from strategies.harmless import send
from strategies.placeholders import PROFILE, SESSION
from strategies.since import EVERY_HARMLESS, HARMLESS_SINCE
from strategies.unchanged import changed, inventory, reread
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
    """Judges that a call was turned away because of its key.

    A server that fails says nothing of the key and ends the case, being judged apart; one that says it has no such
    operation (501) has let the key pass.
    """
    if exchange.status >= 500 and exchange.status != 501:
        case.block(f"{exchange.operation} answered {exchange.status}")
    credential = exchange.call.credential
    message = f"{exchange.operation} with {WORDS[credential]}: answered {exchange.status}, expected 401"
    case.judge(requirement, exchange.status == 401, message, of=exchange, check=f"{credential}-key")


DEPTHS = ("smoke", "release", "nightly")


def every_operation(*requirements: str, requests: int, depth: str = "smoke", **more: Any) -> list[Any]:
    """A parameter for each operation of the API, built or not: keys come first.

    Operations that came later are tried one depth further down, since few servers have them; one of them lists no 401,
    so that nothing is said of its body.
    """
    later, body = DEPTHS[DEPTHS.index(depth) + 1], "AUT-003"
    sure = tuple(name for name in requirements if name != body)
    return [
        pytest.param(
            operation,
            marks=scenario(
                *(sure if operation in HARMLESS_SINCE else requirements),
                also=(body,) if operation in HARMLESS_SINCE else (),
                footprint=harmless.footprint,
                requests=requests,
                operations=(operation,),
                authentication=True,
                depth=later if operation in HARMLESS_SINCE else depth,
                **more,
            ),
            id=operation,
        )
        for operation, harmless in EVERY_HARMLESS.items()
    ]


@pytest.mark.parametrize("operation", every_operation("AUT-001", "AUT-003", requests=1))
def test_unknown_key(case: Case, operation: str) -> None:
    """A call with a key that nobody has is answered 401."""
    judge_401(case, "AUT-001", send(case, operation, Credential.WRONG, among=EVERY_HARMLESS))


@pytest.mark.parametrize("operation", every_operation("AUT-001", "AUT-002", "AUT-003", requests=4, depth="release"))
def test_malformed_key(case: Case, operation: str) -> None:
    """A call without a key, or with one that is written in another way than it should be, is answered 401."""
    judge_401(case, "AUT-001", send(case, operation, Credential.LONGER, among=EVERY_HARMLESS))
    for credential in (Credential.ABSENT, Credential.BARE, Credential.BEARER):
        judge_401(case, "AUT-002", send(case, operation, credential, among=EVERY_HARMLESS))


@pytest.mark.parametrize(
    "operation", every_operation("AUT-002", "AUT-003", requests=1, depth="release", keys=("expired",))
)
def test_expired_key(case: Case, operation: str) -> None:
    """A call with a key that has expired is answered 401."""
    judge_401(case, "AUT-002", send(case, operation, Credential.EXPIRED, among=EVERY_HARMLESS))


Ids = Mapping[str, str]
Writing = Callable[[Case, Ids, Credential], Exchange]


def update(case: Case, ids: Ids, key: Credential) -> Exchange:
    """Puts another cart into a session."""
    body = {"state": "open", "cartItems": ANOTHER_CART, "profileId": ids[PROFILE]}
    return Api(case).put_session(ids[SESSION], body, credential=key)


def give_back(case: Case, ids: Ids, key: Credential) -> Exchange:
    """Returns a unit of a closed session."""
    body = {"return": {"returnedCartItems": [{"position": 0, "quantity": 1}]}}
    return case.send("returnCartItems", path={"customerSessionId": ids[SESSION]}, body=body, credential=key)


def reopen(case: Case, ids: Ids, key: Credential) -> Exchange:
    """Reopens a closed session."""
    return case.send("reopenCustomerSession", path={"customerSessionId": ids[SESSION]}, credential=key)


def rename(case: Case, ids: Ids, key: Credential) -> Exchange:
    """Gives a profile another attribute, with the rule engine on."""
    bound = case.bindings.profile_attribute
    body = {"attributes": {bound: "another"} if bound else {}}
    path, query = {"integrationId": ids[PROFILE]}, {"runRuleEngine": True}
    return case.send("updateCustomerProfileV2", path=path, query=query, body=body, credential=key)


def happen(case: Case, ids: Ids, key: Credential) -> Exchange:
    """Tracks an event of a profile that is not there."""
    body = {"profileId": ids[PROFILE], "type": case.bindings.event_type}
    return case.send("trackEventV2", query={"silent": "no"}, body=body, credential=key)


def written(
    write: Writing, make: Callable[[Case], Aim], footprint: str, *, requests: int = 4, needs: tuple[str, ...] = ()
) -> Any:
    """A parameter for one way to write: what is written on, read, written and read again."""
    mark = scenario(
        "AUT-001", "AUT-003", "ERR-002", footprint=footprint, requests=requests, depth="release", needs=needs
    )
    return pytest.param(write, make, marks=mark, id=write.__name__)


@pytest.mark.parametrize(
    ("write", "make"),
    [
        written(update, lambda case: a_session(case, "open"), "create"),
        written(give_back, lambda case: a_session(case, "closed"), "consume"),
        written(reopen, lambda case: a_session(case, "closed"), "consume"),
        written(rename, a_profile, "consume"),
        written(happen, no_profile, "consume", requests=3, needs=("event_type",)),
    ],
)
def test_unknown_key_changes_nothing(case: Case, write: Writing, make: Callable[[Case], Aim]) -> None:
    """A call that would be accepted with a valid key changes nothing with one that nobody has."""
    untouched = Untouched(case, lambda: make(case))
    exchange = untouched.send(
        f"{write.__name__} with {WORDS[Credential.WRONG]}", lambda ids: write(case, ids, Credential.WRONG)
    )
    judge_401(case, "AUT-001", exchange)
    untouched.judge()


def tried(write: Writing, footprint: str, *needs: str) -> Any:
    """A parameter for a call that a test key may make."""
    mark = scenario("AUT-004", footprint=footprint, requests=3, depth="release", needs=needs, keys=("test",))
    return pytest.param(write, marks=mark, id=write.__name__)


@pytest.mark.parametrize(
    "write", [tried(update, "create"), tried(rename, "consume"), tried(happen, "consume", "event_type")]
)
def test_test_key_stores_nothing(case: Case, api: Api, write: Writing) -> None:
    """A test key is accepted by the three operations that can run dry, and leaves nothing behind."""
    ids = {SESSION: case.new_id("session"), PROFILE: case.new_id("profile")}

    def read() -> Exchange:
        return api.get_session(ids[SESSION]) if write is update else api.inventory(ids[PROFILE], profile=True)

    view = whole_session if write is update else inventory
    before = read()
    exchange = write(case, ids, Credential.TEST)
    case.accepted("AUT-004", exchange, check="test-key-accepted")
    after = reread(case, view, before, read)
    found = changed(case, view, before, after)
    pointer, words = found or ("", "")
    message = f"{exchange.operation} with a test key: {pointer or 'the read'} {words}" if found else ""
    case.judge(
        "AUT-004",
        found is None,
        message,
        of=(before, exchange, after),
        pointer=pointer,
        check="test-key-stores-nothing",
        operation=exchange.operation,
    )


@scenario("AUT-004", footprint="consume", requests=6, depth="release", keys=("test",))
def test_test_key_elsewhere(case: Case, api: Api) -> None:
    """With a test key a closed session is neither read, nor returned, nor reopened; nor is any inventory read."""
    profile = case.new_id("profile")
    session = api.arrange("closed", {"profileId": profile, "cartItems": list(CART)})
    ids, key = {SESSION: session, PROFILE: profile}, Credential.TEST
    inventory_path = {"integrationId": profile}
    for exchange in (
        api.get_session(session, credential=key),
        give_back(case, ids, key),
        reopen(case, ids, key),
        case.send("getCustomerInventory", path=inventory_path, query={"profile": True}, credential=key),
        case.send(
            "updateCustomerProfileV2", path=inventory_path, query={"runRuleEngine": False}, body={}, credential=key
        ),
    ):
        case.refused("AUT-004", exchange, doing=f"{exchange.operation} with a test key", check="test-key-elsewhere")


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(
            operation,
            marks=scenario("AUT-004", footprint="read", requests=1, depth="release", needs=needs, keys=("test",)),
            id=operation,
        )
        for needs, operations in {
            ("card_program", "populated_card"): (
                "getLoyaltyCardBalances",
                "getLoyaltyCardTransactions",
                "getLoyaltyCardPoints",
            ),
            ("profile_program", "populated_profile"): (
                "getLoyaltyBalances",
                "getLoyaltyProgramProfileTransactions",
                "getLoyaltyProgramProfilePoints",
            ),
        }.items()
        for operation in operations
    ],
)
def test_test_key_reads_no_points(case: Case, operation: str) -> None:
    """With a test key no balance and no list of points or transactions is given."""
    exchange = send(case, operation, Credential.TEST)
    case.refused("AUT-004", exchange, doing=f"{operation} with a test key", check="test-key-elsewhere")
