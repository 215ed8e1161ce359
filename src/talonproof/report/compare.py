"""What changed from one run to another: findings that are new, fixed or still there, and what is judged no more."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from talonproof.report import words
from talonproof.report.account import Account, Shown, account
from talonproof.report.printable import one_line
from talonproof.report.records import Header, Stream
from talonproof.report.summary import code, escaped
from talonproof.report.totals import RequirementState
from talonproof.verdict import JUDGED, Verdict

_RED = frozenset({Verdict.FAIL, Verdict.FLAKY})


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding of one of the runs; ``before`` and ``after`` are its verdicts, None where it is not in that run.

    ``note`` says what there is to say about that.
    """

    fingerprint: str
    requirement: str
    level: str
    operation: str
    message: str
    before: Verdict | None
    after: Verdict | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Turned:
    """A requirement with another verdict than before; ``why`` is the reason that the later run has for its own."""

    requirement: str
    before: Verdict
    after: Verdict
    why: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """From run ``a`` to run ``b``. ``unlike`` says in what the runs differ, so that they compare less well."""

    a: str
    b: str
    unlike: tuple[str, ...]
    new: tuple[Finding, ...]
    fixed: tuple[Finding, ...]
    still: tuple[Finding, ...]
    unseen: tuple[Finding, ...]
    """Findings of the first run whose requirement, or whose cases, the second did not get to."""
    turned: tuple[Turned, ...]
    silent: tuple[Turned, ...]
    """Requirements that the first run judged, and the second did not."""

    @property
    def worse(self) -> bool:
        """Whether something is broken that was not, or more than it was."""
        return any(each.after in _RED and each.before not in _RED for each in (*self.new, *self.still))


def compare(a: Stream, b: Stream) -> Change:
    """The change from one run to another; both may be cut short, and what was not run is never called fixed."""
    before, after = account(a), account(b)
    old = {shown.finding.fingerprint: shown for shown in before.findings}
    now = {shown.finding.fingerprint: shown for shown in after.findings}
    gone = [shown for mark, shown in old.items() if mark not in now]
    reached = {shown.finding.fingerprint for shown in gone if _reached(shown, after)}
    return Change(
        a=a.header.run,
        b=b.header.run,
        unlike=tuple(_unlike(a.header, b.header)),
        new=tuple(
            _finding(shown, None, shown, _first_time(shown, before)) for mark, shown in now.items() if mark not in old
        ),
        fixed=tuple(_finding(shown, shown, None) for shown in gone if shown.finding.fingerprint in reached),
        still=tuple(_finding(shown, old[mark], shown) for mark, shown in now.items() if mark in old),
        unseen=tuple(
            _finding(shown, shown, None, _why_unseen(shown, after))
            for shown in gone
            if shown.finding.fingerprint not in reached
        ),
        turned=tuple(_turned(before, after, lambda state: state.verdict in JUDGED)),
        silent=tuple(_turned(before, after, lambda state: state.verdict not in JUDGED)),
    )


def _finding(shown: Shown, before: Shown | None, after: Shown | None, note: str = "") -> Finding:
    finding = shown.finding
    return Finding(
        fingerprint=finding.fingerprint,
        requirement=finding.requirement,
        level=finding.level,
        operation=finding.operation,
        message=finding.message,
        before=before and before.finding.verdict,
        after=after and after.finding.verdict,
        note=note,
    )


def _reached(shown: Shown, told: Account) -> bool:
    """Whether a run got to a finding: a case that met it ran to its end, and its requirement was judged."""
    state = told.states.get(shown.finding.requirement)
    if state is None or state.verdict not in JUDGED:
        return False
    known = [told.finished[name] for name in shown.cases if name in told.finished]
    return any(case.verdict in JUDGED for case in known)


def _first_time(shown: Shown, told: Account) -> str:
    state = told.states.get(shown.finding.requirement)
    return "not judged before" if state is None or state.verdict not in JUDGED else ""


def _why_unseen(shown: Shown, told: Account) -> str:
    state = told.states.get(shown.finding.requirement)
    if state is None:
        return "its requirement is not selected"
    ends = [told.outcomes[name] for name in shown.cases if name in told.outcomes]
    if not ends:
        return "none of its cases is there any more"
    return next((why for end in ends if (why := words.why(end.reason, end.detail))), "its case did not get to it")


def _turned(before: Account, after: Account, wanted: Callable[[RequirementState], bool]) -> Iterator[Turned]:
    """The requirements whose verdict is another: among those judged before, where ``wanted`` holds of the later one."""
    for name, was in before.states.items():
        now = after.states.get(name) or RequirementState(Verdict.NOT_RUN, None, 0, "it is not selected")
        if was.verdict is not now.verdict and wanted(now) and (was.verdict in JUDGED or now.verdict in JUDGED):
            yield Turned(name, was.verdict, now.verdict, words.why(now.reason, now.detail))
    for name, now in after.states.items():
        if name not in before.states and now.verdict in JUDGED and wanted(now):
            yield Turned(name, Verdict.NOT_RUN, now.verdict)


