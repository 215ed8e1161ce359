"""The summary says the verdict first, and nothing of it is anybody else's Markdown."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from talonproof.report.account import account
from talonproof.report.summary import SHOWN, clause, code, escaped, fenced, summary

SNAPSHOT = Path(__file__).with_name("snapshots") / "summary.md"
PRINTABLE = st.text(st.characters(categories=("L", "N", "P", "S", "Zs"), include_characters="\n\t"))


def test_the_summary_of_the_sample(build: Any) -> None:
    """The text for a fixed stream, as it is committed."""
    assert SNAPSHOT.read_text(encoding="utf-8") == summary(account(build.stream(*build.sample())))


def test_the_first_line_is_the_verdict(build: Any) -> None:
    """Verdict and share judged, before anything else."""
    first = summary(account(build.stream(*build.sample()))).splitlines()[0]

    assert "**not conformant: 1 requirement broken; 7 of 10 requirements judged, 3 unsupported**" == first


def _inline(text: str) -> list[str]:
    """The kinds of the inline tokens of a paragraph."""
    return [child.type for token in MarkdownIt().parse(text) for child in token.children or ()]


@given(PRINTABLE.filter(str.strip))
def test_escaped_text_is_text(text: str) -> None:
    """Escaped, a text is one paragraph of text that reads as the text, blanks aside."""
    shown = f"a {escaped(text)} b"

    assert {"text"} == set(_inline(shown)) - {"text_special"}
    assert f"a {' '.join(text.split())} b" == html.unescape(
        "".join(child.content for token in MarkdownIt().parse(shown) for child in token.children or ())
    )


@given(PRINTABLE.filter(str.strip))
def test_code_is_code(text: str) -> None:
    """A code span holds the text, whatever backticks are in it."""
    assert ["text", "code_inline", "text"] == _inline(f"a {code(text)} b")


NO_BACKTICK = PRINTABLE.filter(lambda text: text.strip() and "`" not in text)


@given(NO_BACKTICK, NO_BACKTICK)
def test_a_clause_sets_its_names_as_code(before: str, name: str) -> None:
    """Between two backticks is code, around them is text; a backtick without its pair is text."""
    paired, single = (_inline(text) for text in (clause(f"a {before} `{name}` b"), clause(f"a {before} `{name} b")))

    assert ["text", "code_inline", "text"] == [kind for kind in paired if kind != "text_special"]
    assert {"text"} == set(single) - {"text_special"}


@given(PRINTABLE)
def test_nothing_ends_a_block_of_code(text: str) -> None:
    """A fence is longer than any run of backticks in the text."""
    tokens = MarkdownIt().parse(fenced(text))

    assert ["fence"] == [token.type for token in tokens]


@pytest.mark.parametrize("text", ["@octocat", "#12", "https://evil.example", "www.evil.example", "<img src=x>"])
def test_nobody_is_mentioned_and_nothing_linked(text: str) -> None:
    """What a host of reviews would make a link, a mention or an image is broken up."""
    assert text not in escaped(text)


def test_a_hostile_server_makes_no_markup(build: Any) -> None:
    """Markup in every text: the only HTML is the folding of the grade and of each finding."""
    hostile = build.poisoned(build.sample(), "</summary></details><img src=x>`````\n# heading")
    tokens = MarkdownIt("commonmark", {"html": True}).parse(summary(account(build.stream(*hostile))))
    blocks = [token.content.strip() for token in tokens if token.type == "html_block"]
    inline = [child for token in tokens for child in token.children or () if child.type == "html_inline"]

    grade = "<details><summary>Fidelity 66.6 %; 4 held, 1 must and 1 should broken, 3 of 10 not judged</summary>"
    assert [grade, "</details>", *["<details><summary>2 requests to see it</summary>", "</details>"] * 2] == blocks
    assert [] == inline
    assert {"### Findings"} == {
        f"### {tokens[at + 1].content}" for at, t in enumerate(tokens) if t.type == "heading_open"
    }


def test_many_findings_are_not_all_told(build: Any) -> None:
    """The summary stays short, and says how many more there are."""
    findings = [build.finding("SES-118", fingerprint=f"{n:012x}") for n in range(SHOWN + 3)]
    text = summary(account(build.stream(build.header(), build.case("a", "fail", findings=findings), build.footer())))

    assert SHOWN == text.count("<details>")
    assert "3 more findings in report.html." in text
