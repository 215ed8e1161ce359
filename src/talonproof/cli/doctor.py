"""``talonproof doctor``: is this target ready to be tested, and which edition of the API does it follow."""

from __future__ import annotations

import json
import tempfile
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from talonproof.cli.options import Asked, asked
from talonproof.cli.plan import collect
from talonproof.plugin import prepare
from talonproof.plugin.arriving import spoken_of
from talonproof.run.doctor.bindings import Held, State
from talonproof.run.doctor.costs import lost
from talonproof.run.doctor.evidence import How
from talonproof.run.doctor.examination import Examination, examine
from talonproof.run.doctor.keys import Kind
from talonproof.run.effects import LABELS, Seen, in_words
from talonproof.target.campaigns import RULES
from talonproof.target.table import provided_by

WIDTH = 110


@click.command(name="doctor")
@click.option(
    "--target", "target_file", default="", metavar="FILE", help="The target file; none: the embedded emulator."
)
@click.option("--url", default="", metavar="URL", help="A server on this machine, without a target file.")
@click.option("--edition", default="auto", metavar="E", show_default=True, help="The edition that you expect.")
@click.option("--workspace", default=None, type=click.Path(path_type=Path), metavar="DIR", help="A workspace of yours.")
@click.option("--json", "as_json", is_flag=True, help="What was found as JSON.")
def command(*, target_file: str, url: str, edition: str, workspace: Path | None, as_json: bool) -> int:
    """Say whether a target is ready to be tested.

    Whether it answers and takes the key, what kind of key that is, which edition
    of the API it follows, and whether it has what its target file says. Reads
    and dry calls are sent, and nothing else: nothing is left behind.

    \b
    Exit codes: 0 ready, 2 the key or the target file is wrong, 3 the target
    cannot be reached.
    """
    request = _asked(target_file, url, edition, workspace)
    with tempfile.TemporaryDirectory(prefix="talonproof-") as name:
        folder = Path(name)
        embedded = prepare.start_embedded(request.workspace, request.options, folder) if request.embedded else None
        try:
            setup = request.setup(folder, embedded.url if embedded else "", 1)
            found = examine(
                setup.target,
                setup.keys,
                prepare.newest_contract(setup.workspace, setup.contract),
                setup.options.run,
                limit=setup.options.max_footprint,
                rate=setup.options.rate,
                key=spoken_of(setup),
            )
        finally:
            if embedded is not None:
                embedded.stop()
    if request.how is How.ASSUMED:
        request = replace(request, options=replace(request.options, edition=found.recognition.edition))
    costs: Mapping[str, tuple[str, ...]] = {} if found.key.kind is Kind.TEST else lost(collect(request), found.lacking)
    if as_json:
        click.echo(json.dumps(_record(setup, request, found, costs), indent=2))
    else:
        for line in _lines(setup, request, found, costs):
            click.echo(line)
    return found.exit_code


def _asked(target_file: str, url: str, edition: str, workspace: Path | None) -> Asked:
    return asked(
        target_file=target_file,
        url=url,
        edition=edition,
        depth="release",
        select=(),
        max_footprint=None,
        max_requests=None,
        seed=0,
        workspace=workspace,
    )


def _record(
    setup: prepare.Setup, request: Asked, found: Examination, costs: Mapping[str, tuple[str, ...]]
) -> dict[str, Any]:
    target = setup.target
    return {
        "target": {"name": target.name or target.url, "url": target.url, "embedded": setup.embedded},
        "ready": found.exit_code == 0,
        "judged_by": request.options.edition,
        **found.record(),
        "costs": {name: list(rows) for name, rows in costs.items()},
    }


def _lines(
    setup: prepare.Setup, request: Asked, found: Examination, costs: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    target = setup.target
    yield f"{target.name or target.url}: {'ready' if found.exit_code == 0 else 'not ready'}"
    yield ""
    yield from _point("answers", target.url)
    yield from _point("key", _KEYS[found.key.kind].format(why=found.key.why))
    yield from _point("edition", _edition(request, found))
    if found.key.kind is not Kind.TEST:
        yield from _bindings(found, costs)
        yield from _effects(found.seen, costs)
    yield from _point("sent", f"{found.requests} requests, reads and dry calls: nothing is left behind")


_KEYS: Mapping[Kind, str] = {
    Kind.LIVE: "a live one: {why}",
    Kind.TEST: "a test key, with which everything is dry: {why}. A run needs the live key of the Application",
    Kind.UNCLEAR: "accepted, of which kind is unclear: {why}",
}


def _edition(request: Asked, found: Examination) -> str:
    seen, judged = found.recognition, request.options.edition
    if not seen.sure:
        shown = f"not to be told: {seen.why}"
        if request.how is How.ASSUMED:
            told = 'say it with edition = "..." in the target file, or --edition'
            return f"{shown}. A run judges by {judged}, and leaves out what differs from edition to edition; {told}"
        return f"{shown}. A run judges by {judged}, as you say"
    if seen.edition != judged:
        return f"{seen.edition} by what it shows, not {judged} as you say: {seen.why}"
    return f"{seen.edition}, which is sure: {seen.why}"


def _bindings(found: Examination, costs: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    held = (*found.bindings, *found.keys)
    there = [one.name for one in held if one.state is State.THERE]
    if there:
        yield from _point("has", ", ".join(there))
    unseen = [one.name for one in held if one.state is State.UNSEEN]
    if unseen:
        yield from _point("unseen", f"{', '.join(unseen)}: no read and no dry call shows whether they are there")
    for one in found.wrong:
        yield from _point("wrong", f"{one.name}: {one.detail}{_cost(one, costs)}")
    unbound = [one for one in held if one.state is State.UNBOUND]
    for one in unbound:
        if one.name in costs:
            yield from _point("not bound", f"{one.name}{_cost(one, costs)}")
    if rest := [one.name for one in unbound if one.name not in costs]:
        yield from _point("not bound", f"{', '.join(rest)}: no requirement is lost by that alone")


def _effects(seen: Seen, costs: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Which effects the target brings about, which triggers show none, and what is not judged for want of an effect."""
    if seen.fired:
        yield from _point("effects", ", ".join(sorted(seen.fired)))
    for name, why in seen.silent.items():
        yield from _point("silent", f"trigger {name}: {why}")
    for label in seen.lacking(sorted(LABELS)):
        if rows := costs.get(label):
            lost = f"(not judged without it: {', '.join(rows)})"
            yield from _point("not shown", f"{in_words(label)} {lost}. {RULES.get(label, '')}".strip())


def _cost(held: Held, costs: Mapping[str, tuple[str, ...]]) -> str:
    rows = costs.get(held.name, ())
    how = f" {provided_by(held.name)}" if held.state is not State.THERE else ""
    return f" (not judged without it: {', '.join(rows)}).{how}" if rows else ""


def _point(name: str, text: str) -> Iterator[str]:
    lines = textwrap.wrap(text, WIDTH - 13, break_long_words=False, break_on_hyphens=False) or [""]
    yield f"  {name:<11}{lines[0]}"
    yield from (f"{'':13}{line}" for line in lines[1:])
