"""The documents state every wire fact of their edition, and no other: they are held to the tables in ``wire/``.

That this comparison can fail is shown fact by fact: each is changed, in the document and in the tables, and is missed.
"""

from __future__ import annotations

import copy
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pytest

from talonproof.contract.contract import Contract, read_contract
from talonproof.errors import DocumentError
from tests.unit.contract.wire_facts import EDITIONS, KEYS, Rows, differences, facts, more, tables

OPENAPI = Path(__file__).parents[3] / "openapi"

Steps = tuple[str | int, ...]


@pytest.fixture(scope="module", params=EDITIONS)
def contract(request: pytest.FixtureRequest) -> Contract:
    """The contract of each edition."""
    return read_contract(OPENAPI / request.param / "integration-api.yaml", edition=request.param)


def test_the_document_states_what_the_tables_do(contract: Contract) -> None:
    """Each operation, parameter and property, with all that is known of it, and none beside."""
    assert [] == differences(tables(contract.edition), facts(contract))


def test_the_document_says_no_more(contract: Contract) -> None:
    """No other media types, headers, ways to authenticate or alternatives than those that are listed."""
    assert [] == more(contract)


def test_each_cell_of_a_table_counts(contract: Contract) -> None:
    """A row that is left out, twice there, or has another word in any of its cells is a difference."""
    found = facts(contract)
    for name, rows in tables(contract.edition).items():
        key = {tuple(row[: KEYS[name]]): row[KEYS[name] :] for row in rows}
        assert found[name] == key
        for number, row in enumerate(rows):
            alone = {name: {tuple(row[: KEYS[name]]): row[KEYS[name] :]}}
            assert [] == differences({name: [row]}, alone)
            assert [] != differences({name: [row, row]}, alone)
            assert [] != differences({name: []}, alone)
            for column in range(len(row)):
                changed = [*row[:column], row[column] + "?", *row[column + 1 :]]
                assert [] != differences({name: [changed]}, alone), (name, number, column)


WORDS = {"description", "summary", "tags"}
"""Members that say something to people."""


def places(value: Any, above: Steps = ()) -> Iterator[Steps]:
    """Every place of a document that states something, be it one thing or many."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in inner:
        names = above and above[-1] in {"properties", "schemas", "parameters", "responses", "paths"}
        if not names and step in WORDS:
            continue
        yield (*above, step)
        yield from places(child, (*above, step))


def kind_of(place: Steps) -> tuple[str, ...]:
    """What sort of fact stands at a place: the keywords above it, without the names that the API chose."""
    named = {"properties", "schemas", "parameters", "responses", "paths", "content", "securitySchemes"}
    kept: list[str] = []
    for above, step in zip(("", *place), place, strict=False):
        kept.append("*" if isinstance(step, int) or above in named else step)
    return tuple(kept)


@contextmanager
def changed(document: Any, place: Steps, change: str) -> Generator[bool]:
    """While it lasts, something else stands at a place, or nothing, or something more; False where that is the same."""
    *above, last = place
    parent = reduce(getitem, above, document)
    kept = copy.copy(parent)
    value = parent[last]
    match change, value:
        case "nothing", _ if last in {"style", "explode"}:
            yield False  # what they are is the default
            return
        case "nothing", _:
            del parent[last]
        case "more", dict() if place == ("paths",):
            parent[last] = {**value, "/more": {"get": {"operationId": "more", "responses": {}}}}
        case "more", dict():
            parent[last] = {**value, "x-more": {"type": "string"}}
        case "more", list():
            parent[last] = [*value, "more" if value and isinstance(value[0], str) else {"type": "string"}]
        case "another", bool():
            parent[last] = not value
        case "another", int() | float():
            parent[last] = value + 1
        case "another", str():
            parent[last] = other_reference(value, document) if last == "$ref" else value + "x"
        case _:
            yield False
            return
    yield True
    if isinstance(parent, dict):
        parent.clear()
        parent.update(kept)
    else:
        parent[:] = kept


def other_reference(reference: str, document: Mapping[str, Any]) -> str:
    """A reference to something else of the same sort; another refusal with the same body says the same."""
    _, _, section, name = reference.split("/")
    those = document["components"][section]
    other = next(one for one, value in those.items() if value.get("content", one) != those[name].get("content", name))
    return f"#/components/{section}/{other}"


def seen(document: Mapping[str, Any], edition: str, stated: Mapping[str, Rows]) -> bool:
    """Whether anything is held against a document: by the reader, or by the tables."""
    try:
        contract = Contract.from_document(document, edition=edition, source="changed")
        return bool(differences(stated, facts(contract)) or more(contract))
    except (DocumentError, KeyError, TypeError, AttributeError, ValueError):
        return True


OF_A_KIND = 1
"""How many facts of each kind are changed, about; all of them is a matter of minutes."""


def test_each_kind_of_fact_counts(contract: Contract) -> None:
    """A fact that is changed, left out or added to, wherever it stands in a document, is noticed."""
    document: Any = copy.deepcopy({name: contract.document[name] for name in ("security", "paths", "components")})
    stated = tables(contract.edition)
    kinds: dict[tuple[str, ...], list[Steps]] = {}
    for place in places(document):
        kinds.setdefault(kind_of(place), []).append(place)
    missed: list[tuple[str, Steps]] = []
    for place in (place for found in kinds.values() for place in found[:: max(1, len(found) // OF_A_KIND)]):
        for change in ("another", "nothing", "more"):
            with changed(document, place, change) as done:
                if done and not seen(document, contract.edition, stated):
                    missed.append((change, place))

    assert not seen(document, contract.edition, stated)
    assert len(kinds) > 40
    assert [] == missed
