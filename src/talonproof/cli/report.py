"""``talonproof report``: the reports of a run once more, from its stream."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from talonproof.report.allure_page import render_allure
from talonproof.report.render import render
from talonproof.report.terminal import screen
from talonproof.run.recovery import recover
from talonproof.run.tenure import at_work
from talonproof.workspace import find_workspace


@click.command(name="report")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--open", "open_report", is_flag=True, help="Open report.html in the browser.")
@click.option("--allure", "with_allure", is_flag=True, help="Render Allure's own HTML as well, if Allure is there.")
def command(*, run: Path, open_report: bool, with_allure: bool) -> int:
    """Render the reports of RUN again, the folder that a run wrote.

    A run that was cut short is rendered as far as it got: what its workers wrote
    down and nobody told is added to its stream, and the cases in flight are named.
    """
    if run.is_dir() and not at_work(run):
        recover(run)
    rendered = render(run, reports_data=find_workspace().reports)
    screen(rendered.account.stream, rendered)
    if with_allure:
        page = render_allure(rendered.allure, run / "allure-report")
        click.echo(page.said)
    if open_report:
        webbrowser.open(rendered.html.resolve().as_uri())
    return 0
