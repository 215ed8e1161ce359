"""Two documents are compared for what a call or an answer means, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from talonproof.contract.changes import Change, Changes, changes
from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.upgrade import to_3_1
from talonproof.workspace import find_workspace

NODE: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "name": {"type": "string", "description": "What it is called."},
        "x-mark": {"type": "string"},
        "kind": {"enum": ["a", "b"]},
        "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
        "either": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
    },
}
BASE: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/nodes/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "put": {
                "operationId": "putNode",
                "parameters": [{"name": "deep", "in": "query", "schema": {"type": "boolean"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}},
                "responses": {
                    "200": {
                        "description": "As it is now.",
                        "headers": {"x-rate": {"schema": {"type": "integer"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}},
                    }
                },
            },
        },
        "/other": {"get": {"operationId": "other", "responses": {"204": {"description": "Nothing."}}}},
    },
    "components": {"schemas": {"Node": NODE}},
}


def compared(change: Callable[[Any], object], base: Any = BASE) -> Changes:
    """What a change to the document comes to."""
    changed = deepcopy(base)
    change(changed)
    contracts = [Contract.from_document(each, edition="x", source="x") for each in (base, changed)]
    return changes(*contracts)


def operation(document: Any) -> Any:
    """The operation that the changes are about."""
    return document["paths"]["/nodes/{id}"]["put"]


def schema(document: Any) -> Any:
    """The schema that call and answer share."""
    return document["components"]["schemas"]["Node"]


def renamed(document: Any) -> None:
    """The component and the parameter of the path get other names."""
    document["components"]["schemas"]["Knot"] = schema(document)
    del document["components"]["schemas"]["Node"]
    schema_of = {"$ref": "#/components/schemas/Knot"}
    document["components"]["schemas"]["Knot"]["properties"]["children"]["items"] = schema_of
    operation(document)["requestBody"]["content"]["application/json"]["schema"] = schema_of
    operation(document)["responses"]["200"]["content"]["application/json"]["schema"] = schema_of
    item = document["paths"].pop("/nodes/{id}")
    item["parameters"][0]["name"] = "node"
    document["paths"]["/nodes/{node}"] = item


def inlined(document: Any) -> None:
    """The body has its schema in place, whose inner references stay."""
    operation(document)["requestBody"]["content"]["application/json"]["schema"] = deepcopy(schema(document))


SAME: dict[str, Callable[[Any], object]] = {
    "nothing": lambda _: None,
    "descriptions": lambda d: operation(d).update(description="Other words.", summary="Other.", deprecated=True),
    "a description in a schema": lambda d: schema(d)["properties"]["name"].update(description="Other.", title="Name"),
    "examples": lambda d: schema(d).update(example={"id": 1}, examples=[{"id": 2}]),
    "an extension": lambda d: schema(d).update({"x-internal": True}),
    "the order of what is required": lambda d: schema(d)["required"].reverse(),
    "the order of an enumeration": lambda d: schema(d)["properties"]["kind"]["enum"].reverse(),
    "the order of alternatives": lambda d: schema(d)["properties"]["either"]["oneOf"].reverse(),
    "the order of properties": lambda d: schema(d).update(properties=dict(reversed(NODE["properties"].items()))),
    "a type in a list": lambda d: schema(d)["properties"]["id"].update(type=["integer"]),
    "what is so anyway": lambda d: schema(d).update(additionalProperties=True, minProperties=0),
    "a default style": lambda d: operation(d)["parameters"][0].update(style="form", explode=True, required=False),
    "names": renamed,
    "a component in place": inlined,
    "another id": lambda d: operation(d).update(operationId="replaceNode"),
    "a number written otherwise": lambda d: schema(d)["properties"]["id"].update(minimum=1.0),
    "an example of a parameter": lambda d: operation(d)["parameters"][0].update(example=True),
}
"""Changes that mean nothing to who sends calls and reads answers."""

BOTH: tuple[Change, ...] = ("body", "responses")

OTHER: dict[str, tuple[Callable[[Any], object], tuple[Change, ...]]] = {
    "a bound": (lambda d: schema(d)["properties"]["id"].update(minimum=2), BOTH),
    "a property called description": (
        lambda d: schema(d)["properties"].update(description={"type": "string"}), BOTH,
    ),
    "a property with the name of an extension": (
        lambda d: schema(d)["properties"]["x-mark"].update(type="integer"), BOTH,
    ),
    "something required": (lambda d: schema(d)["required"].append("kind"), BOTH),
    "a type": (lambda d: schema(d)["properties"]["name"].update(type=["string", "null"]), BOTH),
    "an enumeration": (lambda d: schema(d)["properties"]["kind"]["enum"].append("c"), BOTH),
    "an alternative": (lambda d: schema(d)["properties"]["either"]["oneOf"].pop(), BOTH),
    "another component": (
        lambda d: schema(d)["properties"]["children"].update(items={"type": "object"}), BOTH,
    ),
    "a constraint beside a reference": (
        lambda d: schema(d)["properties"]["children"]["items"].update(minProperties=1), BOTH,
    ),
    "the content of a component beside which something stands": (
        lambda d: (
            schema(d)["properties"].update(far={"$ref": "#/components/schemas/Far", "minLength": 1}),
            d["components"]["schemas"].update(Far={"type": "string"}),
        ), BOTH,
    ),
    "a parameter": (
        lambda d: operation(d)["parameters"].append({"name": "q", "in": "query", "schema": {}}), ("parameters",),
    ),
    "a parameter of the path": (
        lambda d: d["paths"]["/nodes/{id}"]["parameters"][0]["schema"].update(type="string"), ("parameters",),
    ),
    "a style": (lambda d: operation(d)["parameters"][0].update(explode=False), ("parameters",)),
    "that a body is required": (lambda d: operation(d)["requestBody"].update(required=True), ("body",)),
    "a media type": (
        lambda d: operation(d)["requestBody"]["content"].update({"text/plain": {}}), ("body",),
    ),
    "a status": (lambda d: operation(d)["responses"].update({"404": {"description": "No."}}), ("responses",)),
    "a header": (
        lambda d: operation(d)["responses"]["200"]["headers"]["x-rate"]["schema"].update(type="string"), ("responses",),
    ),
}  # fmt: skip
"""Changes that mean something, and what of the operation they change."""


@pytest.mark.parametrize("change", SAME)
def test_what_means_nothing_is_no_change(change: str) -> None:
    """Words, examples, order and names are looked past."""
    assert Changes({}, ()) == compared(SAME[change])


@pytest.mark.parametrize("change", OTHER)
def test_what_means_something_is_a_change(change: str) -> None:
    """It is found wherever it stands, and in no other operation."""
    make, parts = OTHER[change]

    assert Changes({"putNode": parts}, ()) == compared(make)


def test_operations_come_and_go() -> None:
    """What is new is named by its id, what is gone by method and path."""

    def moved(document: Any) -> None:
        document["paths"]["/another"] = document["paths"].pop("/other")

    assert Changes({"other": ("added",)}, ("GET /other",)) == compared(moved)


def test_versions_of_openapi_are_seen_through() -> None:
    """A document of 3.0 and the same in 3.1 mean the same."""
    old = deepcopy(BASE)
    old["openapi"] = "3.0.3"
    schema(old)["properties"]["name"]["nullable"] = True
    new = deepcopy(BASE)
    schema(new)["properties"]["name"]["type"] = ["null", "string"]

    contracts = [Contract.from_document(each, edition="x", source="x") for each in (to_3_1(old), new)]

    assert Changes({}, ()) == changes(*contracts)


@pytest.mark.parametrize("edition", ["2025-01", "2026-05"])
def test_an_edition_is_like_itself(edition: str) -> None:
    """Real documents, read twice, have not changed; from one edition to the next seven operations are new."""
    old = read_contract(find_workspace().contract_file("2025-01"), edition="2025-01")
    one, other = (read_contract(find_workspace().contract_file(edition), edition=edition) for _ in range(2))

    assert Changes({}, ()) == changes(one, other)
    added = [name for name, what in changes(old, one).operations.items() if what == ("added",)]
    assert (7 if edition == "2026-05" else 0) == len(added)
    assert Path(one.source).is_file()
