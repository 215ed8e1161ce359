"""Options travel between processes as JSON and arrive as they were."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from talonproof.config import ALLOWED_REQUESTS, Depth, RunOptions
from talonproof.target import Footprint

texts = st.text(max_size=8)
options = st.builds(
    RunOptions,
    run=texts,
    seed=st.integers(),
    depth=st.sampled_from(Depth),
    select=st.lists(texts, max_size=3).map(tuple),
    max_footprint=st.sampled_from(Footprint),
    max_requests=st.none() | st.integers(0),
    rate=st.floats(0, 1e6),
    strict=st.booleans(),
    min_judged=st.floats(0, 100),
    edition=texts,
    faults=st.lists(texts, max_size=3).map(tuple),
)


@given(options=options)
def test_options_come_back_as_they_were(options: RunOptions) -> None:
    """Through one line of JSON, types included."""
    line = options.to_json()

    assert "\n" not in line
    assert options == RunOptions.from_json(line)
    assert options.max_footprint.label == json.loads(line)["max_footprint"]


def test_deeper_runs_hold_shallower_ones() -> None:
    """Ranks and allowances grow with the depth."""
    assert [Depth.SMOKE, Depth.RELEASE, Depth.NIGHTLY] == sorted(Depth, key=lambda depth: depth.rank)
    assert [200, 3000, None] == [ALLOWED_REQUESTS[depth] for depth in sorted(Depth, key=lambda depth: depth.rank)]