def _unlike(a: Header, b: Header) -> Iterator[str]:
    """In what two runs differ that makes them find different things."""
    for name, one, two in (
        ("target", a.target.name, b.target.name),
        ("edition", a.edition, b.edition),
        ("depth", a.depth, b.depth),
        ("selection", ", ".join(a.select) or "everything", ", ".join(b.select) or "everything"),
        ("footprint", a.max_footprint, b.max_footprint),
        ("seed", str(a.seed), str(b.seed)),
        ("talonproof", a.talonproof, b.talonproof),
        ("planted faults", ", ".join(a.faults) or "none", ", ".join(b.faults) or "none"),
    ):
        if one != two:
            yield f"{name}: {one_line(one, 80)} before, {one_line(two, 80)} now"


_HEADS = (
    ("new", "New"),
    ("fixed", "Fixed"),
    ("still", "Still broken"),
    ("unseen", "No longer exercised"),
)


def headline(change: Change) -> str:
    """The change in one line."""
    counts = ", ".join(f"{len(getattr(change, name))} {title.lower()}" for name, title in _HEADS)
    return f"{change.a} to {change.b}: {counts}"


def as_text(change: Change) -> str:
    """The change for a terminal."""
    lines = [headline(change)]
    lines += [f"  differs  {line}" for line in change.unlike]
    for name, title in _HEADS:
        findings: tuple[Finding, ...] = getattr(change, name)
        if findings:
            lines += ["", f"{title}:"]
            lines += [f"  {_row(each)}" for each in findings]
    for title, rows in (("Changed verdicts", change.turned), ("No longer judged", change.silent)):
        if rows:
            lines += ["", f"{title}:"]
            lines += [f"  {row.requirement}  {_passage(row)}{_because(row.why)}" for row in rows]
    return "\n".join(lines) + "\n"


def _row(each: Finding) -> str:
    verdict = words.VERDICTS[each.after or each.before or Verdict.FAIL]
    if each.before and each.after and each.before is not each.after:
        verdict = f"{words.VERDICTS[each.before]}, now {words.VERDICTS[each.after]}"
    seen = one_line(each.message, 160)
    return f"{each.requirement} {each.fingerprint} ({verdict})  {seen} ({each.operation}){_because(each.note)}"


def _passage(row: Turned) -> str:
    return f"{words.VERDICTS[row.before]}, now {words.VERDICTS[row.after]}"


def _because(why: str) -> str:
    return f": {one_line(why, 120)}" if why else ""


SHOWN = 25
"""The most findings of a kind, and changed verdicts, told in Markdown."""


def as_markdown(change: Change) -> str:
    """The change as a comment on a pull request: nothing in it that came from a server is read as markup."""
    blocks = [f"**{escaped(headline(change))}**"]
    if change.unlike:
        blocks.append("\n".join(f"- {escaped(line)}" for line in change.unlike))
    for name, title in _HEADS:
        findings: tuple[Finding, ...] = getattr(change, name)
        if not findings:
            continue
        rows = ["| requirement | verdict | seen | operation |", "|---|---|---|---|"]
        for each in findings[:SHOWN]:
            verdict = words.VERDICTS[each.after or each.before or Verdict.FAIL]
            note = f" ({escaped(one_line(each.note, 120))})" if each.note else ""
            seen = code(one_line(each.message, 160)).replace("|", "\\|")
            cells = (f"{each.requirement} {code(each.fingerprint)}", f"{verdict}{note}", seen, code(each.operation))
            rows.append(f"| {' | '.join(cells)} |")
        blocks += [f"### {title} ({len(findings)})", "\n".join(rows)]
        if len(findings) > SHOWN:
            blocks.append(f"and {words.amount(len(findings) - SHOWN, 'more finding')}")
    for title, turned in (("Changed verdicts", change.turned), ("No longer judged", change.silent)):
        if turned:
            told = [f"- {row.requirement}: {_passage(row)}{escaped(_because(row.why))}" for row in turned[:SHOWN]]
            more = [f"- and {len(turned) - SHOWN} more"] if len(turned) > SHOWN else []
            blocks += [f"### {title} ({len(turned)})", "\n".join([*told, *more])]
    return "\n\n".join(blocks) + "\n"


def as_json(change: Change) -> str:
    """The change for a program."""
    data: dict[str, Any] = {**dataclasses.asdict(change), "worse": change.worse}
    return json.dumps(data, indent=2) + "\n"
