"""Renders every report of a run into its folder, from its stream alone; doing it again gives the same files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from talonproof.errors import ConfigError, closest
from talonproof.report.account import Account, account
from talonproof.report.allure import write_allure
from talonproof.report.fidelity import FILE as FIDELITY
from talonproof.report.fidelity import write_fidelity
from talonproof.report.finding_folder import FOLDER, write_findings
from talonproof.report.junit import write_junit
from talonproof.report.reading import STREAM_FILE, read_stream
from talonproof.report.summary import write_summary

CATEGORIES = "categories.json"


@dataclass(frozen=True, slots=True)
class Rendered:
    """Where the reports are, and what they tell."""

    account: Account
    html: Path
    summary: Path
    junit: Path
    allure: Path
    """The folder of Allure results; Allure's own HTML is made from it (``talonproof report RUN --allure``)."""

    @property
    def findings(self) -> Path:
        """The folder that holds one for each finding; it is there if there is one."""
        return self.html.parent / FOLDER

    @property
    def fidelity(self) -> Path:
        """The grade of the target, for programs."""
        return self.html.parent / FIDELITY

    @property
    def others(self) -> tuple[Path, ...]:
        """All but the page."""
        return (
            self.summary,
            self.fidelity,
            self.junit,
            self.allure,
            *([self.findings] if self.account.findings else []),
        )


def render(run_folder: Path, *, reports_data: Path) -> Rendered:
    """Reads ``run.ndjson`` in the folder and writes all reports beside it.

    They are report.html, summary.md, fidelity.json, junit.xml, allure-results/ and, for each finding, a folder in
    findings/.
    ``reports_data`` is the folder ``reports`` of the workspace. A run without a footer is rendered as far
    as it got. Raises ConfigError where the folder holds no stream, DocumentError where it is broken.
    """
    if not run_folder.is_dir():
        beside = run_folder.parent
        runs = [file.parent.name for file in beside.glob(f"*/{STREAM_FILE}")] if beside.is_dir() else []
        message = f"there is no folder {run_folder}"
        raise ConfigError(message, hint=closest(run_folder.name, runs) if runs else "RUN is a folder that a run wrote")
    told = account(read_stream(run_folder))
    rendered = Rendered(
        account=told,
        html=run_folder / "report.html",
        summary=run_folder / "summary.md",
        junit=run_folder / "junit.xml",
        allure=run_folder / "allure-results",
    )
    write_allure(told, rendered.allure, reports_data / CATEGORIES)
    write_junit(told, rendered.junit)
    write_summary(told, rendered.summary)
    write_fidelity(told, rendered.fidelity)
    from talonproof.report.html import write_html  # noqa: PLC0415  # jinja2: only where there is a page to write

    write_html(told, rendered.html)
    write_findings(told, rendered.findings)
    return rendered
