"""Schema, parser and the commented file come from one table of keys, and agree on every file."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from talonproof.errors import DocumentError
from talonproof.target import Bindings, Footprint, Limits, parse_target
from talonproof.target.keys import KEYS, Kind
from talonproof.target.table import schema
from talonproof.workspace import find_workspace

VALIDATOR = Draft202012Validator(schema())
BASE = '[target]\nurl = "http://localhost:1"\n'

anything = st.one_of(
    st.booleans(),
    st.integers(-3, 10**10),
    st.floats(-1, 2e9).filter(lambda number: not number.is_integer()),
    st.sampled_from(["", "x", "SOME_VARIABLE", "dry", "lower", "http://localhost:1"]),
    st.lists(st.sampled_from(["x", "catalog"]) | st.integers(0, 3), max_size=2),
    st.dictionaries(st.sampled_from(["x-a", "x-b"]), st.sampled_from(["y"]) | st.integers(0, 3), max_size=2),
)
ELSEWHERE = {
    "url",
    "allowed_host",
    "proxy",
    "ca_file",
    "client_certificate",
    "client_key",
    "disposable",
    "coupons_file",
}
"""Keys whose values must also fit to something that no schema sees: a host, a file, another key."""


def test_the_published_schema_is_that_of_the_table() -> None:
    """``reports/target.schema.json`` is what the table says; ``talonproof target schema`` prints it."""
    published = json.loads((find_workspace().reports / "target.schema.json").read_text(encoding="utf-8"))

    assert schema() == published
    Draft202012Validator.check_schema(published)


@given(row=st.sampled_from([row for row in KEYS if row.name not in ELSEWHERE]), value=anything)
@settings(max_examples=400)
def test_schema_and_parser_agree(row: Any, value: Any) -> None:
    """What one takes the other takes, whatever stands behind whichever key."""
    table = "" if row.table == "target" else f"[{row.table}]\n"
    text = f"{BASE}{table}{row.name} = {toml(value)}\n"

    assert VALIDATOR.is_valid(tomllib.loads(text)) == is_taken(text)


def is_taken(text: str) -> bool:
    """Whether the parser takes a file."""
    try:
        parse_target(text, "t.toml", environment={})
    except DocumentError:
        return False
    return True


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{name}" = {toml(each)}' for name, each in value.items()) + "}"
    return json.dumps(value)


@pytest.mark.parametrize("text", ["", "[targets]\n", BASE + 'colour = "red"\n', BASE + "[pools]\ncoupon = []\n"])
def test_both_refuse_what_is_unknown_or_missing(text: str) -> None:
    """Tables, keys, and a file without an address."""
    with pytest.raises(DocumentError):
        parse_target(text, "t.toml")

    assert not VALIDATOR.is_valid(tomllib.loads(text))


def test_every_binding_is_in_the_table() -> None:
    """Its kind there is that of the value, and each says how an administrator provides it."""
    kinds = {"str": Kind.TEXT, "int": Kind.WHOLE, "float": Kind.NUMBER, "ReturnPolicy": Kind.POLICY}
    types = {field.name: str(field.type) for field in dataclasses.fields(Bindings)}
    fields = {name: kinds[types[name].partition(" ")[0]] for name in Bindings.single()}
    rows = {row.name: row for row in KEYS if row.table == "bindings" and row.name in fields}

    assert fields == {name: row.kind for name, row in rows.items()}
    assert all(row.how for row in rows.values())


def test_a_variable_of_the_environment_is_filled_in() -> None:
    """Anywhere in a string, in lists and in headers too."""
    text = BASE + 'name = "a ${A} b"\nunbuilt = ["${B}"]\n[target.headers]\nx-gate = "${A}${B}"\n'
    target = parse_target(text, "t.toml", environment={"A": "one", "B": "two"})

    assert ("a one b", frozenset({"two"}), {"x-gate": "onetwo"}) == (target.name, target.unbuilt, target.way.headers)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('name = "${A}"', "t.toml:3: [target] name needs the environment variable A, which is not set"),
        ('name = "${a}"', "t.toml:3: [target] name holds ${…} without the name of a variable"),
        ('headers = { Authorization = "x" }', "t.toml:3: [target] headers may not hold Authorization"),
        ('headers = { "x y" = "x" }', "t.toml:3: [target] headers: 'x y' cannot be sent as a header"),
        ('proxy = "proxy:1"', "t.toml:3: [target] proxy is no address"),
        ('redact = [""]', "t.toml:3: [target] redact holds an empty name"),
        ('redact = ["nick"]\n[bindings]\nprofile_attribute = "nick"', "t.toml:3: [target] redact names nick, which is"),
        ('[tls]\nca_file = "none.pem"', "t.toml:4: [tls] ca_file: there is no file none.pem"),
        ('[pools]\ncoupons_file = "none.csv"', "none.csv: No such file"),
        ("[limits]\nin_flight = 0", "t.toml:4: [limits] in_flight must be an integer above 0"),
    ],
)
def test_a_mistake_is_named_with_its_place(line: str, says: str) -> None:
    """File, line and key, and no value of the environment."""
    with pytest.raises(DocumentError) as caught:
        parse_target(BASE + line, "t.toml", environment={"a": "secret"})

    assert str(caught.value).startswith(says)


def test_limits_of_every_kind_are_read() -> None:
    """And what is left out is no limit."""
    text = BASE + '[limits]\nmax_footprint = "read"\nrate = 3\nin_flight = 2\nrequests = 40\nseconds = 60\n'

    assert Limits(Footprint.READ, 3.0, 2, 40, 60.0, 8) == parse_target(text + "parallel = 8", "t.toml").limits
    assert (None,) * 4 == dataclasses.astuple(parse_target(BASE, "t.toml").limits)[2:6]


def test_coupons_come_from_the_csv_beside_the_file(tmp_path: Path) -> None:
    """By kind; what was imported with other columns serves as it is, and the file of the target goes first."""
    (tmp_path / "c.csv").write_text("Value,limitval,kind\nA,1,\nS,1,soft\nM,0,mandatory\nB,1,pool\n", encoding="utf-8")
    text = BASE + '[bindings]\nmandatory_coupon = "MINE"\n[pools]\ncoupons = ["C"]\ncoupons_file = "c.csv"\n'
    bound = parse_target(text, str(tmp_path / "t.toml")).bindings

    assert (("C", "A", "B"), "S", "MINE") == (bound.coupons, bound.soft_coupon, bound.mandatory_coupon)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("code\nA\n", "c.csv:1: there is no column value"),
        ("value,kind\nA,soff\n", "c.csv:2: there is no kind of coupon soff (did you mean soft?)"),
        ("value,kind\n,soft\n", "c.csv:2: a coupon without a value"),
    ],
)
def test_a_wrong_csv_is_named_with_its_line(tmp_path: Path, rows: str, says: str) -> None:
    """And with the closest kind."""
    (tmp_path / "c.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        parse_target(BASE + '[pools]\ncoupons_file = "c.csv"\n', str(tmp_path / "t.toml"))

    assert says in str(caught.value)
