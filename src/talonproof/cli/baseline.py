"""``talonproof baseline``: the findings that are known, brought up to date with a run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import click

from talonproof.baseline import TABLE, TODO, Entry, blocks, parse_baseline
from talonproof.errors import ConfigError
from talonproof.report.account import Shown, account
from talonproof.report.printable import one_line
from talonproof.report.reading import read_complete
from talonproof.report.records import FindingFacts, Stream
from talonproof.report.stale import no_longer, stale_entries
from talonproof.requirement import Level
from talonproof.verdict import Verdict

OPENING: Final = """\
# Findings that are known: talonproof run --baseline FILE counts them as KNOWN until they expire.
# One that shows no more is STALE. Each needs a reason and an owner before the file is accepted."""

DAYS: Final = 90
"""How long a new entry is good for, unless somebody says otherwise."""


@click.group(name="baseline")
def command() -> None:
    """Keep the list of findings that are known."""


@command.command(name="update")
@click.option("--from", "run", required=True, type=click.Path(path_type=Path), metavar="RUN", help="Folder of a run.")
@click.option(
    "--baseline",
    "file",
    default=Path("baseline.toml"),
    show_default=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file to bring up to date; it is made where there is none.",
)
def update(*, run: Path, file: Path) -> int:
    """Bring a baseline up to date with what a run found.

    What still shows stays as it is, comments included; what is new is added with
    a reason and an owner to be filled in; what the run proves to be gone is taken
    out, and said. What the run did not get to stays.
    """
    stream = read_complete(run)
    today = datetime.now(UTC).date()
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        message = f"--baseline {file}: {getattr(error, 'strerror', None) or error}"
        raise ConfigError(message) from None
    entries = parse_baseline(text, str(file), today=today, drafts=True)
    done = updated(text, entries, stream, today)
    try:
        file.write_text(done.text, encoding="utf-8", newline="\n")
    except OSError as error:
        message = f"--baseline {file}: {error.strerror}"
        raise ConfigError(message) from None
    for line in done.said:
        click.echo(line)
    click.echo(f"written: {file}")
    return 0


@dataclass(frozen=True, slots=True)
class Updated:
    """A baseline brought up to date, and what was done to it, a line an entry."""

    text: str
    said: tuple[str, ...]


def updated(text: str, entries: Sequence[Entry], stream: Stream, today: date) -> Updated:
    """The text of a baseline with what a run found; the same run once more changes nothing."""
    opening, parts = blocks(text)
    header, cases = stream.header, stream.cases
    gone = {entry for entry in entries if stale_entries(header, cases, [_unexpired(entry)])}
    said: list[str] = []
    kept: dict[tuple[str, str], str] = {}
    for entry, part in zip(entries, parts, strict=True):
        mark = (entry.requirement, entry.fingerprint)
        name = " ".join(mark)
        if entry in gone:
            said.append(f"gone     {name}: {no_longer(_unexpired(entry))} ({one_line(entry.reason, 80)})")
            continue
        if entry.expired:
            said.append(f"expired  {name}: {no_longer(entry)}; set another day, or have it fixed")
        kept[mark] = part.text
    for shown in account(stream).findings:
        finding = shown.finding
        mark = (finding.requirement, finding.fingerprint)
        listed = any(entry.matches(*mark) for entry in entries if entry not in gone)
        if listed or not _red(finding, strict=header.strict):
            continue
        said.append(f"added    {' '.join(mark)}: {one_line(finding.message, 120)}")
        kept[mark] = "\n".join(_draft(shown, today))
    ordered = [kept[mark] for mark in sorted(kept)]
    return Updated("\n\n".join([opening or OPENING, *ordered]) + "\n", tuple(said) or ("nothing changed",))


def _unexpired(entry: Entry) -> Entry:
    return replace(entry, expired=False)


def _red(finding: FindingFacts, *, strict: bool) -> bool:
    """Whether a finding needs an entry for the run to be green, whatever another baseline lists."""
    return finding.verdict is Verdict.FLAKY or finding.level is Level.MUST or strict


def _draft(shown: Shown, today: date) -> Iterator[str]:
    """An entry that waits for a reason and an owner."""
    finding = shown.finding
    yield f"# {one_line(finding.message, 200)} ({one_line(finding.operation)})"
    yield f"[[{TABLE}]]"
    yield f"requirement = {json.dumps(finding.requirement)}"
    yield f"fingerprint = {json.dumps(finding.fingerprint)}"
    yield f'reason = "{TODO}: why this is accepted for now"'
    yield 'link = ""'
    yield f'owner = "{TODO}: who sees to it"'
    yield f"expires = {(today + timedelta(days=DAYS)).isoformat()}"
    yield "cases = ["
    yield from (f"    {json.dumps(case)}," for case in shown.cases)
    yield "]"
