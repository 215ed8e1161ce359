"""``talonproof emulate``: the emulator as a server, for as long as it is wanted."""

from __future__ import annotations

import re
from pathlib import Path

import click

from talonproof.emulator.serve import LIVE_KEY, Settings, serve, world_schema
from talonproof.errors import ConfigError

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s)", re.ASCII)


def seconds(flag: str, text: str) -> float:
    """The seconds of a flag's duration such as ``150ms`` or ``1.5s``; ConfigError for anything else."""
    match = _DURATION.fullmatch(text)
    if match is None:
        message = f"{flag} {text} is no duration"
        raise ConfigError(message, hint="such as 150ms or 1.5s")
    return float(match[1]) / (1000 if match[2] == "ms" else 1)


def _show_schema(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(world_schema().rstrip())
        ctx.exit()


@click.command(name="emulate")
@click.option("--host", default="127.0.0.1", metavar="H", show_default=True, help="The address to listen on.")
@click.option("--port", default=8080, type=click.IntRange(0, 65535), metavar="N", show_default=True,
              help="The port to listen on; 0 takes a free one.")  # fmt: skip
@click.option("--db", "database", default=None, type=click.Path(path_type=Path), metavar="FILE",
              help="Keep everything in a database file; by default it is gone in the end.")  # fmt: skip
@click.option("--world", default=None, type=click.Path(path_type=Path), metavar="FILE",
              help="What is there before the first call; by default the world that comes with talonproof.")  # fmt: skip
@click.option("--edition", default="2025-01", metavar="E", show_default=True, help="The edition of the API.")
@click.option("--clock", default="", metavar="ISO", help="The time at which the clock stands still, in RFC 3339.")
@click.option("--fault", "faults", multiple=True, metavar="ID", help="Plant a defect; may be repeated.")
@click.option("--latency", default="", metavar="150ms", help="Wait before each reply.")
@click.option("--patience", default="1s", metavar="1s", show_default=True,
              help="How long an update waits for another one of its session or profile, before its 409.")  # fmt: skip
@click.option(
    "--log", default="", metavar="FILE", help="Append a line of JSON for each request; - is the standard error."
)
@click.option("--schema", is_flag=True, is_eager=True, expose_value=False, callback=_show_schema,
              help="Print the JSON Schema of world files, and end.")  # fmt: skip
def command(
    *,
    host: str,
    port: int,
    database: Path | None,
    world: Path | None,
    edition: str,
    clock: str,
    faults: tuple[str, ...],
    latency: str,
    patience: str,
    log: str,
) -> int:
    """Serve the emulator until Ctrl-C."""
    settings = Settings(
        edition=edition,
        host=host,
        port=port,
        world=str(world or ""),
        database=str(database or ""),
        clock=clock,
        faults=faults,
        latency=seconds("--latency", latency) if latency else 0.0,
        patience=seconds("--patience", patience),
        log=log,
    )

    def announce(url: str) -> None:
        click.echo(f"The emulator listens on {url}")
        if world is None:
            click.echo(f"Its key: Authorization: ApiKey-v1 {LIVE_KEY}")
        if faults:
            click.echo(f"Planted: {', '.join(faults)}")
        click.echo("Ctrl-C ends it.")

    serve(settings, announce)
    click.echo("Ended.")
    return 0
