"""Returns: counters add up, a refused return is refused as a whole, earlier returns are listed."""

from __future__ import annotations

from typing import Any

import pytest

CART = [{"sku": "mug", "quantity": 3, "price": 5}, {"sku": "lamp", "quantity": 1, "price": 40}]


@pytest.fixture
def sold(client: Any) -> Any:
    """A client with a closed session ``s``."""
    client.update("s", profileId="p", cartItems=CART, state="closed")
    return client


def counters(client: Any) -> list[tuple[int, int, int]]:
    """Quantity, returned and remaining units of each line."""
    lines = client.session("s")["cartItems"]
    return [(line["quantity"], line["returnedQuantity"], line["remainingQuantity"]) for line in lines]


def test_counters_add_up(sold: Any) -> None:
    """Two returns of one unit leave two returned and one remaining."""
    sold.give_back("s", (0, 1))
    sold.give_back("s", (0, 1))

    assert [(3, 2, 1), (1, 0, 1)] == counters(sold)


def test_a_return_is_answered_with_what_it_did(sold: Any) -> None:
    """The answer holds the return, its event, and the session as it is then."""
    status, shown = sold.give_back("s", (1, 1), (0, 2))

    assert 200 == status
    assert [{"position": 1, "quantity": 1}, {"position": 0, "quantity": 2}] == shown["return"]["returnedCartItems"]
    assert ("s", "p") == (shown["return"]["sessionIntegrationId"], shown["return"]["profileIntegrationId"])
    assert shown["event"]["id"] == shown["return"]["eventId"]
    assert "talon_session_partially_returned" == shown["event"]["type"]
    assert "partially_returned" == shown["customerSession"]["state"]
    assert "previousReturns" not in shown


def test_earlier_returns_are_listed_without_the_present_one(sold: Any) -> None:
    """PreviousReturns holds what was returned before, oldest first."""
    ids = [sold.give_back("s", (0, 1))[1]["return"]["id"] for _ in range(2)]

    _, shown = sold.give_back("s", (1, 1))

    assert ids == [record["id"] for record in shown["previousReturns"]]


def test_without_a_quantity_all_that_remains_is_returned(sold: Any) -> None:
    """A return without a quantity takes the rest of the line."""
    sold.give_back("s", (0, 1))

    _, shown = sold.give_back("s", (0, None))

    assert [{"position": 0, "quantity": 2}] == shown["return"]["returnedCartItems"]


def test_a_complete_return_is_a_partial_one(sold: Any) -> None:
    """When every unit is returned, the session is partially returned, and its total as it was."""
    sold.give_back("s", (0, None), (1, None))

    assert "partially_returned" == sold.session("s")["state"]
    assert 55 == sold.session("s")["total"]
    assert 0 == sold.profile("p")["totalSales"]


@pytest.mark.parametrize(
    "items",
    [
        ((0, 4),),
        ((1, 1), (0, 4)),
        ((0, 2), (0, 2)),
        ((2, 1),),
        ((-1, 1),),
        ((0, 0),),
        ((0, -1),),
        (),
        ((2**62, 1),),
        ((0, 1), (2, None)),
    ],
)
def test_a_return_that_does_not_fit_is_refused_as_a_whole(sold: Any, items: tuple[tuple[int, int | None], ...]) -> None:
    """The answer is 400, and no counter moves."""
    status, document = sold.give_back("s", *items)

    assert 400 == status
    assert document["errors"][0]["source"]["pointer"].startswith("/return/returnedCartItems")
    assert [(3, 0, 3), (1, 0, 1)] == counters(sold)
    assert "closed" == sold.session("s")["state"]


def test_what_was_returned_cannot_be_returned_again(sold: Any) -> None:
    """A line without remaining units takes no return, with or without a quantity."""
    sold.give_back("s", (1, 1))

    assert 400 == sold.give_back("s", (1, 1))[0]
    assert 400 == sold.give_back("s", (1, None))[0]
