"""report.html: one page that holds everything, loads nothing, and can be read without its script.

Whatever a server sent is escaped by the template engine, and a content security policy allows the
page's own script by its hash alone: were markup ever to slip through, it could neither run nor fetch.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from talonproof.report import words
from talonproof.report.account import Account
from talonproof.report.fidelity import fidelity, graded, last_verified, not_judged, per_cent
from talonproof.report.page import page
from talonproof.report.pretty import pretty


def write_html(told: Account, file: Path) -> None:
    """Writes the page into a file."""
    file.write_text(html(told), encoding="utf-8", newline="\n")


def html(told: Account) -> str:
    """The page."""
    engine = jinja2.Environment(
        loader=jinja2.PackageLoader("talonproof.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = (_own(engine, name) for name in ("report.css", "report.js"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return engine.get_template("report.html.j2").render(
        pretty=pretty,
        amount=words.amount,
        milliseconds=_milliseconds,
        clause=_clause,
        page=page(told),
        grade=fidelity(told),
        graded=graded,
        per_cent=per_cent,
        not_judged=not_judged,
        last_verified=last_verified,
        header=told.stream.header,
        footer=told.stream.footer,
        titles={name: case.title for name, case in told.cases.items()},
        style=style,
        script=script,
        script_hash=f"sha256-{digest}",
    )


def _clause(text: str) -> Markup:
    """A clause, with what stands between backticks set as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts))


def _own(engine: jinja2.Environment, name: str) -> Markup:
    """One of our own files, to stand in the page as it is."""
    if engine.loader is None:
        raise jinja2.TemplateNotFound(name)
    text, _, _ = engine.loader.get_source(engine, name)
    return Markup(text)  # noqa: S704 (ships with the package; nothing of a run is in it)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
