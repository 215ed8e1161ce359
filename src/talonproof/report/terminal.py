"""What the terminal shows: a bar while a run lasts, and a screen at its end that a newcomer understands.

Colour only repeats what the words say, and only a terminal gets any. Nothing is wider than 80 columns
but a path or a command, which are never broken: they are there to be copied.
"""

from __future__ import annotations

import shlex
import textwrap
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rich import progress
from rich.console import Console
from rich.text import Text

from talonproof.report import words
from talonproof.report.account import Account, Shown, account
from talonproof.report.fidelity import fidelity, graded
from talonproof.report.printable import one_line, printable
from talonproof.report.reading import parse_record
from talonproof.report.records import Case, Footer, Header, Receipt, Stream
from talonproof.report.render import Rendered
from talonproof.report.stale import no_longer, stale_entries
from talonproof.requirement import AREAS
from talonproof.verdict import RANK, Reason, Verdict

WIDTH = 80

_COLOURS = {Verdict.FAIL: "red", Verdict.FLAKY: "red", Verdict.WARN: "yellow"}


class Progress:
    """A bar of the planned cases that finished, with what was found so far; nothing where no terminal is.

    It is fed the records of the stream as they are written, the header first.
    """

    def __init__(self, *, quiet: bool = False, console: Console | None = None) -> None:
        console = console or Console()
        self._found: dict[str, Verdict] = {}
        self._sent = 0
        self._bar = progress.Progress(
            progress.BarColumn(bar_width=24),
            progress.MofNCompleteColumn(),
            progress.TextColumn("cases, {task.fields[told]}", markup=False),
            progress.TimeElapsedColumn(),
            console=console,
            disable=quiet or not console.is_terminal,
            transient=True,
        )
        self._task = self._bar.add_task("", total=None, told=self.told)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def feed(self, record: Mapping[str, Any]) -> None:
        """A record of the stream was written; ValueError if it is none."""
        match parse_record(record):
            case Header() as header:
                self._bar.update(self._task, total=sum(case.planned for case in header.cases))
            case Case() as case:
                self._sent += case.sent + case.extra
                for finding in case.findings:
                    known = self._found.get(finding.fingerprint, finding.verdict)
                    self._found[finding.fingerprint] = min(known, finding.verdict, key=RANK.__getitem__)
                self._bar.update(self._task, advance=1, told=self.told)
            case Footer():
                self._bar.refresh()

    @property
    def told(self) -> str:
        """The requests sent and the findings so far, in words."""
        warned = sum(verdict is Verdict.WARN for verdict in self._found.values())
        parts = [words.amount(self._sent, "request")]
        if broken := len(self._found) - warned:
            parts.append(f"{broken} broken")
        if warned:
            parts.append(f"{warned} warned")
        return ", ".join(parts)


def screen(stream: Stream, rendered: Rendered | None = None, *, console: Console | None = None, limit: int = 5) -> None:
    """Prints what came of a run: verdict, areas, the first ``limit`` findings, where the reports are."""
    console = console or Console()
    told = account(stream)
    width = min(WIDTH, console.width)
    blocks = [
        _verdict(told, width),
        _areas(told),
        *(_finding(number, shown, width, rendered) for number, shown in enumerate(told.findings[:limit], 1)),
    ]
    if (rest := len(told.findings) - limit) > 0:
        blocks.append([Text(f"  and {words.amount(rest, 'more finding')}, in the report")])
    blocks += [_unproved(told, width, limit), _left_out(told, width), _baseline(told, width), _closing(told, rendered)]
    for block in blocks:
        if block:
            console.print()
        for line in block:
            console.print(line, soft_wrap=True, highlight=False)
    console.print()


def _verdict(told: Account, width: int) -> list[Text]:
    """The headline, and what broke in talonproof itself."""
    if told.totals.exit_code == 0:
        colour = "yellow" if told.totals.verdict is Verdict.WARN else "green"
    else:
        colour = "red" if told.totals.exit_code == 1 else "magenta"
    lines = [Text(line, style=f"bold {colour}") for line in textwrap.wrap(told.totals.headline, width)]
    footer = told.stream.footer
    for problem in footer.problems if footer is not None else ():
        lines += _wrapped("", f"talonproof itself failed: {one_line(problem, 400)}", width)
    return lines


