"""The engine's own laws hold for every history: hundreds here, thousands with ``make laws``."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import example, given, settings

from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.emulator import session
from talonproof.emulator.engine.effect import Effect
from talonproof.emulator.instant import written
from talonproof.emulator.world import World
from talonproof.emulator.world_file import parse_world
from tests.unit.emulator.engine.histories import (
    TIGHT,
    Cart,
    CloseAnd,
    Other,
    Player,
    Points,
    Return,
    Rows,
    Step,
    Update,
    histories,
    ledgers,
)

HISTORIES = int(os.environ.get("HISTORIES", "100"))
"""How many histories each edition is given."""

POINT = 1_000_000
KEPT_PROGRAMS = {1, 2}
"""Those whose return policy leaves active points alone."""

CREATIONS = {"couponCreated", "referralCreated"}
ROLLED_BACK = {
    "acceptCoupon": "rollbackCoupon",
    "acceptReferral": "rollbackReferral",
    "setDiscount": "rollbackDiscount",
    "setDiscountPerItem": "rollbackDiscount",
    "setDiscountPerAdditionalCost": "rollbackDiscount",
    "deductLoyaltyPoints": "rollbackDeductedLoyaltyPoints",
    "addLoyaltyPoints": "rollbackAddedLoyaltyPoints",
    "increaseAchievementProgress": "rollbackIncreasedAchievementProgress",
}


def _twice(mark: str, then: str) -> list[Step]:
    """A customer's session is closed, and so is another one, with the same coupon; then that is taken back."""
    cart = Cart("anna", mark, ("ONCE-1",), (3, 1), None, card=True)
    return [Update("s0", "closed", cart, dry=False), CloseAnd("s1", cart, then), CloseAnd("s2", cart, then)]


@pytest.fixture(scope="module")
def tight() -> World:
    """The world of the histories."""
    return parse_world(TIGHT, "tight.yaml")


@pytest.mark.parametrize("edition", ["contract", "later_contract"])
def test_laws(edition: str, tight: World, request: pytest.FixtureRequest) -> None:
    """The laws hold for generated histories in either edition."""
    contract: Contract = request.getfixturevalue(edition)
    validators: Validators = request.getfixturevalue("validators" if edition == "contract" else "later_validators")

    @settings(max_examples=HISTORIES)
    @given(steps=histories())
    @example(steps=_twice("progress", "cancel"))
    @example(steps=_twice("progress", "reopen"))
    @example(steps=_twice("spend", "cancel"))
    @example(steps=_twice("spend", "reopen"))
    @example(steps=_twice("all", "cancel"))
    @example(steps=_twice("all", "reopen"))
    def every_history(steps: list[Step]) -> None:
        player, again = (Player(tight, contract, validators) for _ in range(2))
        try:
            _play(player, steps)
            _replay(again, player, steps)
        finally:
            player.close()
            again.close()

    every_history()


