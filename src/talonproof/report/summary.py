"""A summary in Markdown, made to be read in a pull request.

Its first line is the verdict with the share judged. Whatever a server sent stands in code, which
Markdown does not read, or is escaped: no markup, no mention, no link comes of it.
"""

from __future__ import annotations

import re
from pathlib import Path

from talonproof.report import words
from talonproof.report.account import Account, Shown
from talonproof.report.fidelity import broken, fidelity, graded, last_verified, not_judged, per_cent
from talonproof.requirement import AREAS

SHOWN = 20
"""The most findings told in full; a host of reviews cuts off what is too long."""

_LONGEST = 4_000
_MARKUP = re.compile(r"[\\`*_\[\]|~$]")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", "#": "&#35;"})


def write_summary(told: Account, file: Path) -> None:
    """Writes the summary into a file."""
    file.write_text(summary(told), encoding="utf-8", newline="\n")


def summary(told: Account) -> str:
    """The summary, with a line feed at its end."""
    blocks = [f"**{escaped(told.totals.headline)}**", _facts(told), _areas(told)]
    if told.totals.testable:
        blocks.append(_fidelity(told))
    if told.findings:
        blocks.append("### Findings")
        blocks += [_finding(shown) for shown in told.findings[:SHOWN]]
    if len(told.findings) > SHOWN:
        blocks.append(f"{words.amount(len(told.findings) - SHOWN, 'more finding')} in report.html.")
    blocks.append(f"Run it again:\n\n{fenced(words.again(told.stream.header), 'sh')}")
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    """The text on one line, with nothing in it that Markdown or HTML would read."""
    flat = " ".join(text.split()).translate(_ENTITIES)
    return _MARKUP.sub(r"\\\g<0>", flat).replace("://", "&#58;//").replace("www.", "www&#46;")


def clause(text: str) -> str:
    """A clause, with what stands between backticks as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escaped(text)
    return "".join(code(part) if at % 2 else _spaced(part) for at, part in enumerate(parts))


def _spaced(text: str) -> str:
    """Escaped, with a blank left where the text begins or ends with one."""
    lead, trail = (" " if edge.isspace() else "" for edge in (text[:1], text[-1:]))
    return f"{lead}{escaped(text)}{trail}" if text.strip() else " " * bool(text)


def code(text: str) -> str:
    """The text on one line as a code span."""
    flat = " ".join(text.split())
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", flat)), default=0))
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}" if flat else ""


def fenced(text: str, language: str = "") -> str:
    """The text as a block of code that nothing in it can end."""
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… cut here, complete in report.html"
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", cut)), default=0))
    return f"{fence}{language}\n{cut}\n{fence}"


def _facts(told: Account) -> str:
    header = told.stream.header
    sent, extra = words.sent(told.stream)
    more = f" and {extra:,} to shrink, confirm and repeat" if extra else ""
    facts = [
        f"{escaped(header.target.name)} ({code(header.target.url)})",
        f"edition {escaped(words.edition(header))}",
        f"depth {escaped(header.depth)}",
        f"seed {header.seed}",
        f"{words.amount(sent, 'request')}{more}",
        f"{words.lasted(told.stream)}",
    ]
    if header.faults:
        facts.append(f"planted faults: {', '.join(code(fault) for fault in header.faults)}")
    return " · ".join(facts)


def _areas(told: Account) -> str:
    shown = words.columns(told.totals.counts)
    lines = [
        "| area | judged | " + " | ".join(words.VERDICTS[verdict] for verdict in shown) + " |",
        "|---|---:|" + "---:|" * len(shown),
    ]
    for area in told.totals.areas:
        name = f"{area.area} {AREAS.get(area.area, '')}".strip()
        cells = " | ".join(str(area.counts.get(verdict, 0)) for verdict in shown)
        lines.append(f"| {escaped(name)} | {area.judged} of {area.testable} | {cells} |")
    return "\n".join(lines)


def _fidelity(told: Account) -> str:
    """The grade of the target, area by area, with when each was last verified."""
    grade, header = fidelity(told), told.stream.header
    lines = [
        f"<details><summary>Fidelity {escaped(graded(grade.tally))}</summary>",
        "",
        "| area | fidelity | held | broken | not judged | last verified |",
        "|---|---:|---:|---|---|---|",
    ]
    for area in grade.areas:
        tally = area.tally
        cells = (
            escaped(f"{area.code} {area.name}"),
            per_cent(tally),
            str(tally.passed),
            broken(tally),
            escaped(not_judged(tally)),
            escaped(last_verified(area, header)),
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "</details>"]
    return "\n".join(lines)


def _finding(shown: Shown) -> str:
    finding, requirement = shown.finding, shown.requirement
    place = f" at {code(finding.pointer)}" if finding.pointer else ""
    sources = "; ".join(f"{source.key}, {source.place}" for source in requirement.sources)
    met = words.amount(len(shown.cases), "case")
    verdict = words.VERDICTS[finding.verdict]
    lines = [
        f"**{escaped(finding.requirement)}** · {finding.level} · {verdict}: {clause(requirement.text)}",
        f"Seen: {code(finding.message)}{place} ({code(finding.operation)}, {met}).",
        f"Source: {escaped(sources) or 'none'}.",
    ]
    if finding.replay:
        lines.append(f"Again: {code(f'talonproof replay findings/{finding.fingerprint}')}, in the folder of the run.")
    if finding.curl:
        exchanges = words.amount(len(finding.exchanges), "request")
        lines.append(f"<details><summary>{exchanges} to see it</summary>\n\n{fenced(finding.curl, 'sh')}\n\n</details>")
    return "\n\n".join(lines)
