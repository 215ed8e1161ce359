"""Texts are read by the rules of YAML 1.2, and their places are found again."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talonproof.contract import yaml12
from talonproof.contract.yaml12 import escape, parse, place, unescape
from talonproof.errors import DocumentError

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(params=["C", "Python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both parsers of PyYAML: not every platform has the C one."""
    if request.param == "Python":
        monkeypatch.setattr(yaml12, "_LOADER", yaml.SafeLoader)
    return str(request.param)


@pytest.mark.usefixtures("parser")
class TestScalars:
    """YAML, by both parsers."""

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("1E+15", 1e15),
            ("1e3", 1000.0),
            (".5", 0.5),
            ("-1.", -1.0),
            ("0o17", 15),
            ("0x1F", 31),
            ("017", 17),
            ("+3", 3),
            ("1_000", "1_000"),
            ("=", "="),
            ("2024-05-29", "2024-05-29"),
            ("2024-05-29T15:04:05Z", "2024-05-29T15:04:05Z"),
            ("yes", "yes"),
            ("no", "no"),
            ("On", "On"),
            ("y", "y"),
            ("12:30:45", "12:30:45"),
            ("true", True),
            ("FALSE", False),
            ("~", None),
            ("Null", None),
            ("''", ""),
            ('"1"', "1"),
            ("!!str 1", "1"),
            ("! 1", "1"),
            ("!!float 1", 1.0),
            ("!!int '1'", 1),
        ],
    )
    def test_core_schema(self, text: str, value: object) -> None:
        """A scalar means what the core schema of YAML 1.2 says, of that type."""
        found = parse(f"a: {text}", "t")["a"]

        assert (value, type(value)) == (found, type(found))

    def test_nothing_is_null(self) -> None:
        """A key without a value, an empty text and a comment are null."""
        assert [None, None, {"a": None}] == [parse("", "t"), parse("# nothing\n", "t"), parse("a:", "t")]

    def test_keys_are_strings_as_written(self) -> None:
        """Statuses, yes and null are names like any other."""
        assert {"200": 1, "yes": 2, "null": 3, "1.0": 4} == parse("200: 1\nyes: 2\nnull: 3\n1.0: 4", "t")

    @pytest.mark.parametrize(
        ("text", "line", "message"),
        [
            ("a: 1\nb:\n  c: 2\n  c: 3", 4, "duplicate key 'c'"),
            ("200: 1\n'200': 2", 2, "duplicate key '200'"),
            ('{"a": 1,\n "b": {"c": 1,\n "c": 2}}', 3, "duplicate key 'c'"),
            ("a: 1\n---\nb: 1", 2, "second document"),
            ("a: .nan", 1, "no number"),
            ("a: -.INF", 1, "no number"),
            ("a: 1e999", 1, "no number"),
            ("a: 1\n<<: {b: 2}", 2, "merge keys"),
            ("a: !point 1", 1, "!point"),
            ("a: !!set {b}", 1, "set"),
            ("a: !!binary aGk=", 1, "binary"),
            ("a:\n  - *b", 2, "no anchor &b"),
            ("a: &b\n  c: *b", 2, "inside the value"),
            ("[a]: 1", 1, "key must be a string"),
            ("a: &b 1\n*b : 2", 2, "alias cannot be a key"),
            ("a: [1\nb: 2", 2, "not YAML"),
            ("a: b: c", 1, "not YAML"),
        ],
    )
    def test_refused_with_its_line(self, text: str, line: int, message: str) -> None:
        """What is not well-formed, or what JSON cannot hold, is refused where it stands."""
        with pytest.raises(DocumentError, match=message) as caught:
            parse(text, "file.yaml")

        assert ("file.yaml", line) == (caught.value.file, caught.value.line)

    def test_aliases_share_their_value(self) -> None:
        """An alias stands for what its anchor names."""
        assert {"a": [1, {"b": 2}], "c": [1, {"b": 2}], "d": "x", "e": "x"} == parse(
            "a: &l [1, {b: 2}]\nc: *l\nd: &s x\ne: *s", "t"
        )

    def test_alias_bomb(self) -> None:
        """A few lines of nested aliases that stand for a billion values are refused."""
        lines = ["a0: &a0 [x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

        with pytest.raises(DocumentError, match="more than 1,000,000 values"):
            parse("\n".join(lines), "bomb.yaml")

    @pytest.mark.parametrize("text", ["[" * 300 + "]" * 300, "- " * 300 + "x"])
    def test_too_deep(self, text: str) -> None:
        """Values nested deeper than everything after can recurse are refused."""
        with pytest.raises(DocumentError, match="deeper than 200"):
            parse(text, "deep.yaml")

    def test_too_deep_by_aliases(self) -> None:
        """Depth counts with the aliases written out."""
        lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 250))]

        with pytest.raises(DocumentError, match="deeper than 200"):
            parse("\n".join(lines), "deep.yaml")


