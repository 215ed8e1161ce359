"""The page at ``/`` shows the world and the last requests to a browser, and stays JSON for everybody else."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from talonproof.emulator.app import Emulator
from talonproof.emulator.message import Request
from talonproof.emulator.serve import LIVE_KEY
from talonproof.emulator.world_file import read_world
from tests.unit.emulator.conftest import Client

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


class Page(HTMLParser):
    """The texts of a page, its elements, and whether every one of them that needs an end has one."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """An element begins."""
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        """A text."""
        if data.strip():
            self.texts.append(data.strip())


def look(emulator: Emulator, accept: str = BROWSER) -> tuple[str, Page]:
    """The page as a browser gets it."""
    answer = emulator.handle(Request("GET", "/", {"accept": accept}))
    assert 200 == answer.status
    assert "text/html; charset=utf-8" == answer.headers["content-type"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    page = Page(answer.body.decode())
    assert [] == page.open
    return answer.body.decode(), page


def test_the_world_is_shown(client: Client) -> None:
    """Applications, campaigns, programs, catalogs, counts and names, each of them."""
    client.update("s", state="closed")

    _, page = look(client.emulator)

    for text in ("One", "Two", "Codes", "Friends", "Points", "Cards", "Things", "store-1", "signed_up", "CODE-1"):
        assert (text in page.texts) == (text != "CODE-1"), text
    counts = dict(zip(page.texts, page.texts[1:], strict=False))
    assert ("2", "1", "1") == (counts["Sessions"], counts["Sessions closed"], counts["Sessions open"])
    assert "Nobody has asked for anything yet." not in page.texts


def test_no_key_is_shown(client: Client) -> None:
    """Neither a key of the world nor one that stands in a target."""
    default = Emulator(read_world(), client.emulator.contract, validators=client.validators)
    default.handle(Request("GET", f"/v2/customer_sessions/{LIVE_KEY}", {"authorization": f"ApiKey-v1 {LIVE_KEY}"}))

    text, page = look(default)

    assert [] == [key for key in default.world.keys if key in text]
    assert "GET /v2/customer_sessions/[redacted]" in page.texts
    default.close()


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\"'><img src=x onerror=y>", "\udcff"])
def test_what_callers_send_is_escaped(client: Client, name: str) -> None:
    """A target full of markup is text; the page has no element that runs or fetches anything."""
    client.send(Request("GET", f"/v2/{name}?{name}"))

    _, page = look(client.emulator)

    assert not {"script", "img", "iframe", "object", "link", "form"}.intersection(page.tags)
    assert any(re.search(r"^GET /v2/", text) for text in page.texts)


@pytest.mark.parametrize("accept", ["*/*", "application/json", ""])
def test_programs_get_json(client: Client, accept: str) -> None:
    """Who does not ask for HTML is told the same as ever."""
    answer = client.send(Request("GET", "/", {"accept": accept} if accept else {}))

    assert {"name", "version", "edition", "about", "unbuilt"} == answer.document().keys()


def test_an_empty_server_says_so(client: Client) -> None:
    """Before the first request there is none to show."""
    _, page = look(client.emulator)

    assert "Nobody has asked for anything yet." in page.texts


def test_health_fails_with_the_database(client: Client) -> None:
    """The endpoint asks the database, so that a server without one is not called healthy."""
    assert {"status": "ok"} == client.send(Request("GET", "/_health")).document()

    client.emulator.store.close()

    assert 500 == client.send(Request("GET", "/_health")).status
