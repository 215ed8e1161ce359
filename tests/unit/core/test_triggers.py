"""What a target file says that makes campaigns act: parser and schema agree on it, and a mistake is named."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talonproof.errors import DocumentError
from talonproof.target import Trigger, parse_target
from talonproof.target.campaigns import CAMPAIGNS, campaigns_to_make
from talonproof.target.starting import starting_file
from talonproof.target.table import schema
from talonproof.target.triggers import MOST, PARTS

VALIDATOR = jsonschema_rs.validator_for(schema())
BASE = '[target]\nurl = "http://localhost:1"\n'
ONE = BASE + '[[triggers]]\nname = "a"\n'

values = st.one_of(
    st.booleans(),
    st.integers(-2, 40),
    st.sampled_from(["", "x", "P10D", "P", "PT", "P1DT2H", "P3W", "2030-01-01T00:00:00Z", "2030-13-01T00:00:00Z"]),
    st.lists(st.sampled_from(["x"]) | st.integers(0, 3), max_size=2),
    st.dictionaries(st.sampled_from([*PARTS, "state"]), st.sampled_from(["y", ["z"], {"a": 1}]), max_size=2),
)
tables = st.dictionaries(
    st.sampled_from(["name", "session", "campaign", "ahead", "starts", "disabled", "with_points", "nmae"]), values
)


def read(text: str) -> tuple[Trigger, ...]:
    """The triggers of a file, without variables of the environment."""
    return parse_target(text, "t.toml", environment={"CHANNEL": "shop"}).triggers


def written(table: dict[str, Any]) -> str:
    """A trigger as TOML writes it."""
    lines = [f"{json.dumps(name)} = {toml(value)}" for name, value in table.items()]
    return "\n".join(["[[triggers]]", *lines, ""])


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{name}" = {toml(each)}' for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def test_a_trigger_is_read_as_it_stands() -> None:
    """Each key arrives where it belongs, and what is left out has its default."""
    text = ONE + (
        'session = { attributes = { channel = "${CHANNEL}", level = 2 }, couponCodes = ["A"] }\n'
        '[[triggers]]\nname = "b"\ncampaign = 30\nahead = "P1DT2H30M"\nstarts = "2030-01-01T01:00:00+01:00"\n'
        '[[triggers]]\nname = "c"\ncampaign = 31\ndisabled = true\nwith_points = true\n'
    )

    assert (
        Trigger("a", {"attributes": {"channel": "shop", "level": 2}, "couponCodes": ["A"]}),
        Trigger(
            "b", {}, 30, timedelta(days=1, hours=2, minutes=30), starts=datetime(2030, 1, 1, tzinfo=UTC)
        ),
        Trigger("c", {}, 31, disabled=True, with_points=True),
    ) == read(text)  # fmt: skip
    assert () == read(BASE)


@given(table=tables)
@settings(max_examples=400)
def test_schema_and_parser_agree(table: dict[str, Any]) -> None:
    """What one takes the other takes; whether a moment is one of the calendar only the parser sees."""
    text = BASE + written(table)
    try:
        taken = bool(read(text))
    except DocumentError:
        taken = False
    valid = VALIDATOR.is_valid(tomllib.loads(text))

    assert (valid and table.get("starts") != "2030-13-01T00:00:00Z") == taken


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ONE + "colour = 1", "t.toml:5: [[triggers]] has an unknown key colour"),
        (ONE + "[[triggers]]\nsession = {}", "t.toml:5: [[triggers]] has no name"),
        (ONE + '[[triggers]]\nname = "a"', "t.toml:6: two [[triggers]] are called a"),
        (ONE + '[[triggers]]\nname = "b"\nahead = "soon"', "t.toml:7: [[triggers]] ahead soon is no span of time"),
        (ONE + 'ahead = "P1D"', "t.toml:5: [[triggers]] ahead needs the campaign that acts (campaign = 12)"),
        (ONE + "disabled = true", "t.toml:5: [[triggers]] disabled needs the campaign that acts"),
        (ONE + 'campaign = 1\nahead = "P1D"\ndisabled = true', "t.toml:6: [[triggers]] a campaign is scheduled or"),
        (ONE + 'campaign = 1\nstarts = "2030-01-01T00:00:00Z"', "t.toml:6: [[triggers]] starts needs how far ahead"),
        (ONE + "campaign = 0", "t.toml:5: [[triggers]] campaign must be an integer above 0"),
        (ONE + "session = { state = 'open' }", "t.toml:5: [[triggers]] session may not set state"),
        (ONE + "session = { attribute = {} }", "t.toml:5: [[triggers]] session may not set attribute (did you mean at"),
        (ONE + "session = { cartItems = {} }", "t.toml:5: [[triggers]] session: cartItems must be a list"),
        (ONE + "[triggers.session]\nattributes = { a = 2030-01-01 }", "t.toml:5: [[triggers]] session holds what JSON"),
        (ONE + "session = { attributes = { a = inf } }", "t.toml:5: [[triggers]] session holds what JSON cannot"),
        (ONE + 'session = { referralCode = "${NONE}" }', "t.toml:5: [[triggers]] session needs the environment varia"),
        (BASE + "[triggers]\nname = 'a'", "t.toml:3: triggers must be a list of tables ([[triggers]])"),
        (BASE + "".join(f"[[triggers]]\nname = '{n}'\n" for n in range(MOST + 1)), "t.toml:3: there are 33 [[trigger"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(text: str, says: str) -> None:
    """File, line, key and the closest valid choice, in one line."""
    with pytest.raises(DocumentError) as caught:
        read(text)

    assert str(caught.value).startswith(says)


def test_the_starting_file_shows_one() -> None:
    """All of it is commented out; without the marks it is a trigger, but for what excludes each other."""
    text = starting_file()
    assert () == parse_target(text, "t.toml").triggers
    shown = text[text.index("#[[triggers]]") :]
    lines = [line.removeprefix("#") for line in shown.splitlines() if not line.startswith("# ")]
    scheduled = "\n".join(line for line in lines if not line.startswith("disabled"))

    assert {"name", "session", "campaign", "ahead", "starts", "disabled", "with_points", "budget"} == {
        line.partition(" ")[0] for line in lines[1:]
    }
    assert ("discount",) == tuple(trigger.name for trigger in read(BASE + scheduled))


def test_the_recipe_for_campaigns_is_a_target_file() -> None:
    """What an administrator is told to write is read as it stands, and leaves out what is there."""
    told = "\n".join(campaigns_to_make(frozenset({"discount"}), {"setDiscountPerItem": ("SES-045",)}))
    file = told.partition("```toml\n")[2].partition("```")[0]

    assert [campaign.name for campaign in CAMPAIGNS[1:]] == [trigger.name for trigger in read(BASE + file)]
    assert "- `item-discount`: a discount on each unit of the cart items.\n  Not judged without it: SES-045." in told
    assert [] == list(campaigns_to_make(frozenset(campaign.name for campaign in CAMPAIGNS), {}))
