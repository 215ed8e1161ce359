"""Allure's pages are shown without what reports on their readers."""

from __future__ import annotations

import pytest

from talonproof.report.allure_page import without_foreign_scripts

OWN = b'<script src="app.js"></script><script src="data:text/javascript,1"></script><script>window.a = "//b"</script>'


@pytest.mark.parametrize(
    "script",
    [
        b'<script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>',
        b"<script src='//elsewhere.example/x.js'></script >",
        b"<script src=http://elsewhere.example/x.js></script>",
        b'<SCRIPT SRC = "HTTP://elsewhere.example/x.js">\n</SCRIPT>',
    ],
)
def test_foreign_scripts_are_taken_out(script: bytes) -> None:
    """Scripts fetched from elsewhere go; the page's own stay as they are."""
    assert b"<p>" + OWN + OWN == without_foreign_scripts(b"<p>" + OWN + script + OWN)


def test_a_page_without_any_stays() -> None:
    """Nothing else is touched, not even where the word stands in the data."""
    page = b"<p>googletagmanager gtag(</p>" + OWN

    assert page == without_foreign_scripts(page)
