"""The edition of a server is told by few harmless looks, and no conformant one is taken for another."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from talonproof.emulator.message import Reply, Request
from talonproof.run.doctor.editions import look
from talonproof.run.doctor.evidence import FIRST, LATER
from talonproof.target import Bindings, Footprint
from tests.variants.catalogue import TOGETHER, VARIANTS
from tests.variants.variant import Variant

MOST_LOOKS = 8

Served = Callable[..., Any]


def recognised(server: Any, **how: Any) -> Any:
    """What a few looks at a server tell."""
    with server.asking(**how) as asking:
        return look(asking)


@pytest.mark.parametrize("edition", [FIRST, LATER])
def test_an_edition_is_recognised(served: Served, edition: str) -> None:
    """The emulator of each edition is told from the other with certainty."""
    found = recognised(served(edition))

    assert (edition, True) == (found.edition, found.sure)


@pytest.mark.parametrize("edition", [FIRST, LATER])
def test_looks_are_few_and_harmless(served: Served, edition: str) -> None:
    """At most 8 requests, all of them reads or dry."""
    server = served(edition)
    recognised(server)

    assert 0 < len(server.passed) <= MOST_LOOKS
    assert all(one.method == "GET" or ("dry", "true") in one.pairs() for one in server.passed)


def test_within_reads_nothing_is_even_dry(served: Served) -> None:
    """A target that allows reads alone gets reads alone, though nothing is bound that could be read."""
    server = served()
    found = recognised(server, limit=Footprint.READ, bindings=Bindings())

    assert {"GET"} == {one.method for one in server.passed}
    assert not found.sure


@pytest.mark.parametrize("variant", [pytest.param(variant, id=variant.name) for variant in VARIANTS])
def test_a_server_that_differs_is_not_taken_for_another_edition(served: Served, variant: Variant) -> None:
    """Whatever it does in its own way, a server of 2025-01 is recognised as such, or as none."""
    found = recognised(served(FIRST, [variant]))

    assert FIRST == found.edition


def test_all_differences_together_are_no_other_edition(served: Served) -> None:
    """A server that differs in every way at once is not taken for one of the later edition."""
    assert FIRST == recognised(served(FIRST, TOGETHER)).edition


@pytest.mark.parametrize("variant", [pytest.param(variant, id=variant.name) for variant in VARIANTS])
def test_a_later_server_that_differs_is_not_surely_an_earlier_one(served: Served, variant: Variant) -> None:
    """The same ways of answering do not make a server of 2026-05 one of 2025-01."""
    found = recognised(served(LATER, [variant]))

    assert LATER == found.edition or not found.sure


def changed(document_of: Callable[[Request, dict[str, Any]], None]) -> Callable[[Request, Reply], Reply]:
    """A change of the JSON objects that a server answers with."""

    def change(request: Request, reply: Reply) -> Reply:
        if not reply.ok or not reply.body:
            return reply
        document = json.loads(reply.body)
        document_of(request, document)
        return reply.with_document(document)

    return change


def counting(_: Request, document: dict[str, Any]) -> None:
    """Sessions count their updates."""
    if isinstance(document.get("customerSession"), dict):
        document["customerSession"]["updateCount"] = 1


def uncounted(_: Request, document: dict[str, Any]) -> None:
    """Sessions do not count their updates."""
    if isinstance(document.get("customerSession"), dict):
        document["customerSession"].pop("updateCount", None)


def short(_: Request, document: dict[str, Any]) -> None:
    """Lists have seven rows."""
    if "data" in document:
        document.update(data=document["data"][:7], hasMore=False)


def named(_: Request, document: dict[str, Any]) -> None:
    """Rows name their transaction."""
    for row in document.get("data", ()):
        row["transactionUUID"] = "one"


def test_a_property_more_is_no_later_edition(served: Served) -> None:
    """A server of 2025-01 that shows updateCount breaks no clause: it is not taken for one of 2026-05."""
    found = recognised(served(FIRST, change=changed(counting)))

    assert (FIRST, False) == (found.edition, found.sure)
    assert found.contradictory


def test_properties_alone_prove_nothing(served: Served) -> None:
    """With short lists, where page sizes do not show, more properties leave it open which edition it is."""

    def richer(_: Request, document: dict[str, Any]) -> None:
        for change in (counting, named, short):
            change(_, document)

    def accepting(request: Request, reply: Reply) -> Reply:
        too_large = ("pageSize", "51") in request.pairs()
        answer = server.emulator.handle(request.with_pairs([("pageSize", "50")])) if too_large else reply
        return changed(richer)(request, answer)

    server = served(FIRST, change=accepting)
    found = recognised(server)

    assert {LATER} == {sign.edition for sign in found.telling}
    assert not found.sure


def test_a_later_server_that_breaks_its_clauses_is_no_earlier_one_for_sure(served: Served) -> None:
    """A missing property speaks for 2025-01, larger pages for 2026-05: that is not sure."""
    found = recognised(served(LATER, change=changed(uncounted)))

    assert not found.sure


def test_a_page_of_fifty_says_nothing(served: Served) -> None:
    """50 card transactions where no size is asked for are lawful in both editions."""

    def fifty(request: Request, document: dict[str, Any]) -> None:
        if request.path.endswith("/transactions") and "pageSize" not in dict(request.pairs()):
            document.update(data=document["data"][:50], hasMore=True)

    found = recognised(served(FIRST, change=changed(fifty)))

    assert (FIRST, True) == (found.edition, found.sure)
    assert all(sign.edition in {"", FIRST} for sign in found.signs)
    (page,) = [sign for sign in found.signs if sign.kind == "page without a size"]
    assert not page.speaks


def test_with_nothing_bound_it_is_open(served: Served) -> None:
    """A session alone is too little."""
    for edition in (FIRST, LATER):
        found = recognised(served(edition), bindings=Bindings())
        assert (FIRST, False) == (found.edition, found.sure)


def test_campaigns_that_are_listed_are_a_sign(served: Served) -> None:
    """An operation of the later edition that answers as documented is a strong sign; with a weak one, that is sure."""

    def with_campaigns(_: Request, reply: Reply) -> Reply:
        return (
            Reply(200, {"content-type": "application/json"}, b'{"hasMore":false,"data":[]}')
            if reply.status == 501
            else reply
        )

    found = recognised(served(LATER, change=with_campaigns), bindings=Bindings())

    assert (LATER, True) == (found.edition, found.sure)


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_server_that_is_busy_tells_nothing(served: Served, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a gateway answers is no sign of anything."""
    monkeypatch.setattr("talonproof.http.client.RETRY_PAUSES", ())
    found = recognised(served(LATER, change=lambda *_: Reply(status)))

    assert () == found.telling


def test_what_is_declared_missing_is_not_asked_for(served: Served) -> None:
    """An operation that the target file calls unbuilt is left alone."""
    server = served(LATER)
    server.target = replace(server.target, unbuilt=frozenset({"integrationGetAllCampaigns"}))
    recognised(server)

    assert not any("campaigns" in one.path for one in server.passed)
