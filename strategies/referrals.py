"""Bodies that create referral codes, and what the codes look like."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from string import ascii_uppercase, digits
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from strategies.bodies import Valid
from strategies.placeholders import PROFILE, several
from talonproof.target import Bindings

MOST_ADVOCATES = 1_000
"""The most advocates of one request (``NewReferralsForMultipleAdvocates.advocateProfileIntegrationIds``)."""

MOST_USES = 999_999
"""The highest ``usageLimit``; 0 is no limit."""

DEFAULT_CHARACTERS = ascii_uppercase + digits
"""What stands for a ``#`` of a pattern where no characters are sent."""

ADVOCATE, FRIEND = several(PROFILE, 2)

BACKWARDS = {"startDate": "2081-01-02T00:00:00Z", "expiryDate": "2081-01-01T00:00:00Z"}
"""Dates of a referral that ends before it starts."""

_FEWEST_CHARACTERS = 10
_FEWEST_BLANKS = 6  # in each of two places: codes enough (10 ** 12) that no two of an account meet
_MOST_BLANKS = 10
_OFFSETS = ("Z", "+07:00", "-03:30")


def referrals(bindings: Bindings) -> SearchStrategy[dict[str, Any]]:
    """Referrals of :data:`ADVOCATE` in the bound campaign; the simplest has nothing else.

    Now and then for :data:`FRIEND` only, with a limit, and with dates, which never have it ended already. Needs
    ``referral_campaign`` to be bound: ValueError without.
    """
    always = {"campaignId": st.just(_campaign(bindings)), "advocateProfileIntegrationId": st.just(ADVOCATE)}
    optional = {"friendProfileIntegrationId": st.just(FRIEND), "usageLimit": st.integers(0, MOST_USES), **_dates()}
    return st.fixed_dictionaries(always, optional=optional)


def many_referrals(
    bindings: Bindings, advocates: Sequence[str] = several(PROFILE, 4)
) -> SearchStrategy[dict[str, Any]]:
    """Referrals of some of the advocates in the bound campaign, with a pattern or without.

    The simplest is for the first advocate alone, without limit. ValueError unless ``referral_campaign`` is bound.
    """
    drawn = st.lists(st.sampled_from(list(advocates)), min_size=1, max_size=len(advocates), unique=True)
    always = {
        "campaignId": st.just(_campaign(bindings)),
        "advocateProfileIntegrationIds": drawn,
        "usageLimit": st.integers(0, MOST_USES),
    }
    plain = st.fixed_dictionaries(always, optional=_dates())
    look = st.one_of(st.builds(dict[str, Any]), looks())
    return st.tuples(plain, look).map(lambda drawn: {**drawn[0], **drawn[1]})


def looks() -> SearchStrategy[dict[str, Any]]:
    """A ``referralPattern``, with ``validCharacters`` or without, that leaves room for more codes than there are."""
    text = st.lists(st.sampled_from(ascii_uppercase + digits + "-_"), max_size=6).map("".join)
    blanks = st.integers(_FEWEST_BLANKS, _MOST_BLANKS).map(lambda count: "#" * count)
    characters = st.lists(st.sampled_from(DEFAULT_CHARACTERS), min_size=_FEWEST_CHARACTERS, unique=True)
    return st.fixed_dictionaries(
        {"referralPattern": st.tuples(text, blanks, text, blanks, text).map("".join)},
        optional={"validCharacters": characters},
    )


def follows(code: object, pattern: str, characters: Collection[str] = DEFAULT_CHARACTERS) -> bool:
    """Whether a code has one of the characters for each ``#`` of a pattern, and all the rest of it as it is.

    Capitals aside: whether codes keep them is a setting of the Application.
    """
    if not isinstance(code, str) or len(code) != len(pattern):
        return False
    allowed = {character.casefold() for character in characters}
    return all(
        shown.casefold() in allowed if wanted == "#" else shown.casefold() == wanted.casefold()
        for shown, wanted in zip(code, pattern, strict=True)
    )


def calls(bindings: Bindings) -> tuple[Valid, ...]:
    """One rich call for each operation that creates referrals; none where no campaign is bound for them."""
    if bindings.referral_campaign is None:
        return ()
    terms = {
        "campaignId": bindings.referral_campaign,
        "usageLimit": 1,
        "startDate": "2020-01-01T00:00:00Z",
        "expiryDate": "2081-01-01T00:00:00Z",
    }
    one = {**terms, "advocateProfileIntegrationId": ADVOCATE, "friendProfileIntegrationId": FRIEND}
    many = {
        **terms,
        "advocateProfileIntegrationIds": [ADVOCATE, FRIEND],
        "referralPattern": "TP-" + "#" * 2 * _FEWEST_BLANKS,
        "validCharacters": list(digits),
    }
    return (
        Valid("createReferral", {}, {}, one),
        Valid("createReferralsForMultipleAdvocates", {}, {"silent": "no"}, many),
    )


def _campaign(bindings: Bindings) -> int:
    if bindings.referral_campaign is None:
        message = "referrals need the binding referral_campaign"
        raise ValueError(message)
    return bindings.referral_campaign


def _dates() -> dict[str, SearchStrategy[Any]]:
    """A start in the past or the future, and an end after any start; in any time zone."""
    return {"startDate": _moments(2001, 2079), "expiryDate": _moments(2081, 2099)}


def _moments(first: int, last: int) -> SearchStrategy[str]:
    drawn = st.datetimes(datetime(first, 1, 1), datetime(last, 12, 31))  # noqa: DTZ001 - the offset is drawn apart
    zoned = st.tuples(drawn, st.sampled_from(_OFFSETS))
    return zoned.map(lambda found: f"{found[0]:%Y-%m-%dT%H:%M:%S}{found[1]}")
