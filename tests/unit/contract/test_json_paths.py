"""A JSONPath selects the places that RFC 9535 says it selects, as far as it is read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.contract.jsonpath import Location, select

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/a/{id}": {"get": {"parameters": [{"name": "id", "n": 1}, {"name": "size", "n": True}]}},
        "/b": {"put": {"parameters": []}},
    },
    "schemas": {
        "A": {"type": "object", "properties": {"type": {"type": "integer"}, "it's": {"type": ["integer", "null"]}}},
        "B": {"type": "integer", 'a "b"': None},
    },
}
KEYS = st.text(max_size=3)
VALUES = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=2)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("path", "places"),
    [
        ("$", [()]),
        ("$.schemas.B", [("schemas", "B")]),
        ("$['schemas'][\"B\"]", [("schemas", "B")]),
        ("$ .schemas\n  ['B' , 'A'].type", [("schemas", "B", "type"), ("schemas", "A", "type")]),
        ("$.schemas.*", [("schemas", "A"), ("schemas", "B")]),
        ("$.schemas[*].type", [("schemas", "A", "type"), ("schemas", "B", "type")]),
        ("$.schemas.C", []),
        ("$.schemas.B.type.x", []),
        ("$.paths['/a/{id}'].get.parameters[1]", [("paths", "/a/{id}", "get", "parameters", 1)]),
        ("$.paths['/a/{id}'].get.parameters[-1]", [("paths", "/a/{id}", "get", "parameters", 1)]),
        ("$.paths['/a/{id}'].get.parameters[2,-3]", []),
        ("$.paths[0]", []),
        ("$..put", [("paths", "/b", "put")]),
        ("$.paths..[1]", [("paths", "/a/{id}", "get", "parameters", 1)]),
        ("$.schemas..[?@.type == 'integer']", [("schemas", "B"), ("schemas", "A", "properties", "type")]),
        ("$.schemas[?@.type!='integer']", [("schemas", "A")]),
        ("$.schemas[?@.properties]", [("schemas", "A")]),
        ("$.schemas[?@['properties']['type'].type=='integer']", [("schemas", "A")]),
        ("$..parameters[?@.name == 'id' && @.n == 1]", [("paths", "/a/{id}", "get", "parameters", 0)]),
        ("$..parameters[?@.n == true]", [("paths", "/a/{id}", "get", "parameters", 1)]),
        ("$..parameters[?@.n == 1.0]", [("paths", "/a/{id}", "get", "parameters", 0)]),
        ("$..[?@.none == null]", []),
        ("$.schemas.*[?@ == null]", [("schemas", "B", 'a "b"')]),
        ("$.schemas.A..[?@[-1] == 'null']", [("schemas", "A", "properties", "it's", "type")]),
        (r"$..['it\'s']", [("schemas", "A", "properties", "it's")]),
        ('$..[\'a "b"\', "a \\"b\\""]', [("schemas", "B", 'a "b"')]),
        ("$.schemas['B','B']", [("schemas", "B")]),
    ],
)
def test_places(path: str, places: list[Location]) -> None:
    """Every place that the path selects is found, once, and no other."""
    assert sorted(places, key=str) == sorted(select(path, DOCUMENT), key=str)


@pytest.mark.parametrize(
    ("path", "column", "expected"),
    [
        ("schemas", 1, "$"),
        ("$schemas", 2, "a dot or a bracket"),
        ("$.", 3, "a name"),
        ("$.a..", 6, "a name"),
        ("$.1", 3, "a name"),
        ("$[a]", 3, "a name in quotes, an index, * or ?"),
        ("$['a'", 6, "a comma or a closing bracket"),
        ("$[1:2]", 4, "a comma or a closing bracket"),
        ("$[?a]", 4, "@"),
        ("$[?@.a == b]", 11, "a literal"),
        ("$[?@[1 == 2]", 8, "a closing bracket"),
        ("$[?@.a || @.b]", 8, "a comma or a closing bracket"),
        ("$[?@.]", 6, "a name"),
    ],
)
def test_what_is_no_path(path: str, column: int, expected: str) -> None:
    """A path that cannot be read is named with the column at which something else is expected."""
    with pytest.raises(ValueError, match=r"is expected$") as caught:
        select(path, DOCUMENT)

    assert f"column {column}: {expected} is expected" == str(caught.value)


def everywhere(value: Any, at: Location = ()) -> dict[Location, Any]:
    """Every place of a value, by the simplest means."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {at: value}
    for key, below in inner:
        found |= everywhere(below, (*at, key))
    return found


@given(VALUES)
def test_descendants_are_everything_below(value: Any) -> None:
    """``..*`` selects every place but the root."""
    assert set(everywhere(value)) - {()} == set(select("$..*", value))


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.data())
def test_any_name_can_be_quoted(value: dict[str, Any], data: st.DataObject) -> None:
    """A name in quotes selects the property of that name, whatever it is made of."""
    name = data.draw(st.sampled_from(sorted(value) or ["a"]))
    escaped = name.replace("\\", "\\\\")

    expected = ((name,),) if name in value else ()
    assert expected == select("$['" + escaped.replace("'", "\\'") + "']", value)
    assert expected == select('$["' + escaped.replace('"', '\\"') + '"]', value)
