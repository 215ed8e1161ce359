"""Faults of loyalty cards, and of the tiers in balances."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from talonproof.emulator import card
from talonproof.emulator.faults.fault import Collection, Proceed, on_reply, on_request
from talonproof.emulator.faults.filters import BALANCES
from talonproof.emulator.faults.pages import LISTS
from talonproof.emulator.faults.tampering import edited_body, edited_reply, in_path, problems_of, sent_list, with_list
from talonproof.emulator.message import Reply, Request, as_object, reply

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

CARDS = Collection()

GENERATE = ("generateLoyaltyCard",)
LINK = ("linkLoyaltyCardToProfile",)


def _with_program(request: Request, emulator: Emulator, *, cards: bool) -> Request:
    """The request about a program of the other kind, if the one that it is about is not of this kind."""
    route, programs = emulator.route(request), emulator.world.programs
    text = route.values["loyaltyProgramId"] if route else ""
    asked = programs.get(int(text)) if text.isdecimal() and len(text) < 19 else None
    other = next((program for program in programs.values() if program.cards is cards), None)
    if route is None or asked is None or other is None or asked.cards is cards:
        return request
    path = route.operation.path
    for name, value in {**route.values, "loyaltyProgramId": str(other.id)}.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    return replace(request, target=path + request.target[len(request.path) :])


@CARDS.should(
    "any-kind-of-program",
    "Calls about cards are answered in a program of profiles, and calls about profiles in one of cards.",
    "LOY-003",
    on=(*GENERATE, *LINK, *BALANCES, *LISTS),
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    route = emulator.route(request)
    cards = route is not None and "integrationId" not in route.values
    return proceed(_with_program(request, emulator, cards=cards))


def _register(emulator: Emulator, program: int, identifier: str, names: list[Any]) -> None:
    """Puts profiles on a card, past every limit."""
    with emulator.store.transaction():
        kept = card.find(emulator.store, program, identifier)
        for name in names if kept else ():
            if kept is not None and isinstance(name, str):
                card.register(emulator.store, kept, name, emulator.clock.now())


@CARDS.must("card-over-its-limit", "A card takes any number of profiles.", "LOY-001", "LOY-002", on=(*GENERATE, *LINK))
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    pointers = {problem["source"].get("pointer") for problem in problems_of(answer)}
    identifier = in_path(request, emulator, "loyaltyCardId")
    if answer.status != 400 or not {"/integrationId", "/customerProfileIds"} & pointers:
        return answer
    program, body = int(in_path(request, emulator, "loyaltyProgramId")), as_object(request.document()) or {}
    if not identifier:
        made = proceed(with_list(request, "customerProfileIds", []))
        owners = sent_list(request, "customerProfileIds")
        if made.ok:
            _register(emulator, program, made.document()["identifier"], owners)
        return edited_reply(made, lambda shown: shown.update(profiles=_shown(emulator, program, shown["identifier"])))
    with emulator.store.reading():
        kept = card.find(emulator.store, program, identifier)
        owners = [row["integrationId"] for row in card.registrations(emulator.store, kept)] if kept else []
    again = proceed(edited_body(request, lambda body: body.update(integrationId=owners[0]))) if owners else answer
    if again.ok:
        _register(emulator, program, identifier, [body["integrationId"]])
    return edited_reply(again, lambda shown: shown.update(profiles=_shown(emulator, program, identifier)))


def _shown(emulator: Emulator, program: int, identifier: str) -> list[dict[str, Any]]:
    with emulator.store.reading():
        kept = card.find(emulator.store, program, identifier)
        return card.registrations(emulator.store, kept) if kept else []


@CARDS.should("card-cut-to-its-limit", "Of more profiles than fit on a card, the first are taken.", "LOY-002",
              on=GENERATE)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    text = in_path(request, emulator, "loyaltyProgramId")
    program = emulator.world.programs.get(int(text)) if text.isdecimal() and len(text) < 19 else None
    owners, limit = sent_list(request, "customerProfileIds"), program.users_per_card_limit if program else 0
    return proceed(with_list(request, "customerProfileIds", owners[:limit]) if 0 < limit < len(owners) else request)


@CARDS.must("card-made-inactive", "A card made without a status is inactive.", "LOY-004", on=GENERATE)
@on_request
def _(request: Request) -> Request:
    return edited_body(request, lambda body: body.setdefault("status", "inactive"))


@CARDS.must("card-201", "Making a card is answered 201.", "ERR-007", "LOY-005", on=GENERATE)
@on_reply
def _(answer: Reply) -> Reply:
    return replace(answer, status=201) if answer.ok else answer


@CARDS.must("card-refused", "No card can be made.", "LOY-005", on=GENERATE)
@on_reply
def _(_answer: Reply) -> Reply:
    return reply(400, {"message": "No card can be made.", "StatusCode": 400})


@CARDS.must("identifier-with-stars", "The identifiers of cards have characters that none should have.", "LOY-007",
            on=(*GENERATE, *LINK))  # fmt: skip
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: body.update(identifier=f"*{body['identifier']}*"))


@CARDS.must(
    "linked-profile-not-shown",
    "A card leaves out the last profile that was linked to it.",
    "LOY-008",
    on=(*LINK, "getLoyaltyCardBalances"),
)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: body.update(profiles=body["profiles"][:-1]))


@CARDS.must("balances-of-an-empty-card", "The balances of a card show profiles, and none.", "LOY-008",
            on=("getLoyaltyCardBalances",))  # fmt: skip
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: body.update(profiles=[]))


@CARDS.should("link-without-profiles", "Linking a profile does not show whose the card is.", "LOY-009", on=LINK)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: body.pop("profiles"))


@CARDS.must("tiers-unasked", "Balances always come with tiers.", "LOY-011", on=("getLoyaltyBalances",))
@on_reply
def _(answer: Reply) -> Reply:
    def edit(body: dict[str, Any]) -> None:
        for balance in (body.get("balance"), *body["subledgerBalances"].values()):
            if balance is not None:
                balance.update(currentTier={"id": 1, "name": "Bronze"}, nextTierName="Silver", pointsToNextTier=10)

    return edited_reply(answer, edit)
