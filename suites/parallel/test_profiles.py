"""What happens to one profile at the same time: updates, events, sessions that are closed."""

from __future__ import annotations

from functools import partial

from strategies.races import ProfileRace
from strategies.racing import Reading, judge_order, judge_statuses, race, reading, rounds
from talonproof.http.exchange import Exchange
from talonproof.model.serial import serial_order
from talonproof.model.things import Adding, Both, Counters, Properties, Write
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case

THING = Both(Properties(), Counters())


@scenario(
    "R45a", "R45c",
    footprint="consume",
    requests=10,
    depth="release",
    operations=("updateCustomerSessionV2", "updateCustomerProfileV2", "trackEventV2", "getCustomerInventory"),
    parallel=True,
)  # fmt: skip
def test_updates_of_one_profile(case: Case, api: Api) -> None:
    """All sessions that are closed at the same time count, and of the attributes that are sent one is the last."""

    def once() -> None:
        profile = case.new_id("profile")
        about = ProfileRace(profile, [case.new_id("session") for _ in range(4)], case.bindings)
        case.arranged(api.put_profile(profile, about.start()))
        ran = race(case, about.asks)
        judge_statuses(case, ran)
        reads: list[Reading] = []

        def read() -> Exchange:
            reads[:] = [reading(partial(api.inventory, profile, profile=True), (Write(), Adding()), about.shows)]
            return reads[0].exchange

        def explained(answer: Exchange) -> bool:
            return answer.ok and serial_order([about.starting()], [*ran.calls, reads[0].call], THING) is not None

        case.arranged(case.settled(read, explained))
        judge_order(case, ran, THING, about.starting(), reads=reads, what="one profile")

    rounds(case, once)