_COLUMNS: tuple[tuple[str, tuple[Verdict, ...], str], ...] = (
    ("broken", (Verdict.FAIL, Verdict.FLAKY), "bold red"),
    ("warned", (Verdict.WARN,), "bold yellow"),
    ("unsupported", (Verdict.UNSUPPORTED,), ""),
    (
        "other",
        (Verdict.ERROR, Verdict.VACUOUS, Verdict.BLOCKED, Verdict.NOT_RUN, Verdict.STALE, Verdict.KNOWN),
        "",
    ),
)


def _baseline(told: Account, width: int) -> list[Text]:
    """What the baseline lists, and what it lists without need, each with whom to ask."""
    header, cases = told.stream.header, told.stream.cases
    if not header.baseline:
        return []
    number = sum(shown.finding.verdict is Verdict.KNOWN for shown in told.findings)
    lines = [Text(f"  {words.amount(number, 'finding')} known, of {len(header.baseline)} listed in the baseline")]
    for entry in stale_entries(header, cases):
        lines += _wrapped("stale", f"{entry.requirement}: {no_longer(entry)} ({one_line(entry.owner, 60)})", width)
    return lines


def _left_out(told: Account, width: int) -> list[Text]:
    """The cases for which there was no time, by suite."""
    cases = [name for name, end in told.outcomes.items() if end.reason is Reason.BUDGET]
    if not cases:
        return []
    suites = Counter(name.partition("/")[0] for name in cases)
    listed = ", ".join(f"{one_line(suite, 40)} {number}" for suite, number in sorted(suites.items()))
    return [Text("  no time was left for"), *_wrapped("", f"{words.amount(len(cases), 'case')}: {listed}", width)]


def _areas(told: Account) -> list[Text]:
    """A line an area: how much of it was judged, and what came of it."""
    lines: list[Text] = []
    if told.totals.areas:
        heads = "".join(f"  {name:>{len(name)}}" for name, _, _ in _COLUMNS)
        lines.append(Text(f"  {'area':<30}{'judged':>10}{heads}", style="dim"))
    for area in told.totals.areas:
        name = one_line(f"{area.area} {AREAS.get(area.area, '')}", 30)
        line = Text(f"  {name:<30}{f'{area.judged} of {area.testable}':>10}")
        for column, verdicts, style in _COLUMNS:
            count = sum(area.counts.get(verdict, 0) for verdict in verdicts)
            line.append("  ").append(f"{count or '·':>{len(column)}}", style=style if count else "dim")
        lines.append(line)
    return lines


def _finding(number: int, shown: Shown, width: int, rendered: Rendered | None) -> list[Text]:
    """A finding: the clause, what was seen, and the commands to look further and to see it again."""
    finding = shown.finding
    colour = "yellow" if finding.verdict is Verdict.WARN else "red"
    title = Text.assemble(
        (f"{number:>3}  ", "dim"),
        (f"{finding.requirement} {words.VERDICTS[finding.verdict]}", f"bold {colour}"),
        f" ({finding.level})",
    )
    place = f" at {finding.pointer}" if finding.pointer else ""
    drawn = [printable(line) for line in (finding.timeline or "").splitlines()]
    return [
        title,
        *_wrapped("clause", one_line(shown.requirement.text, 240), width),
        *_wrapped("seen", one_line(f"{finding.message}{place} ({finding.operation})", 320), width),
        *(Text(f"       {line}", style="dim", no_wrap=True, overflow="ellipsis") for line in drawn),
        *_wrapped("look", f"talonproof explain {finding.requirement}", width),
        *([_replay(rendered.findings / finding.fingerprint)] if rendered is not None and finding.replay else []),
    ]