class TestJson:
    """JSON, by the rules of JSON."""

    def test_surrogate_pairs(self) -> None:
        """A text that is JSON is read as JSON, where an escaped pair is one character."""
        assert {"a": "😀"} == parse('{"a": "\\ud83d\\ude00"}', "t.yaml")

    def test_flow_yaml_is_still_yaml(self) -> None:
        """What begins like JSON and is not may be YAML."""
        assert {"a": "b", "c": [1]} == parse("{a: b, c: [1]} # comment", "t.yaml")

    def test_json_file_is_json(self) -> None:
        """A file called .json is not read as YAML."""
        with pytest.raises(DocumentError, match="not JSON") as caught:
            parse('{"a": 1,\n b: 2}', "t.json")

        assert 2 == caught.value.line

    @pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": -Infinity}', '{"a": 1e999}'])
    def test_no_such_number(self, text: str) -> None:
        """Python would read these numbers; JSON has none of them."""
        with pytest.raises(DocumentError, match="no number"):
            parse(text, "t.json")

    @pytest.mark.parametrize("depth", [250, 100_000])
    def test_too_deep(self, depth: int) -> None:
        """JSON may not be nested deeper than YAML."""
        with pytest.raises(DocumentError, match="deeper than 200"):
            parse("[" * depth + "]" * depth, "t.json")


@UNHURRIED
@given(JSON)
def test_json_and_yaml_agree(value: Any) -> None:
    """A value comes back from its JSON and from its YAML, with each number of its own type."""
    as_json = json.dumps(value, ensure_ascii=False)
    as_yaml = yaml.safe_dump(value, allow_unicode=True, default_style='"', sort_keys=False)

    assert repr(value) == repr(parse(as_json, "t.json"))
    assert repr(value) == repr(parse(as_yaml, "t.yaml"))


class TestPlace:
    """The line of a value."""

    TEXT = "a: 1\nb:\n  - x\n  -\n    c~/d: &n\n      e: 2\n  - [y,\n     z]\nf: *n\n"

    @pytest.mark.parametrize(
        ("pointer", "line"),
        [
            ("", 1),
            ("/a", 1),
            ("/b", 2),
            ("/b/0", 3),
            ("/b/1/c~0~1d", 5),
            ("/b/1/c~0~1d/e", 6),
            ("/b/2/1", 8),
            ("/f", 9),
            ("/f/e", 9),
            ("/g", None),
            ("/a/x", None),
            ("/b/7", None),
        ],
    )
    def test_line_of_a_pointer(self, pointer: str, line: int | None) -> None:
        """The line is that of the name of a property, of the first character of an item, of an alias."""
        assert line == place(self.TEXT, pointer)

    def test_not_yaml(self) -> None:
        """A text that cannot be read has no places."""
        assert place("a: [", "/b") is None

    @UNHURRIED
    @given(JSON)
    def test_every_value_has_a_line(self, value: Any) -> None:
        """Whatever a text holds can be found in it, and the values stand in order."""
        text = json.dumps(value, indent=1, ensure_ascii=False)
        lines = [place(text, pointer) for pointer in _pointers(value)]

        assert sorted(line for line in lines if line is not None) == lines


def _pointers(value: Any, at: str = "") -> list[str]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(found for key, item in inner for found in _pointers(item, f"{at}/{escape(str(key))}"))]


@UNHURRIED
@given(st.text())
def test_pointer_parts_round_trip(name: str) -> None:
    """Any name can be a part of a pointer."""
    assert name == unescape(escape(name))
