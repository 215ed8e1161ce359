"""The command line: one module a command, and one line for whatever is wrong."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

import talonproof
from talonproof.errors import TalonproofError, closest
from talonproof.target import KEY_VARIABLE

COMMANDS = {
    "run": "run",
    "plan": "plan",
    "doctor": "doctor",
    "explain": "explain",
    "emulate": "emulate",
    "faults": "faults",
    "fuzz": "fuzz",
    "report": "report",
    "sweep": "sweep",
    "target": "target",
    "replay": "replay",
    "compare": "compare",
    "baseline": "baseline",
    "spec": "spec",
    "init": "init",
}
"""The commands, in the order of the help, and the modules they stand in; each module is read when it is needed."""

USAGE = 2
HARNESS = 3


class _Commands(click.Group):
    """Reads a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module: Any = importlib.import_module(f"talonproof.cli.{COMMANDS[cmd_name]}")
        return module.command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            message = f"there is no command {args[0]} ({closest(args[0], COMMANDS)})"
            raise click.UsageError(message)
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(talonproof.__version__, message="talonproof %(version)s")
def talonproof_cli() -> None:
    """Judges whether a server speaks the Talon.One Integration API.

    Without a target, talonproof tests the emulator that comes with it.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command and ends the process with its exit code; never shows a traceback."""
    sys.exit(invoke(arguments))


def invoke(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and gives its exit code."""
    try:
        given = list(arguments) if arguments is not None else None
        result = talonproof_cli.main(given, prog_name="talonproof", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return USAGE
    except click.ClickException as error:
        return _say(error.format_message().replace("\n", " "), USAGE)
    except TalonproofError as error:
        return _say(str(error), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return _say("interrupted", HARNESS)
    except (BrokenPipeError, SystemExit):  # rich raises the latter when it meets the former
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return HARNESS
    except Exception as error:  # noqa: BLE001 - the last resort: a user is never shown a traceback
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        if os.environ.get("TALONPROOF_DEBUG"):
            click.echo(_without_key(traceback.format_exc()), err=True)
        return _say(f"a fault of talonproof itself: {type(error).__name__}: {error} ({place})", HARNESS)
    return int(result or 0)


def _say(message: str, code: int) -> int:
    click.echo(f"talonproof: {_without_key(message)}", err=True)
    return code


def _without_key(text: str) -> str:
    """The text without the API key: what broke down may have had it in its hands."""
    key = os.environ.get(KEY_VARIABLE, "")
    if not key:
        return text
    from talonproof.http.redact import Redactor

    return Redactor([key]).text(text)