def _replay(folder: Path) -> Text:
    """The command that sends the requests of a finding again; it is not wrapped, so that it can be copied."""
    return Text.assemble((f"     {'replay':<8}", "dim"), f"talonproof replay {shlex.quote(str(folder))}")


def _unproved(told: Account, width: int, limit: int) -> list[Text]:
    """The cases that should have judged something and did not, or were in flight at the end, with the reason."""
    silent = {Verdict.ERROR, Verdict.VACUOUS, Verdict.BLOCKED}
    cases = [
        (name, outcome)
        for name, outcome in told.outcomes.items()
        if outcome.verdict in silent or (outcome.verdict is Verdict.NOT_RUN and name in told.finished)
    ]
    cases.sort(key=lambda case: RANK[case[1].verdict])
    lines: list[Text] = []
    for name, outcome in cases[:limit]:
        lines.append(Text(f"  {words.VERDICTS[outcome.verdict]}: {one_line(name, 200)}"))
        lines += _wrapped("", one_line(outcome.detail, 320), width)
    if (rest := len(cases) - limit) > 0:
        lines.append(Text(f"  and {words.amount(rest, 'more case')} without a judgement, in the report"))
    return lines


def _closing(told: Account, rendered: Rendered | None) -> list[Text]:
    """The facts at the end: what was sent, what is left, where to read on, how to do it again."""
    header, footer = told.stream.header, told.stream.footer
    sent, extra = words.sent(told.stream)
    more = f" and {extra:,} to shrink, confirm and repeat" if extra else ""
    took = f" in {words.lasted(told.stream)}" if footer is not None else ""
    facts: list[tuple[str, str]] = []
    if told.totals.testable:
        lines = textwrap.wrap(graded(fidelity(told).tally), WIDTH - 10)
        facts += zip(("grade", *[""] * (len(lines) - 1)), lines, strict=True)
    facts += [("edition", one_line(words.edition(header), 240))]
    looks = header.edition_from.looks if header.edition_from.how in {"recognised", "unsure"} else 0
    before = f", after {words.amount(looks, 'request')} to tell the edition" if looks else ""
    facts.append(("sent", f"{words.amount(sent, 'request')}{more}{took}{before}"))
    receipt = footer.receipt if footer is not None else Receipt()
    left, maybe = receipt.left_behind, receipt.possible
    if left:
        facts.append(("left", ", ".join(f"{count:,} {kind}" for kind, count in left.items()) + " on the target"))
    if maybe:
        facts.append(("maybe", ", ".join(f"{n:,} {kind}" for kind, n in maybe.items()) + ": no answer shows it"))
    if rendered is not None:
        facts.append(("report", str(rendered.html)))
        facts.append(("also", ", ".join(path.name for path in rendered.others)))
        if not header.target.embedded and (left or maybe):
            facts.append(("undo", f"talonproof sweep {rendered.html.parent}"))
        if _can_go_on(told):
            facts.append(("go on", f"talonproof run --resume {shlex.quote(str(rendered.html.parent))}"))
    facts.append(("again", words.again(header)))
    return [Text.assemble((f"  {name:<8}", "dim"), value) for name, value in facts]


def _can_go_on(told: Account) -> bool:
    """Whether cases of the plan are left that a resumed run carries out."""
    if told.stream.header.command != "run":
        return False
    return told.stream.footer is None or any(end.reason in _CUT for end in told.outcomes.values())


_CUT = frozenset({Reason.BUDGET, Reason.INTERRUPTED, Reason.TARGET_DOWN})
"""Why a case did not run that runs once the run goes on."""


def _wrapped(name: str, text: str, width: int) -> list[Text]:
    """Lines of text behind a name, indented under it."""
    indent = " " * (13 if name else 5)
    lines = textwrap.wrap(text, width - len(indent), break_long_words=False, break_on_hyphens=False)
    if not name:
        return [Text(f"{indent}{line}") for line in lines]
    first = [Text.assemble((f"     {name:<8}", "dim"), line) for line in lines[:1]]
    return [*first, *(Text(f"{indent}{line}") for line in lines[1:])]
