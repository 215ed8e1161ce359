"""report.html holds everything, loads nothing, and is never anybody else's markup."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talonproof.report.account import account
from talonproof.report.html import html
from talonproof.report.printable import printable

VOID = {"meta", "input", "br", "wbr"}
HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "</pre></details><svg onload=alert(1)>",
    "\"><a href='javascript:alert(1)'>",
    "' onmouseover='alert(1)",
    "<!--",
    "</style><style>*{background:url(//evil)}",
    "{{ 7 * 7 }}{% raw %}",
    "\x00\x1b[2J\ud800\u202e",
    "]]><x/>&lt;&#60;",
)


class Page(HTMLParser):
    """The elements of a page with the names of their attributes, its ids, its links and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        values = dict(attrs)
        self.ids += [values["id"] or ""] if "id" in values else []
        self.links += [values[name] or "" for name in ("href", "src", "action") if name in values]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends: it is the one that began last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Text, outside the script and the style."""
        if not self.open or self.open[-1] not in {"script", "style"}:
            self.text.append(data)


def page(build: Any, records: Any) -> Page:
    """The page of a stream."""
    return Page(html(account(build.stream(*records))))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_never_becomes_markup(build: Any, text: str) -> None:
    """The page has the elements and attributes that it has with harmless text, and shows the hostile one."""
    plain = page(build, build.poisoned(build.sample(), "x"))
    hostile = page(build, build.poisoned(build.sample(), text))

    assert plain.elements == hostile.elements
    assert not hostile.open
    assert printable(text) in "".join(hostile.text)


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(codec=None, categories=None, exclude_characters="`_"), min_size=1, max_size=20))
def test_no_text_becomes_markup(build: Any, text: str) -> None:
    """Whatever the text: the elements are those of harmless text."""
    assert page(build, build.poisoned(build.sample(), "x")).elements == (
        page(build, build.poisoned(build.sample(), text)).elements
    )


def test_a_clause_sets_its_names_as_code_and_nothing_else(build: Any) -> None:
    """What stands between backticks is code; markup in it is text; an odd backtick is a backtick."""
    rows = [
        build.requirement("SES-001", text="`a<b>` is <i>kept</i>."),
        build.requirement("SES-002", text="An odd ` stays."),
    ]
    text = html(account(build.stream(build.header(requirements=rows), build.footer())))

    assert "<code>a&lt;b&gt;</code> is &lt;i&gt;kept&lt;/i&gt;." in text
    assert "An odd ` stays." in text


def test_the_page_loads_nothing(build: Any) -> None:
    """Every link leads to a place in the page that exists; nothing is fetched; only the own script may run."""
    text = html(account(build.stream(*build.sample())))
    seen = Page(text)
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()

    assert {link[0] for link in seen.links} == {"#"}
    assert {link[1:] for link in seen.links} <= set(seen.ids)
    assert {"link", "img", "iframe", "object", "embed", "base"}.isdisjoint(tag for tag, _ in seen.elements)
    assert not re.search(r"@import|url\(", text)
    assert f"script-src 'sha256-{digest}'" in text.replace("&#39;", "'")
    assert "default-src 'none'" in text


def test_ids_are_given_once(build: Any) -> None:
    """No two elements share an id."""
    ids = page(build, build.sample()).ids

    assert sorted(set(ids)) == sorted(ids)


def test_the_page_says_what_happened(build: Any) -> None:
    """Verdict, facts, findings with their exchanges, table, requirements, cases not judged, receipt."""
    text = " ".join("".join(page(build, build.sample()).text).split())

    for said in (
        "Not conformant",
        "1 requirement broken; 7 of 10 requirements judged, 3 unsupported.",
        "talonproof run --edition 2025-01 --depth release --seed 4711 --max-footprint destructive",
        "Seen: stored as open, expected closed at /customerSession/state",
        "S0, updateCustomerSessionV2, description (inferred)",
        '"total": 1.50',
        "curl -sS -i 'http://127.0.0.1:41234/v2/customer_sessions/a'",
        "talonproof explain SES-218",
        "Only the Campaign Manager shows it.",
        "waits for: engine",
        "the target binds no profile_program",
        "not part of the depth release",
        "answered 400",
        "16 requests sent of at most 24 planned, and 3 more to shrink, confirm and repeat.",
        "sessions closed",
    ):
        assert said in text, said


def test_findings_come_before_the_table_the_must_before_the_should(build: Any) -> None:
    """A reader meets the worst first."""
    ids = page(build, build.sample()).ids
    order = [ids.index(name) for name in ("findings", "finding-" + b"SES-218".hex()[:12], "table")]

    assert sorted(order) == order
    assert ids.index("finding-" + b"SES-218".hex()[:12]) < ids.index("requirements")


def test_no_colour_stands_alone(build: Any) -> None:
    """Every label that is coloured has a sign and a word; every mark of the table says itself in words."""
    text = html(account(build.stream(*build.sample())))

    assert re.findall(r'<span class="chip [a-z]+">', text)
    for label in re.findall(r'<span class="chip [a-z]+">(.*?)</span>\s*[<\w]', text):
        assert re.search(r'aria-hidden="true">\S+', label)
    assert len(re.findall(r'class="mark ', text)) == len(re.findall(r'<span class="hidden">st[a-z]+: ', text)) == 4


@pytest.mark.parametrize("cut", [1, 2, 4])
def test_a_run_that_was_cut_short_has_a_page(build: Any, cut: int) -> None:
    """Without a footer the page says so, and that it shows how far the run got."""
    text = "".join(page(build, build.sample()[:cut]).text)

    assert "Incomplete" in text
    assert "The stream has no end" in text


def test_a_body_that_is_no_json_is_shown_as_it_came(build: Any) -> None:
    """An error page of a proxy stands in the report as text; an answer that never came says why."""
    exchanges = [
        build.exchange(0, status=0, response_body="", failure="read: timed out after 30 s"),
        build.exchange(1, status=502, response_body="<html><body>Bad gateway</body></html>"),
    ]
    case = build.case("a/b.py::c", "fail", findings=[build.finding("ERR-013", exchanges=exchanges)])
    text = "".join(page(build, [build.header(), case, build.footer()]).text)

    assert "<html><body>Bad gateway</body></html>" in text
    assert "no answer: read: timed out after 30 s" in text
