"""``talonproof spec``: the contract for other tools and for reading: the document of an edition, the requirements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import yaml

from talonproof.contract.document import load
from talonproof.contract.requirement_page import requirement_page
from talonproof.contract.requirements import read_requirements
from talonproof.plugin.prepare import DEFAULT_EDITION
from talonproof.workspace import find_workspace


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such, and everything where it belongs instead of pointing to it."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(_dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


@click.group(name="spec")
def command() -> None:
    """The contract's documents."""


@command.command(name="bundle")
@click.option("--edition", default=DEFAULT_EDITION, metavar="E", show_default=True, help="The edition of the API.")
@click.option("--workspace", default=None, type=click.Path(path_type=Path), metavar="DIR", help="A workspace of yours.")
def bundle(edition: str, workspace: Path | None) -> int:
    """Print the OpenAPI 3.1 document of an edition in YAML, with all that it refers to and extends laid in."""
    document = load(find_workspace(workspace).contract_file(edition))
    click.echo(yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=118), nl=False)
    return 0


@command.command(name="requirements")
@click.option("--workspace", default=None, type=click.Path(path_type=Path), metavar="DIR", help="A workspace of yours.")
def requirements(workspace: Path | None) -> int:
    """Print every requirement of every edition in Markdown, and the table from rules to requirements."""
    click.echo(requirement_page(read_requirements(find_workspace(workspace).requirements)), nl=False)
    return 0
