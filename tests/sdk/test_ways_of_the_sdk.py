"""What the SDK does in its own way, on the wire and with what it gets, and what the emulator makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.sdk.client import Outcome, Sdk, model

NOTHING = model("IntegrationRequest", customer_session=model("NewCustomerSessionV2"))


def session(**fields: Any) -> dict[str, Any]:
    """An update of a session that asks for it."""
    return model(
        "IntegrationRequest",
        customer_session=model("NewCustomerSessionV2", **fields),
        response_content=["customerSession"],
    )


def told(outcome: Outcome) -> dict[str, list[str]]:
    """The query of a call that the emulator took."""
    assert (200, None) == (outcome.status, outcome.raised)
    return parse_qs(outcome.query, strict_parsing=True)


@pytest.mark.parametrize(("value", "spelled"), [(True, "True"), (False, "False")])
def test_booleans_are_sent_as_python_writes_them(sdk: Sdk, spelled: str, *, value: bool) -> None:
    """``True`` and ``False`` mean what they say."""
    name = sdk.new("session")

    outcome = sdk.call("update_customer_session_v2", name, NOTHING, dry=value)

    assert {"dry": [spelled]} == told(outcome)
    assert (400 if value else 200) == sdk.call("get_customer_session", name).status


def test_arrays_are_sent_repeated(sdk: Sdk) -> None:
    """One field for each item."""
    names = ["travel", "travel-plus"]

    outcome = sdk.call("get_loyalty_card_points", 2, "tp-world-card", subledger_id=names)

    assert {"subledgerId": names} == told(outcome)
    assert set(names) == {row["subledgerId"] for row in outcome.answer["data"]}


@pytest.mark.parametrize("hours", [0, 7, -3.5])
def test_moments_are_sent_with_their_offset(sdk: Sdk, hours: float) -> None:
    """To the microsecond, with a colon in the offset; its plus sign is escaped."""
    moment = (datetime.now(UTC) + timedelta(days=30)).astimezone(timezone(timedelta(hours=hours)))

    outcome = sdk.call(
        "update_customer_session_v2", sdk.new("session"), NOTHING, dry=True, now={"$moment": moment.isoformat()}
    )

    assert "+" not in outcome.query
    assert [moment.isoformat()] == told(outcome)["now"]


def test_a_moment_without_offset_is_refused(sdk: Sdk) -> None:
    """A naive ``datetime`` is sent as it is, which is no RFC 3339."""
    moment = {"$moment": "2126-01-01T12:00:00"}

    refused = sdk.refused("update_customer_session_v2", sdk.new("session"), NOTHING, code=400, dry=True, now=moment)

    assert {"parameter": "now"} == refused["errors"][0]["source"]


def test_a_state_that_nobody_set_is_sent(sdk: Sdk) -> None:
    """It is ``open``: right for a cart, wrong for a sale, which stays as it is."""
    name = sdk.new("session")
    sent = sdk.call("update_customer_session_v2", name, session()).sent
    sdk.does("update_customer_session_v2", name, session(state="closed"))

    refused = sdk.refused("update_customer_session_v2", name, session(identifiers=["one"]), code=400)

    assert sent is not None
    assert {"customerSession": {"state": "open"}, "responseContent": ["customerSession"]} == sent["body"]
    assert {"pointer": "/customerSession/state"} == refused["errors"][0]["source"]
    assert "closed" == sdk.does("get_customer_session", name)["customerSession"]["state"]


def test_what_is_none_is_left_out(sdk: Sdk) -> None:
    """So codes that were sent once are kept."""
    name = sdk.new("session")
    sdk.does("update_customer_session_v2", name, session(coupon_codes=["TP-COUPON-1"]))

    outcome = sdk.call("update_customer_session_v2", name, session(coupon_codes=None))

    assert outcome.sent is not None
    assert "couponCodes" not in outcome.sent["body"]["customerSession"]
    assert ["TP-COUPON-1"] == outcome.answer["customerSession"]["couponCodes"]


def test_an_unknown_value_of_an_enum_is_not_sent(sdk: Sdk) -> None:
    """The SDK raises; sent as a plain map, the emulator says where it is."""
    name = sdk.new("session")

    outcome = sdk.call("update_customer_session_v2", name, session(state="paused"))
    refused = sdk.refused("update_customer_session_v2", name, {"customerSession": {"state": "paused"}}, code=400)

    assert outcome.raised is not None
    assert ("ValueError", None) == (outcome.raised["type"], outcome.sent)
    assert {"pointer": "/customerSession/state"} == refused["errors"][0]["source"]
    assert 400 == sdk.call("get_customer_session", name).status


def test_requests_without_a_body_have_its_media_type(sdk: Sdk) -> None:
    """That does no harm."""
    outcome = sdk.call("get_customer_session", "tp-world-open")

    assert outcome.sent is not None
    assert (None, "application/json") == (outcome.sent["body"], outcome.sent["headers"]["Content-Type"])
    assert 200 == outcome.status


def test_a_wrong_key_is_refused(sdk: Sdk) -> None:
    """The SDK raises, and shows the body."""
    assert 401 == sdk.refused("get_customer_session", "tp-world-open", code=401, key="wrong")["StatusCode"]


SILENT = {
    "track_event_v2": model("IntegrationEventV2Request", profile_id="sdk-silent", type="tp_signed_up"),
    "create_referrals_for_multiple_advocates": model(
        "NewReferralsForMultipleAdvocates",
        campaign_id=2,
        advocate_profile_integration_ids=["sdk-silent"],
        usage_limit=1,
    ),
}


@pytest.mark.parametrize("method", SILENT)
def test_an_empty_answer_is_more_than_the_sdk_can_read(sdk: Sdk, method: str) -> None:
    """``silent`` is ``yes`` by default, which is a 204 without a body, as stated: the SDK sent it, and it was done.

    Then the SDK makes an object of nothing, and finds its required properties missing. ``silent="no"`` and
    ``_preload_content=False`` are the ways around.
    """
    outcome = sdk.call(method, SILENT[method])

    assert outcome.raised is not None
    assert ("ValueError", 204, None) == (outcome.raised["type"], outcome.status, outcome.received)
    assert sdk.does(method, SILENT[method], code=204, _preload_content=False) is None
    assert sdk.call(method, SILENT[method], silent="no").raised is None
