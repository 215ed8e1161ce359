"""The guard lets nothing out that the run may not do."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from talonproof.contract.contract import Contract
from talonproof.errors import GuardError
from talonproof.http.exchange import Call
from talonproof.http.guard import Guard
from talonproof.http.ledger import Ledger
from talonproof.target import Bindings, Footprint, Target

READ, DRY, CREATE, CONSUME, DESTRUCTIVE = Footprint
OWN = "tp-20261120-110000-ab12-gw0-0"


def guard(
    contract: Contract,
    ledger: Ledger,
    limit: Footprint = DESTRUCTIVE,
    *,
    url: str = "http://127.0.0.1:80",
    host: str = "",
) -> Guard:
    """A guard before a target at this address."""
    return Guard(Target(url, host, bindings=Bindings(catalog=3)), contract, limit, ledger)


def update(session: str = OWN) -> Call:
    """A session update."""
    return Call("updateCustomerSessionV2", {"customerSessionId": session}, body={"customerSession": {}})


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:80", "http://localhost", "http://[::1]:8080", "http://127.9.9.9/base"]
)
@pytest.mark.parametrize("spelling", ["", "{host}"])
def test_this_machine_may_be_spoken_to(contract: Any, ledger: Any, url: str, spelling: str) -> None:
    """Without a target file loopback is allowed, by whatever name."""
    host = spelling.format(host=url.removeprefix("http://").removesuffix(":80").removesuffix(":8080").split("/")[0])

    assert CREATE == guard(contract, ledger, url=url, host=host).check(update(), f"{url}/v2/x")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com", "https://10.0.0.1", "http://0.0.0.0", "http://127.0.0.1.example.com", "http://localhost.",
        "http://127.1", "http://2130706433", "http://127.0.0.999", "http://user@example.com", "http://[::2]", "http://[",
        "http://example.com\\@127.0.0.1", "http://user:pass@127.0.0.1", "http://", "",
    ],
)  # fmt: skip
def test_any_other_host_needs_a_target_file(contract: Any, ledger: Any, url: str) -> None:
    """Names and numbers that only look like this machine are not."""
    with pytest.raises(GuardError, match="speaks to this machine only"):
        guard(contract, ledger, url=url).check(update(), f"{url}/v2/x")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://staging.example.com", "staging.example.com"),
        ("https://Staging.Example.com", "staging.example.COM"),
        ("https://xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("https://bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_host_of_a_target_file_may_be_spoken_to(contract: Any, ledger: Any, url: str, host: str) -> None:
    """The allowed host is that of the address, however either is written."""
    assert CREATE == guard(contract, ledger, url=url, host=host).check(update(), f"{url}/v2/x")


@pytest.mark.parametrize(
    "host", ["example.com", "staging.example.com.evil.com", "127.0.0.1", "staging.example.com:443"]
)
def test_other_host_than_allowed_is_refused(contract: Any, ledger: Any, host: str) -> None:
    """Exactly that host, no parent and no port."""
    url = "https://staging.example.com"
    with pytest.raises(GuardError, match="this run speaks to"):
        guard(contract, ledger, url=url, host=host).check(update(), f"{url}/v2/x")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:80/v2/x", "http://127.0.0.1:81/v2/x", "http://127.0.0.1:8080/v2/x", "http://127.0.0.1/v2/x",
        "http://127.0.0.1:80@evil.com/", "http://127.0.0.1:80.evil.com/", "//evil.com/", "/v2/x", "http://evil.com/",
    ],
)  # fmt: skip
def test_call_must_go_to_the_target_itself(contract: Any, ledger: Any, url: str) -> None:
    """Another scheme or port is another server."""
    with pytest.raises(GuardError, match="speaks to"):
        guard(contract, ledger).check(update(), url)


@pytest.mark.parametrize("limit", Footprint)
@pytest.mark.parametrize("session", [OWN, "somebodys"])
def test_limit_is_a_limit(contract: Any, ledger: Any, limit: Footprint, session: str) -> None:
    """A call passes exactly if its footprint is not above the limit."""
    ledger.new("session")
    calls = {
        READ: Call("getCustomerSession", {"customerSessionId": session}),
        DRY: dataclasses.replace(update(), query={"dry": True}),
        CREATE: update(session),
        CONSUME: Call("reopenCustomerSession", {"customerSessionId": session}),
        DESTRUCTIVE: Call("deleteAudienceV2", {"audienceId": 1}),
    }
    for footprint, call in calls.items():
        expected = DESTRUCTIVE if footprint >= CREATE and session != OWN else footprint
        if expected <= limit:
            assert expected == guard(contract, ledger, limit).check(call, "http://127.0.0.1:80/x")
        else:
            with pytest.raises(GuardError, match=f"the run may go up to {limit.label}"):
                guard(contract, ledger, limit).check(call, "http://127.0.0.1:80/x")


def test_things_of_others_are_written_on_this_machine_alone(contract: Any, ledger: Any) -> None:
    """On any other host not even a run that may be destructive touches them."""
    url = "https://staging.example.com"
    far = guard(contract, ledger, url=url, host="staging.example.com")
    for call in (
        update("somebodys"),
        Call("deleteAudienceV2", {"audienceId": 1}),
        Call("syncCatalog", {"catalogId": 3}, body={"actions": [{"type": "REMOVE_MANY", "payload": {}}]}),
    ):
        assert DESTRUCTIVE == guard(contract, ledger).check(call, "http://127.0.0.1:80/x")
        with pytest.raises(GuardError, match="not of this run"):
            far.check(call, f"{url}/x")


def test_error_repeats_no_argument(contract: Any, ledger: Any) -> None:
    """It names the operation and the reason."""
    with pytest.raises(GuardError) as caught:
        guard(contract, ledger, CREATE).check(update("s3cret"), "http://127.0.0.1:80/v2/s3cret")

    assert (
        "updateCustomerSessionV2 was not sent: it is destructive (it names a session that is not of this run), "
        "the run may go up to create"
    ) == str(caught.value)
    assert 3 == caught.value.exit_code


def test_read_must_be_sent_by_a_method_that_reads(contract: Any, ledger: Any) -> None:
    """A document that calls a deletion by the name of a read fools nobody."""
    operation = dataclasses.replace(contract.operation("getCustomerSession"), method="DELETE")
    forged = dataclasses.replace(contract, operations={"getCustomerSession": operation})
    call = Call("getCustomerSession", {"customerSessionId": OWN})

    assert READ == guard(contract, ledger).assess(call).footprint
    assert DESTRUCTIVE == guard(forged, ledger).assess(call).footprint


def test_every_call_that_passes_reaches_the_wire_and_no_other(make_client: Any, recorder: Any, contract: Any) -> None:
    """With ids of the run and of nobody, valid bodies and broken ones, what is sent is what the limit allows."""
    for limit in Footprint:
        client = make_client(limit=limit)
        for operation in contract.operations.values():
            for value in (OWN, "0", "7", "a/../b"):
                for raw, body in ((b"{", None), (None, {"customerSession": {"state": "closed"}}), (None, None)):
                    path = {parameter.name: value for parameter in operation.path_parameters}
                    call = Call(operation.id, path, body=body, raw_body=raw)
                    before = len(recorder.requests)
                    allowed = client.guard.assess(call).footprint <= limit
                    if allowed:
                        client.send(call, number=0)
                    else:
                        with pytest.raises(GuardError):
                            client.send(call, number=0)

                    assert allowed == len(recorder.requests) - before
