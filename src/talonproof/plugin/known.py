"""The findings that a run is told to know already, from a file of the user's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from talonproof.baseline import Entry, blocks, parse_baseline
from talonproof.contract.requirements import read_requirements
from talonproof.errors import ConfigError, DocumentError, closest
from talonproof.requirement import catalogue
from talonproof.workspace import Workspace


def read_baseline(file: Path, workspace: Workspace, edition: str) -> tuple[Entry, ...]:
    """The findings that a file lists as known.

    Raises ConfigError where it cannot be read, DocumentError for an entry that is not as it should be or whose
    requirement no edition has.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"--baseline {file}: {getattr(error, 'strerror', None) or error}"
        raise ConfigError(message, hint="talonproof baseline update --from RUN writes one") from None
    entries = parse_baseline(text, str(file), today=datetime.now(UTC).date())
    rows = catalogue(edition, read_requirements(workspace.requirements))
    names = {row.id for row in rows} | rows.elsewhere
    for entry, block in zip(entries, blocks(text)[1], strict=True):
        if not any(entry.covers(name) for name in names):
            message = f"no requirement is called {entry.requirement}"
            hint = closest(entry.requirement, (row.id for row in rows))
            raise DocumentError(message, file=str(file), line=block.line, hint=hint)
    return entries
