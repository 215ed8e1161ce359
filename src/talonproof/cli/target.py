"""``talonproof target``: a target file to begin with, what its account must hold, and the schema of such files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from talonproof.cli.options import asked
from talonproof.cli.plan import collect
from talonproof.errors import ConfigError
from talonproof.plugin.prepare import read_target
from talonproof.run.doctor.costs import lost
from talonproof.run.effects import LABELS
from talonproof.target import Bindings, Footprint, Target
from talonproof.target.recipe import COUPONS_FILE, coupons_csv, recipe
from talonproof.target.starting import starting_file
from talonproof.target.table import schema


@click.group(name="target", no_args_is_help=True)
def command() -> None:
    """Describe a server of your own: what stands before a first run."""


@command.command(name="init")
@click.argument("file", type=click.Path(path_type=Path), default="target.toml")
def init(file: Path) -> int:
    """Write FILE (target.toml), a target file with every key explained.

    What is not commented out has to be changed; the rest can be left as it is.
    """
    _write(file, starting_file())
    click.echo(f"{file} is written; set its url and allowed_host, export the key, and then: ")
    click.echo(f"talonproof doctor --target {file}")
    return 0


@command.command(name="recipe")
@click.option("--target", "target_file", default="", metavar="FILE", help="Leave out what this target file binds.")
@click.option(
    "--coupons", default=None, type=click.Path(path_type=Path), metavar="CSV", help="Write the coupons there."
)
def recipe_command(*, target_file: str, coupons: Path | None) -> int:
    """Tell an administrator of the account what to create, so that all can be judged.

    In Markdown: each thing, how to make it, the key of the target file that names
    it, and the requirements that cannot be judged without it. Nothing is sent.
    """
    target = read_target(target_file, "") if target_file else Target("", "")
    bound, keys = target.bindings, frozenset(target.key_variables)
    names = (*Bindings.names(), "expired_key", "other_application_key", "test_key")
    lacking = [
        name
        for name in names
        if (name.endswith("_key") and name.removesuffix("_key") not in keys)
        or (name in Bindings.names() and name in bound.missing([name]))
    ]
    costs = lost(_plan(), (*lacking, *LABELS))
    triggers = frozenset(trigger.name for trigger in target.triggers)
    click.echo(recipe(lacking, costs, csv=str(coupons or COUPONS_FILE), triggers=triggers), nl=False)
    if coupons is not None:
        _write(coupons, coupons_csv())
    return 0


@command.command(name="schema")
def schema_command() -> int:
    """Print the JSON Schema of target files."""
    click.echo(json.dumps(schema(), indent=2))
    return 0


def _plan() -> dict[str, Any]:
    """The plan of everything there is, at release depth."""
    request = asked(
        target_file="", url="", edition="auto", depth="release", select=(), max_footprint=Footprint.DESTRUCTIVE.label,
        max_requests=None, seed=0, workspace=None,
    )  # fmt: skip
    return collect(request)


def _write(file: Path, text: str) -> None:
    """A new file; ConfigError where there is one already, or none can be."""
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        message = f"{file} is there already"
        raise ConfigError(message, hint="name another file, or remove it") from None
    except OSError as error:
        message = f"{file} cannot be written: {error.strerror}"
        raise ConfigError(message) from None
