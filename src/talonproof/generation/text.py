"""Text as clients send it: any script, emoji beyond the first plane, control characters."""

from __future__ import annotations

import re
from datetime import datetime

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from talonproof.contract import ecma

LONGER = 40
"""How many characters more than the least a drawn text has at most; exact bounds are another matter."""


_FIRST = datetime(2000, 1, 1)  # noqa: DTZ001  # the offset is drawn apart
_LAST = datetime(2099, 12, 31)  # noqa: DTZ001


def text(
    min_size: int = 0, max_size: int | None = None, *, nul: bool = False, surrogates: bool = False
) -> SearchStrategy[str]:
    """Text of so many code points, without NUL and without lone surrogates unless they are asked for.

    Lone surrogates can be written in JSON as escapes only, and not in UTF-8.
    """
    most = min_size + LONGER if max_size is None else min(max_size, min_size + LONGER)
    alphabet = st.characters(
        exclude_categories=() if surrogates else ("Cs",),
        exclude_characters=None if nul else "\0",
    )
    return st.text(alphabet, min_size=min_size, max_size=most)


def matching(pattern: str, min_size: int = 0, max_size: int | None = None) -> SearchStrategy[str]:
    """Text that an ECMA regular expression finds, of so many code points; any text for one that nobody can assert."""
    translated = ecma.translate(pattern)
    if translated is None:
        return text(min_size, max_size)
    found = re.compile(translated).search
    # The translation writes anchors as looks around, which Hypothesis can only try out: it draws from the
    # pattern as Python reads it, where $ would also match before a last newline.
    plain = re.compile(re.sub(r"(?<!\\)\$", r"\\Z", pattern), re.ASCII)
    drawn = st.from_regex(plain, alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
    return drawn.filter(
        lambda value: min_size <= len(value) <= (len(value) if max_size is None else max_size) and bool(found(value))
    )


@st.composite
def date_times(draw: st.DrawFn) -> str:
    """RFC 3339 timestamps of this century, in UTC or with an offset, with and without fractions of a second."""
    moment = draw(st.datetimes(min_value=_FIRST, max_value=_LAST))
    fraction = draw(st.sampled_from(("seconds", "milliseconds", "microseconds")))
    offset = draw(st.sampled_from(("Z", "+00:00", "+07:00", "-05:00", "+05:30")))
    return moment.isoformat(timespec=fraction) + offset
