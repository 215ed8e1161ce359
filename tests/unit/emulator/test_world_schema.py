"""The published JSON Schema of world files says what the parser takes: no key more, no key less."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from talonproof.contract.document import parse
from talonproof.emulator.world_conditions import CONDITIONS
from talonproof.emulator.world_effects import EFFECTS
from talonproof.emulator.world_file import DEFAULT, SCHEMA, parse_world
from talonproof.emulator.world_node import Node
from talonproof.errors import DocumentError
from tests.unit.emulator.conftest import SMALL_WORLD
from tests.unit.emulator.engine.everything import EVERYTHING

PUBLISHED = json.loads(SCHEMA.read_text(encoding="utf-8"))
WORLDS = {"default": DEFAULT.read_text(encoding="utf-8"), "small": SMALL_WORLD, "everything": EVERYTHING}


def valid(schema: Any, value: Any) -> bool:
    """Whether a value follows a part of the published schema."""
    return Draft202012Validator({"$defs": PUBLISHED["$defs"], **schema}).is_valid(value)


def branches(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schemas that a schema may stand for, references followed."""
    if "$ref" in schema:
        yield from branches(PUBLISHED["$defs"][schema["$ref"].rpartition("/")[2]])
    elif "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from branches(each)
    else:
        yield schema


def described(schema: dict[str, Any], value: Any, pointer: str) -> list[dict[str, Any]]:
    """What the schema says of the place in a value that a pointer names."""
    found = [schema]
    for token in pointer.split("/")[1:]:
        held = [each for one in found for each in branches(one)]
        held = held if len(held) == 1 else [each for each in held if valid(each, value)]
        found = []
        for each in held:
            if isinstance(value, list):
                found.append(each["items"])
            elif token in each.get("properties", {}):
                found.append(each["properties"][token])
            elif isinstance(each.get("additionalProperties"), dict):
                found.append(each["additionalProperties"])
        value = value[int(token)] if isinstance(value, list) else value[token]
    return [each for one in found for each in branches(one)]


@pytest.mark.parametrize("name", WORLDS)
def test_every_world_that_the_parser_takes_follows_the_schema(name: str) -> None:
    """The default world, and those of these tests."""
    Draft202012Validator.check_schema(PUBLISHED)
    parse_world(WORLDS[name], name)

    assert [] == [error.message for error in Draft202012Validator(PUBLISHED).iter_errors(parse(WORLDS[name], name))]


def test_the_schema_has_the_keys_that_the_parser_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """For each table that the parser reads: the same keys, and none required that it does without."""
    asked: list[tuple[str, frozenset[str], frozenset[str]]] = []
    table = Node.table

    def recorded(self: Node, *known: str, required: Any = ()) -> dict[str, Node]:
        if known:
            asked.append((self.pointer, frozenset(known), frozenset(required)))
        return table(self, *known, required=required)

    monkeypatch.setattr(Node, "table", recorded)
    parse_world(EVERYTHING, "everything")
    world = parse(EVERYTHING, "everything")
    wrong: list[str] = []
    for pointer, known, required in asked:
        places = described(PUBLISHED, world, pointer)
        objects = [each for each in places if each.get("type") == "object"]
        alone = frozenset(each["required"][0] for each in objects if len(each.get("required", ())) == 1)
        alone |= {word for each in places for word in each.get("enum", ())}
        said = {frozenset(each.get("properties", ())): frozenset(each.get("required", ())) for each in objects}
        if known not in {*said, alone}:
            wrong.append(f"{pointer}: the parser knows {sorted(known)}")
        elif not required <= said.get(known, required):
            wrong.append(f"{pointer}: the parser requires {sorted(required)}")

    assert [] == wrong
    assert len({known for _, known, _ in asked}) > 40


def test_everything_has_every_condition_and_every_effect() -> None:
    """So the comparison of keys leaves none out."""
    rules = [rule for campaign in parse(EVERYTHING, "e")["campaigns"] for rule in campaign.get("rules", ())]
    effects = {each if isinstance(each, str) else next(iter(each)) for rule in rules for each in rule["then"]}
    conditions = {next(iter(each)) for rule in rules for each in rule.get("when", ())}

    assert set(EFFECTS) == effects
    assert set(CONDITIONS) == conditions


MISTAKES = {
    "an effect without its needs": ("then: [acceptReferral]", "then: [setDiscount]"),
    "an unknown effect": ("addFreeItem", "addFreeItm"),
    "two effects in one": (
        "{triggerWebhook: {id: 1, name: hook}}",
        "{triggerWebhook: {id: 1, name: hook}, addToAudience: {audience: 1}}",
    ),
    "value and percent": ("percent: 33.3", "percent: 33.3, value: 2"),
    "neither": ("{name: Third, percent: 33.3}", "{name: Third}"),
    "more than all": ("percent: 33.3", "percent: 333"),
    "nothing to take": ("value: 7", "value: 0"),
    "an unknown scope": ("scope: cartItems", "scope: cart"),
    "an unknown condition": ("{first_session: true}", "{first: true}"),
    "an attribute without comparison": ("{attribute: session.mark, is: spend}", "{attribute: session.mark}"),
    "an unknown owner": ("{attribute: session.mark, is: spend}", "{attribute: cart.mark, is: spend}"),
    "an unknown state": ("state: disabled", "state: off_"),
    "an unknown action": ("action: setDiscount,", "action: setDiscounts,"),
    "an unknown period": ("period: daily", "period: hourly"),
    "an unknown entity": ("entities: [Profile],", "entities: [Customer],"),
    "a limit of nothing": ("limit: 10,", "limit: 0,"),
    "no rule name": ("{name: third, when:", "{when:"),
    "a bad offset": ("starts: P7D", "starts: P7"),
    "a short pattern": ('pattern: "NEW-######"', 'pattern: "NEW-##"'),
    "no notification": ("type: Offer", "type: Advert"),
    "no member": ("{any: [{event: [signed_up, talon_session_created]}, {attribute: event.mark, is: x}]}", "{any: []}"),
    "codes and pattern": ("{id: 2, name: more, pattern: GIFT-######}", "{id: 2, name: more}"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_schema_and_parser_refuse_the_same(name: str) -> None:
    """Where a mistake is one of shape, an editor that knows the schema shows what the emulator would say."""
    right, mistaken = MISTAKES[name]
    assert right in EVERYTHING
    text = EVERYTHING.replace(right, mistaken, 1)

    assert not Draft202012Validator(PUBLISHED).is_valid(parse(text, "w"))
    with pytest.raises(DocumentError):
        parse_world(text, "w")
