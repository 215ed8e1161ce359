"""A world file says what programs take back, which tiers they have, and what can be won; mistakes are named."""

from __future__ import annotations

import pytest

from talonproof.emulator.instant import DAY
from talonproof.emulator.world import ReturnPolicy
from talonproof.emulator.world_file import parse_world
from talonproof.errors import DocumentError

HEAD = "account: 1\napplications: [{id: 1, name: A}]\nkeys: [{key: k, application: 1}]\ncampaigns: [{id: 1, name: C}]\n"
PROGRAM = "programs: [{id: 1, name: p, title: P, kind: profile, %s}]\n"
POOL = "giveaway_pools: [{id: 1, name: p, %s}]\n"
ACHIEVEMENT = "achievements: [{id: 1, campaign: 1, title: A, name: a_1, target: 2, lasts: P9D, %s}]\n"


def test_what_is_left_out_has_a_default() -> None:
    """Only pending points are taken back, tiers never end, and an achievement is done once."""
    tiers = "tiers: [{id: 1, name: T, points: 0.5}]"
    made = parse_world(HEAD + PROGRAM % tiers + ACHIEVEMENT % "", "w.yaml")
    program, achievement = made.programs[1], made.achievements[1]

    assert ReturnPolicy.ONLY_PENDING is program.return_policy
    assert (500_000, None, "one_down") == (program.tiers[0].points, program.tiers_last, program.downgrade)
    assert (2_000_000, 9 * DAY, "no_recurrence") == (achievement.target, achievement.lasts, achievement.recurrence)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PROGRAM % "return_policy: pending", "did you mean only_pending"),
        (PROGRAM % "tiers: []", "must not be empty"),
        (
            PROGRAM % "tiers: [{id: 1, name: a, points: 5}, {id: 2, name: b, points: 5}]",
            "more points than the one before",
        ),
        (PROGRAM % "tiers: [{id: 1, name: a, points: 5}, {id: 2, name: a, points: 6}]", "this tier twice"),
        (PROGRAM % "tiers: [{id: 1, name: a, points: 0}]", "above 0"),
        (PROGRAM % "tiers_last: P9D", "has no tiers"),
        (PROGRAM % "tiers: [{id: 1, name: a, points: 5}], tiers_last: -P9D", "in the future"),
        (PROGRAM % "tiers: [{id: 1, name: a, points: 5}], downgrade: one", "did you mean one_down"),
        (
            (PROGRAM % "tiers: [{id: 1, name: a, points: 5}]").replace("profile", "card"),
            "card-based program has no tiers",
        ),
        (POOL % "", "either codes or a pattern"),
        (POOL % "codes: [a], pattern: '######'", "either codes or a pattern"),
        (POOL % "codes: [a, a]", "a code twice"),
        (POOL % "pattern: 'GIFT-#'", "6 # or more"),
        (ACHIEVEMENT % "recurrence: on_completed", "did you mean on_completion"),
        ((ACHIEVEMENT % "").replace("campaign: 1", "campaign: 2"), "no campaign 2"),
        ((ACHIEVEMENT % "").replace("a_1", "1_a"), "begins with a letter"),
        ((ACHIEVEMENT % "").replace("P9D", "-P9D"), "in the future"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, message: str) -> None:
    """The message has the line and what is wrong, with the closest word where there is one."""
    with pytest.raises(DocumentError) as caught:
        parse_world(HEAD + text, "my-world.yaml")

    assert "my-world.yaml:5 " in str(caught.value)
    assert message in str(caught.value)
