"""The edition of a server is sure only where the signs agree and are enough; else it is judged by the first."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.run.doctor.evidence import FIRST, LATER, How, Origin, Sign, Strength, recognise

KINDS = ("pages", "properties of sessions", "properties of rows", "operations")
SPEAKING = st.builds(
    Sign,
    kind=st.sampled_from(KINDS),
    seen=st.sampled_from(["this", "that"]),
    edition=st.sampled_from([FIRST, LATER]),
    strength=st.sampled_from([Strength.STRONG, Strength.WEAK]),
)
SILENT = st.builds(Sign, kind=st.sampled_from(KINDS), seen=st.just("nothing"))


def sign(kind: str, edition: str = LATER, strength: Strength = Strength.WEAK) -> Sign:
    """A sign that was seen."""
    return Sign(kind, f"{kind} are so", edition, strength)


@given(st.lists(SPEAKING | SILENT, max_size=8))
def test_contradicting_signs_are_never_sure(signs: list[Sign]) -> None:
    """As soon as one sign speaks against the others, however weak it is, nothing is sure."""
    found = recognise(signs)

    assert not (found.sure and len({one.edition for one in signs if one.edition}) > 1)


@given(st.lists(SPEAKING | SILENT, max_size=8))
def test_what_is_sure_has_enough_behind_it(signs: list[Sign]) -> None:
    """Two kinds of signs at least, a strong one among them; and every sign that speaks is for that edition."""
    found = recognise(signs)

    if found.sure:
        telling = [one for one in signs if one.edition]
        assert {found.edition} == {one.edition for one in telling}
        assert len({one.kind for one in telling}) >= 2
        assert any(one.strength is Strength.STRONG for one in telling)
    else:
        assert FIRST == found.edition


@given(st.lists(SPEAKING | SILENT, max_size=8), st.randoms())
def test_the_order_of_signs_does_not_matter(signs: list[Sign], random: st.DataObject) -> None:
    """They are looked at all together."""
    other = list(signs)
    random.shuffle(other)  # type: ignore[attr-defined]

    assert (recognise(signs).edition, recognise(signs).sure) == (recognise(other).edition, recognise(other).sure)


@given(st.lists(SILENT, max_size=4), st.lists(SPEAKING, max_size=6))
def test_what_says_nothing_changes_nothing(silent: list[Sign], speaking: list[Sign]) -> None:
    """A sign that is lawful in every edition leaves the verdict as it is."""
    assert recognise(speaking).sure == recognise([*silent, *speaking]).sure


@pytest.mark.parametrize(
    "signs",
    [
        (),
        (sign("pages", strength=Strength.STRONG),),
        (sign("pages", strength=Strength.STRONG), sign("pages", strength=Strength.STRONG)),
        (sign("properties of sessions"), sign("properties of rows"), sign("operations")),
    ],
    ids=["none", "one strong", "two of one kind", "only weak ones"],
)
def test_too_little_is_not_enough(signs: tuple[Sign, ...]) -> None:
    """Neither one sign decides, nor several that may have the same cause, nor any number that prove little."""
    found = recognise(signs)

    assert (FIRST, False) == (found.edition, found.sure)


def test_a_verdict_says_why() -> None:
    """What it rests on, what contradicts what, or that there is too little."""
    strong, weak = sign("pages", strength=Strength.STRONG), sign("rows")

    assert "pages are so; rows are so" == recognise([weak, strong]).why
    assert "too little to go by: rows are so (as in 2026-05)" == recognise([weak]).why
    assert (
        "the signs contradict each other: sessions are so (as in 2025-01), but rows are so (as in 2026-05)"
        == recognise([weak, sign("sessions", FIRST, Strength.STRONG)]).why
    )
    assert "nothing that was seen tells the editions apart" == recognise([Sign("pages", "nothing")]).why


@given(st.sampled_from(How), st.text(), st.lists(SPEAKING | SILENT, max_size=4), st.integers(0, 20))
def test_an_origin_travels_as_json(how: How, why: str, signs: list[Sign], looks: int) -> None:
    """What was written is what is read."""
    origin = Origin(how, why, tuple(signs), looks)

    assert origin == Origin.from_json(json.loads(json.dumps(origin.to_json())))
