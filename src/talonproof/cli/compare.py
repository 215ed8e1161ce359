"""``talonproof compare``: what is new and what is fixed from one run to another."""

from __future__ import annotations

from pathlib import Path

import click

from talonproof.cli.options import Word
from talonproof.report.compare import as_json, as_markdown, as_text, compare
from talonproof.report.reading import read_complete

FORMATS = {"text": as_text, "markdown": as_markdown, "json": as_json}


@click.command(name="compare", short_help="Say what changed between two runs.")
@click.argument("run_a", type=click.Path(path_type=Path))
@click.argument("run_b", type=click.Path(path_type=Path))
@click.option("--format", "form", type=Word(*FORMATS), default="text", show_default=True, help="How to say it.")
def command(*, run_a: Path, run_b: Path, form: str) -> int:
    """Say what changed from RUN_A to RUN_B, the folders of two runs.

    What is new, fixed, still broken or no longer exercised, and which verdicts
    are others. Markdown is made for a comment on a pull request.

    \b
    Exit codes: 0 nothing is broken that was not before, 1 something is, 2 one
    of the two is no run that came to its end.
    """
    change = compare(read_complete(run_a), read_complete(run_b))
    click.echo(FORMATS[form](change), nl=False)
    return 1 if change.worse else 0
