"""The operation of a request is found from its method and its path on the wire."""

from __future__ import annotations

import pytest

from talonproof.contract.contract import Contract
from talonproof.contract.match import Matcher

PATHS = [
    "/v1/coupon_reservations/{couponValue}",
    "/v1/coupon_reservations/customerprofiles/{couponValue}",
    "/v1/{kind}/customerprofiles/all",
    "/v1/{kind}/{name}/all",
    "/v2/sessions/{id}",
    "/v2/sessions/{id}/returns",
    "/v2/sessions/new",
    "/files/{name}.json",
    "/files/{name}",
    "/files/{from}-{to}.json",
    "/",
]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    """Finds the operations of PATHS; the id of an operation is its path."""
    paths = {path: {"get": {"operationId": path}, "put": {"operationId": f"put {path}"}} for path in PATHS}
    return Matcher(Contract.from_document({"paths": paths}, edition="test", source="test"))


@pytest.mark.parametrize(
    ("raw", "path", "values"),
    [
        ("/v2/sessions/a", "/v2/sessions/{id}", {"id": "a"}),
        ("/v2/sessions/a?dry=true&x=/v2", "/v2/sessions/{id}", {"id": "a"}),
        ("/v2/sessions/a%2Fb", "/v2/sessions/{id}", {"id": "a/b"}),
        ("/v2/sessions/a%252Fb", "/v2/sessions/{id}", {"id": "a%2Fb"}),
        ("/v2/sessions/a+b%20c%0A", "/v2/sessions/{id}", {"id": "a+b c\n"}),
        ("/v2/sessions/%C3%A9%F0%9F%98%80", "/v2/sessions/{id}", {"id": "é😀"}),
        ("/v2/sessions/%FF", "/v2/sessions/{id}", {"id": "\ufffd"}),
        ("/v2/sessions/%2E%2E/returns", "/v2/sessions/{id}/returns", {"id": ".."}),
        ("/v2/sessions/new", "/v2/sessions/new", {}),
        ("/v2/sessions/%6Eew", "/v2/sessions/new", {}),
        ("/v2/sessions/New", "/v2/sessions/{id}", {"id": "New"}),
        ("/%76%32/sessions/x", "/v2/sessions/{id}", {"id": "x"}),
        (
            "/v1/coupon_reservations/customerprofiles/C",
            "/v1/coupon_reservations/customerprofiles/{couponValue}",
            {"couponValue": "C"},
        ),
        (
            "/v1/coupon_reservations/customerprofiles",
            "/v1/coupon_reservations/{couponValue}",
            {"couponValue": "customerprofiles"},
        ),
        ("/v1/x/customerprofiles/all", "/v1/{kind}/customerprofiles/all", {"kind": "x"}),
        ("/v1/coupon_reservations/x/all", "/v1/{kind}/{name}/all", {"kind": "coupon_reservations", "name": "x"}),
        ("/files/a.json", "/files/{name}.json", {"name": "a"}),
        ("/files/a-b.json", "/files/{name}.json", {"name": "a-b"}),
        ("/files/a.txt", "/files/{name}", {"name": "a.txt"}),
        ("/", "/", {}),
    ],
)
def test_found(matcher: Matcher, raw: str, path: str, values: dict[str, str]) -> None:
    """Segments are decoded one by one; literal ones win over templates, from the left."""
    found = matcher.match("get", raw)

    assert found is not None
    assert (path, values) == (found.operation.id, found.path)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "/v2",
        "/v2/sessions",
        "/v2/sessions/",
        "/v2/sessions//returns",
        "/v2/sessions/a/",
        "/v2%2Fsessions%2Fa",
        "/v3/sessions/a",
    ],
)
def test_not_found(matcher: Matcher, raw: str) -> None:
    """A path parameter is never empty, slashes at the end count, and an escaped slash divides nothing."""
    assert matcher.match("GET", raw) is None


def test_method(matcher: Matcher) -> None:
    """The method decides too, in any case."""
    found = matcher.match("Put", "/v2/sessions/a")

    assert found is not None
    assert "put /v2/sessions/{id}" == found.operation.id
    assert matcher.match("DELETE", "/v2/sessions/a") is None
