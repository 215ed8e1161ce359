"""Whatever a server sends can be shown once it is printable."""

from __future__ import annotations

import unicodedata
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.report.printable import one_line, printable

ANY = st.text(st.characters(codec=None, categories=None))


@given(ANY)
def test_printable_text_fits_everywhere(text: str) -> None:
    """It can be written as UTF-8 and as XML, and moves no terminal: no control but tab and line feed is left."""
    shown = printable(text)

    assert shown == ET.fromstring(f"<a>{escape(shown)}</a>".encode()).text or not shown  # noqa: S314 - our own
    assert {"\t", "\n"} >= {character for character in shown if unicodedata.category(character) == "Cc"}


@given(ANY)
def test_printing_twice_is_printing_once(text: str) -> None:
    """An escape is left alone."""
    assert printable(text) == printable(printable(text))


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs", "M"))))
def test_ordinary_text_stays(text: str) -> None:
    """Letters, marks, numbers, punctuation, symbols and spaces of all scripts are shown as they are."""
    assert text == printable(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\u001b[31mred"),
        ("over\rwritten", "over\\u000dwritten"),
        ("\ud83d", "\\ud83d"),
        ("user\u202etxt.exe", "user\\u202etxt.exe"),
        ("a\tb\nc", "a\tb\nc"),
        ("👩‍💻", "👩‍💻"),
    ],
)
def test_what_is_obeyed_is_escaped(text: str, shown: str) -> None:
    """Escape sequences, carriage returns, halves of characters and changes of direction are made visible."""
    assert shown == printable(text)


def test_one_line_is_one_line() -> None:
    """White space is one blank, and a long line is cut with an ellipsis."""
    assert "a b" == one_line(" a \n\t b ")
    assert "abcd…" == one_line("abcdefgh", 5)
