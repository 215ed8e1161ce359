"""What overlapped, drawn for people: a line a call, time running to the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from talonproof.model.serial import Happened, Timed

WIDTH: Final = 40
"""Columns between the first start and the last end."""


def timeline(calls: Sequence[Timed[Any, Any]], told: Callable[[Timed[Any, Any]], str]) -> str:
    """A line for each call: its name, when it was under way, and what ``told`` says of it.

    A call of which nobody knows when it was or will be carried out has no end.
    """
    if not calls:
        return ""
    begin, end = min(call.sent for call in calls), max(call.answered for call in calls)
    names = max(len(call.name) for call in calls)
    scale = (WIDTH - 1) / (end - begin) if end > begin else 0.0
    lines = [f"{'':{names}}  {'0':<{WIDTH // 2}}{f'{(end - begin) * 1000:.1f} ms':>{WIDTH - WIDTH // 2}}"]
    for call in calls:
        first = round((call.sent - begin) * scale)
        last = WIDTH - 1 if call.happened is Happened.MAYBE else max(first, round((call.answered - begin) * scale))
        bar = "|" if first == last else f"|{'-' * (last - first - 1)}{_END[call.happened]}"
        lines.append(f"{call.name:{names}}  {' ' * first}{bar:<{WIDTH - first}}  {told(call)}".rstrip())
    return "\n".join(lines)


_END: Final = {Happened.YES: "|", Happened.NO: "x", Happened.MAYBE: ">"}
