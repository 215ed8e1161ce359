"""Given the contract of 2026-05 the emulator answers as that edition does, and given that of 2025-01 it does not."""

from __future__ import annotations

from typing import Any

import pytest

from talonproof.contract.contract import Contract
from talonproof.emulator.message import Request
from talonproof.emulator.operations import HANDLERS
from talonproof.emulator.serve import unbuilt_operations

CARD = "/v1/loyalty_programs/2/cards/card-1"
PROFILE = "/v1/loyalty_programs/1/profile/rich"
LISTS = [f"{owner}/{kind}" for owner in (CARD, PROFILE) for kind in ("transactions", "points")]
ADDED = {"type": "ADD", "payload": {"sku": "new", "price": 1}}
ITEMS = [
    {"sku": "a", "quantity": 2, "price": 3},
    {"sku": "b", "quantity": 1, "price": 1},
    {"sku": "a", "quantity": 5, "price": 3},
]


def rows(client: Any, path: str, **query: object) -> list[dict[str, Any]]:
    """The rows of a page."""
    asked = "&".join(f"{name}={value}" for name, value in {"pageSize": 1000, **query}.items())
    status, page = client.call("GET", f"{path}?{asked}")
    assert status == 200, page
    return page["data"]


def parameter(answer: tuple[int, Any]) -> tuple[int, str]:
    """The status of a refusal, and the parameter that it names."""
    return answer[0], answer[1]["errors"][0]["source"]["parameter"]


class TestEditions:
    """What an edition is known by."""

    @pytest.mark.parametrize("edition", ["contract", "later_contract"])
    def test_what_is_not_built_is_declared(self, edition: str, request: pytest.FixtureRequest) -> None:
        """Of each edition exactly the operations without a handler are declared as not built."""
        contract: Contract = request.getfixturevalue(edition)

        assert contract.operations.keys() - HANDLERS.keys() == unbuilt_operations(contract.edition)

    def test_operations_that_came_answer_501(self, later: Any, client: Any, later_contract: Contract) -> None:
        """Later operations are there, and not built; an emulator of the earlier edition has nothing there."""
        for operation_id in unbuilt_operations("2026-05"):
            operation = later_contract.operation(operation_id)
            path = operation.path.replace("{", "").replace("}", "")
            asked = Request(operation.method, path, {"authorization": "ApiKey-v1 live"})
            assert (operation_id, 501) == (operation_id, later.send(asked).status)
            assert client.send(asked).status in {404, 405}

    def test_pages_may_be_larger(self, later: Any, client: Any) -> None:
        """All lists have pages of up to 1000, and of 50 where nothing is asked for."""
        for path in LISTS:
            assert 200 == later.call("GET", f"{path}?pageSize=1000")[0]
            assert (400, "pageSize") == parameter(later.call("GET", f"{path}?pageSize=1001"))
            assert len(later.call("GET", path)[1]["data"]) <= 50
        assert 50 == len(later.call("GET", f"{CARD}/transactions")[1]["data"])
        assert 50 < len(client.call("GET", f"{CARD}/transactions")[1]["data"])
        assert (400, "pageSize") == parameter(client.call("GET", f"{CARD}/points?pageSize=51"))


class TestSessions:
    """What sessions have besides."""

    def test_updates_are_counted(self, later: Any, client: Any) -> None:
        """The count is 1 at creation and one more with each update, kept or refused ones aside; and none earlier."""
        counts = [later.update("s", cartItems=ITEMS[:n])["customerSession"]["updateCount"] for n in (1, 2, 3)]
        assert 1 == later.update("s", "?dry=true")["customerSession"]["updateCount"]
        assert 400 == later.try_update("s", couponCodes=7)[0]

        assert [1, 2, 3] == counts
        assert 3 == later.session("s")["updateCount"]
        assert "updateCount" not in client.update("s")["customerSession"]

    def test_variants_are_kept(self, later: Any, client: Any) -> None:
        """Allocations of variants are kept over updates; the earlier edition does not know them."""
        allocations = [{"experimentID": 1, "variantID": 2}]
        later.update("s", experimentVariantAllocations=allocations)
        client.update("s", experimentVariantAllocations=allocations)

        assert allocations == later.update("s")["customerSession"]["experimentVariantAllocations"]
        assert "experimentVariantAllocations" not in client.session("s")

    def test_items_keep_their_prices(self, later: Any, client: Any) -> None:
        """What an item says of its prices is shown again; the earlier edition drops it."""
        prices = {"selectedPriceType": "member", "prices": {"member": {"price": 2.5}, "base": {"price": 3}}}
        for each in (later, client):
            each.update("s", cartItems=[ITEMS[0] | prices])

        assert prices == {name: later.session("s")["cartItems"][0][name] for name in prices}
        assert not prices.keys() & client.session("s")["cartItems"][0].keys()