def _play(player: Player, steps: list[Step]) -> None:
    past: list[tuple[int, dict[tuple[int, str], Points]]] = []
    for step in steps:
        before = player.rows()
        status, answer = player.play(step)
        after = player.rows()
        if status >= 400 or (isinstance(step, Update | Return | Other) and _reads(step)):
            assert before == after, step
        if isinstance(step, CloseAnd) and status == 200:
            _take_back(player, step, before, answer)
            after = player.rows()
        _budgets_hold(player.world, after)
        _redemptions_hold(after)
        past.append((player.clock.instant, ledgers(after, player.clock.instant)))
    for moment, held in past[:: max(len(past) // 3, 1)]:
        _balances_hold(player, moment, held)


def _reads(step: Update | Return | Other) -> bool:
    """Whether a step is not to change anything."""
    return (
        step.what in {"inventory", "balances"} or (step.dry and step.what in {"event", "profile"})
        if isinstance(step, Other)
        else step.dry
    )


def _budgets_hold(world: World, rows: Rows) -> None:
    """No budget is below zero, none above its limit."""
    for campaign, limit, entity, _, used in rows["spent_budget"]:
        most = world.campaigns[campaign].limits[limit].limit

        assert 0 <= used <= most, (campaign, limit, entity)


def _redemptions_hold(rows: Rows) -> None:
    """Only closed sessions redeem, and no coupon more often than it may be."""
    states = {row[0]: row[6] for row in rows["session"]}
    counted = Counter((kind, code) for kind, code, *_ in rows["redemption"])

    assert {"closed", "partially_returned"} >= {states[row[3]] for row in rows["redemption"]}
    for number, _, _, _, usage_limit, *_ in rows["coupon"]:
        assert usage_limit == 0 or counted["coupon", number] <= usage_limit


def _balances_hold(player: Player, moment: int, held: dict[tuple[int, str], Points]) -> None:
    """Balances are what the entries sum to, also those of a moment that is past."""
    for (program, owner), points in held.items():
        kind = "cards" if program == 2 else "profile"
        target = f"/v1/loyalty_programs/{program}/{kind}/{owner}/balances?endDate={written(moment + 1)}"
        _, document = player.call("GET", target)
        balance = document["balance"]

        assert points.active / POINT == balance["activePoints"] - balance.get("negativePoints", 0)
        assert points.pending / POINT == balance["pendingPoints"]
        assert points.expired / POINT == balance["expiredPoints"]
        ((added, taken),) = player.store.all(
            "SELECT SUM(CASE type WHEN 'addition' THEN amount ELSE 0 END),"
            " SUM(CASE type WHEN 'addition' THEN 0 ELSE amount END)"
            " FROM entry WHERE program_id = ? AND owner = ? AND created <= ?",
            *(program, owner, moment),
        )
        assert added - taken == points.active + points.pending + points.expired


def _replay(again: Player, player: Player, steps: list[Step]) -> None:
    """The same history on a fresh database gives the same answers, and leaves the same database."""
    for step in steps:
        status, _ = again.play(step)
        if isinstance(step, CloseAnd) and status == 200:
            again.take_back(step.session, step.then)
            again.call("GET", f"/v2/customer_sessions/{step.session}")
    answers = player.answers[: len(again.answers)]

    assert [(each.status, each.body) for each in answers] == [(each.status, each.body) for each in again.answers]
    assert player.rows() == again.rows()


def _take_back(player: Player, step: CloseAnd, before: Rows, answer: Any) -> None:
    """What closing did is taken back by a cancel or a reopening, and what stays, stays."""
    closed = player.rows()
    stored = session.find(player.store, 1, step.session)
    assert stored is not None
    effects = list(stored.effects)
    status, undone = player.take_back(step.session, step.then)
    assert 200 == status
    after = player.rows()
    _, shown = player.call("GET", f"/v2/customer_sessions/{step.session}")

    taken = [effect for effect in effects if _is_taken_back(player, effect, step.then, closed)]
    stays = [effect for effect in effects if effect not in taken]
    assert [effect.document() for effect in stays] == shown["effects"]
    assert Counter(ROLLED_BACK[effect.type] for effect in taken) == Counter(e["effectType"] for e in undone["effects"])
    assert _values(effect.document() for effect in taken) == _values(undone["effects"])

    assert sorted(before["redemption"]) == sorted(after["redemption"])
    keep = [each for each in (stays if step.then == "reopen" else effects) if _keeps_budget(each, step.then)]
    assert _budgets(before, keep) == _budgets(after, [])
    _points_are_back(player, before, after, stays)
    _progress_is_back(before, after, stays)
    for table in ("giveaway", "coupon", "referral", "reservation", "membership"):
        assert closed[table] == after[table]
    assert answer["customerSession"]["attributes"] == shown["customerSession"]["attributes"]
    assert answer["customerSession"]["cartItems"] == shown["customerSession"]["cartItems"]


def _is_taken_back(player: Player, effect: Effect, then: str, closed: Rows) -> bool:
    if effect.type == "addLoyaltyPoints":
        starts = effect.terms["starts"]
        pending = starts is not None and starts > player.clock.instant
        return pending or effect.props["programId"] not in KEPT_PROGRAMS
    if effect.type == "increaseAchievementProgress" and then == "cancel":
        return not any(row[0] == effect.terms["tracker"] and row[6] is not None for row in closed["progress"])
    return effect.type in ROLLED_BACK


def _keeps_budget(effect: Effect, then: str) -> bool:
    return then == "reopen" or effect.type in CREATIONS


def _values(effects: Iterable[Any]) -> Counter[str]:
    """The values of discounts, points and codes, by their type of rolling back."""
    return Counter(
        f"{ROLLED_BACK.get(each['effectType'], each['effectType'])} {each['props']['value']}"
        for each in effects
        if "AchievementProgress" not in each["effectType"]
    )


def _budgets(rows: Rows, besides: list[Effect]) -> dict[tuple[Any, ...], int]:
    """What is used of budgets, with what some effects spend."""
    used: dict[tuple[Any, ...], int] = defaultdict(int)
    for campaign, limit, entity, period, amount in rows["spent_budget"]:
        used[campaign, limit, entity, period] += amount
    for effect in besides:
        for limit, entity, period, amount in effect.terms.get("spends", ()):
            used[effect.campaign, limit, entity, period] += amount
    return {key: amount for key, amount in used.items() if amount}


def _points_are_back(player: Player, before: Rows, after: Rows, stays: list[Effect]) -> None:
    """Ledgers hold what they held, and the points that stay."""
    moment = player.clock.instant
    was, now = ledgers(before, moment), ledgers(after, moment)
    for account in was | now:
        kept = sum(
            effect.terms["points"]
            for effect in stays
            if effect.type == "addLoyaltyPoints" and account == (effect.props["programId"], effect.terms["owner"])
        )
        old, new = was.get(account, Points()), now.get(account, Points())

        assert (old.active + kept, old.pending, old.expired) == (new.active, new.pending, new.expired), account


def _progress_is_back(before: Rows, after: Rows, stays: list[Effect]) -> None:
    """Attempts at achievements stand where they stood, but for those that the close completed."""
    kept = {effect.terms["tracker"] for effect in stays if effect.type == "increaseAchievementProgress"}
    was, now = (
        {row[0]: (row[5], row[6]) for row in rows["progress"] if row[5] and row[0] not in kept}
        for rows in (before, after)
    )

    assert was == now
