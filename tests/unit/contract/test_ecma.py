"""Patterns mean to Python and to Rust what they mean to ECMA-262."""

from __future__ import annotations

import re

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talonproof.contract.ecma import translate

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CASES = [
    # pattern, texts that it matches, texts that it does not match
    ("^a$", ["a"], ["a\n", "b"]),
    (r"^\w+$", ["aZ_9"], ["é", "a-b", "a\n"]),
    (r"^\W$", ["é", "-", "😀"], ["a", "_"]),
    (r"^\d$", ["7"], ["٣", "x"]),
    (r"^\D$", ["٣"], ["7"]),
    (r"^\s$", [" ", "\t", "\u00a0", "\ufeff", "\u2028"], ["\u0085", "\u180e", "\x1c"]),
    (r"^\S$", ["\u0085", "\x1c", "a"], [" ", "\ufeff"]),
    ("^.$", ["a", "😀", "\u0085"], ["\n", "\r", "\u2028", "\u2029"]),
    (r"^[\w-]+$", ["a-_9"], ["é", "a b"]),
    (r"^[^\W\d]$", ["a", "_"], ["5", "é"]),
    (r"^[\s\S]$", ["\n", "é"], ["ab"]),
    (r"^[a\-z]$", ["-", "a"], ["b"]),
    (r"^[\]\\]$", ["]", "\\"], ["["]),
    ("^[[&~|-]+$", ["[&~|-"], ["]"]),
    ("^[]$", [], ["", "a", "]"]),
    ("^[^]$", ["a", "\n"], ["", "ab"]),
    (r"^[\b]$", ["\b"], ["b"]),
    (r"^\u0041\x42\t$", ["AB\t"], ["ab\t"]),
    (r"^\u{1F600}$", ["😀"], ["u"]),
    (r"^\uD83D\uDE00$", ["😀"], ["", "😁"]),
    (r"^\cJ\0$", ["\n\0"], ["J0"]),
    (r"^\/\.\$\^$", ["/.$^"], ["//$^"]),
    ("^(?<year>[0-9]{4})$", ["2024"], ["24"]),
    ("^(a|b)+?c$", ["abbac"], ["c"]),
    ("^a{2,3}b{2}c{1,}$", ["aabbc", "aaabbcc"], ["abbc", "aabb"]),
    ("^a{,3}$", ["a{,3}"], ["aa"]),
    ("^{}]$", ["{}]"], [""]),
    (r"\bb\B", ["ab bc"], ["b", "éb", "abc"]),
    (r"\bé", [], ["é"]),
    ("(?=ab)a(?!c)", ["ab"], ["ac"]),
    ("(?<=a)b|(?<!a)c", ["ab", "bc"], ["b", "ac"]),
    ("^$", [""], ["\n", "a"]),
    ("é😀", ["aé😀"], ["e"]),
    ("", ["", "a"], []),
]


@pytest.mark.parametrize(("pattern", "matching", "others"), CASES)
def test_both_engines_read_it_as_ecma_262(pattern: str, matching: list[str], others: list[str]) -> None:
    """The translated pattern matches the same texts in Python and in Rust."""
    translated = translate(pattern)

    assert translated is not None
    rust = jsonschema_rs.Draft202012Validator({"pattern": translated})
    for text in matching:
        assert (True, True) == (bool(re.search(translated, text)), rust.is_valid(text)), text
    for text in others:
        assert (False, False) == (bool(re.search(translated, text)), rust.is_valid(text)), text


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a)\1",
        r"(?<x>a)\k<x>",
        r"\p{L}",
        r"\ud800",
        r"[\ud800-\udbff]",
        r"(?<=a+)b",
        r"\u{110000}",
        "a++",
        "a**",
        "*a",
        "$?",
        r"\b+",
        "(?=a)*",
        "(",
        ")",
        "[a",
        "[b-a]",
        "(?i)a",
        "a\\",
        r"\q",
    ],
)
def test_what_cannot_be_made_to_agree(pattern: str) -> None:
    """Back references, properties, half pairs, and what is no pattern are not translated."""
    assert translate(pattern) is None


@UNHURRIED
@given(st.text("ab\n-[]()^$\\wdsbu{}1,|.?+*é&~", max_size=10), st.text("ab\n1 é-", max_size=4))
def test_translated_or_not_nothing_is_raised(pattern: str, text: str) -> None:
    """Any text is a pattern on which both engines agree, or none."""
    translated = translate(pattern)
    if translated is None:
        return

    assert bool(re.search(translated, text)) is jsonschema_rs.Draft202012Validator({"pattern": translated}).is_valid(
        text
    )