class TestReturns:
    """A line is named by its position or its SKU."""

    def give_back(self, client: Any, *items: dict[str, Any]) -> tuple[int, Any]:
        """Status and body of a return of a session that is closed beforehand."""
        name = f"s-{client.clock.instant}"
        client.tick()
        client.update(name, state="closed", cartItems=ITEMS)
        path = f"/v2/customer_sessions/{name}/returns"
        return client.call("POST", path, {"return": {"returnedCartItems": list(items)}})

    @pytest.mark.parametrize(
        ("items", "expected"),
        [
            ([{"sku": "b"}], [{"position": 1, "quantity": 1}]),
            ([{"sku": "a", "quantity": 2}], [{"position": 0, "quantity": 2}]),
            ([{"sku": "a", "quantity": 3}], [{"position": 2, "quantity": 3}]),
            (
                [{"sku": "a", "quantity": 2}, {"sku": "a", "quantity": 1}],
                [{"position": 0, "quantity": 2}, {"position": 2, "quantity": 1}],
            ),
            ([{"position": 2, "sku": "a", "quantity": 1}], [{"position": 2, "quantity": 1}]),
        ],
    )
    def test_by_sku(self, later: Any, items: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
        """The first line of a SKU that has as many units left is the one returned."""
        status, document = self.give_back(later, *items)

        assert (200, expected) == (status, document["return"]["returnedCartItems"])

    @pytest.mark.parametrize(
        ("item", "pointer"),
        [
            ({"quantity": 1}, ""),
            ({"sku": "c"}, "/sku"),
            ({"sku": "a", "quantity": 6}, "/quantity"),
            ({"sku": "b", "position": 0}, "/sku"),
            ({"sku": "a", "position": 3}, "/position"),
        ],
    )
    def test_what_names_no_line(self, later: Any, item: dict[str, Any], pointer: str) -> None:
        """A return that names no line, or more of it than there is, is refused with the place."""
        status, document = self.give_back(later, item)

        assert 400 == status
        assert f"/return/returnedCartItems/0{pointer}" == document["errors"][0]["source"]["pointer"]

    def test_earlier_only_by_position(self, client: Any) -> None:
        """The earlier edition wants the position, and knows no SKU in a return."""
        assert 400 == self.give_back(client, {"sku": "b"})[0]
        assert 200 == self.give_back(client, {"position": 0, "sku": "b", "quantity": 1})[0]


class TestLoyaltyLists:
    """Lists have more filters, and their rows a name."""

    @pytest.mark.parametrize("path", LISTS)
    def test_rows_are_named(self, later: Any, client: Any, path: str) -> None:
        """Each row has a name of its own, by which it is found; the earlier edition shows none."""
        found = rows(later, path)
        one, other = found[3], found[0]
        named = f"{one['transactionUUID']}&transactionUUIDs={other['transactionUUID']}&transactionUUIDs=none"

        assert len(found) == len({row["transactionUUID"] for row in found})
        assert [other, one] == rows(later, path, transactionUUIDs=named)
        assert [one] == rows(later, path, transactionUUIDs=str(one["transactionUUID"]).upper())
        assert [] == rows(later, path, transactionUUIDs="none")
        assert all("transactionUUID" not in row for row in rows(client, path, pageSize=50))

    @pytest.mark.parametrize("path", LISTS)
    def test_rows_of_sessions(self, later: Any, path: str) -> None:
        """Rows are found by the session that gave or took the points."""
        found = rows(later, path)
        session = next(row["customerSessionId"] for row in found if "customerSessionId" in row)

        expected = [row for row in found if row.get("customerSessionId") == session]
        assert expected == rows(later, path, customerSessionIDs=f"{session},none")
        assert [] == rows(later, path, customerSessionIDs="none")

    @pytest.mark.parametrize("path", [f"{CARD}/transactions", f"{PROFILE}/transactions"])
    def test_nothing_awaits_activation(self, later: Any, path: str) -> None:
        """No points wait for an activation; to ask for those that do not is refused."""
        assert [] == rows(later, path, awaitsActivation="true")
        assert (400, "awaitsActivation") == parameter(later.call("GET", f"{path}?awaitsActivation=false"))

    @pytest.mark.parametrize("path", [f"{CARD}/points", f"{PROFILE}/points"])
    @pytest.mark.parametrize(
        ("sort", "early", "late"), [("startDate", "immediate", ""), ("expiryDate", "", "unlimited")]
    )
    def test_points_are_sorted(self, later: Any, path: str, sort: str, early: str, late: str) -> None:
        """Points are sorted by either date, the earliest first; at once is early, and never is late."""
        for status in ("active", "pending"):
            unsorted = rows(later, path, status=status)
            found = rows(later, path, status=status, sort=sort)
            dates = [row[sort] for row in found]

            assert sorted(dates, key=lambda date: (date == late, date != early, date)) == dates
            assert sorted(row["id"] for row in unsorted) == sorted(row["id"] for row in found)
        assert (400, "sort") == parameter(later.call("GET", f"{path}?sort=amount"))


def test_price_adjustments_are_not_built(later: Any) -> None:
    """An action whose payload nothing documents is refused, whatever its payload, and the catalog stays as it was."""
    for payload in ({}, {"sku": [1]}, {"sku": "priced", "price": 1}):
        body = {"actions": [{"type": "ADD_PRICE_ADJUSTMENT", "payload": payload}]}
        status, document = later.call("PUT", "/v1/catalogs/5/sync", body)
        assert (400, "/actions/0/type") == (status, document["errors"][0]["source"]["pointer"])

    assert 200 == later.call("PUT", "/v1/catalogs/5/sync", {"version": 1, "actions": [ADDED]})[0]
