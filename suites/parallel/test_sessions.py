"""Updates of one session at the same time: none is lost, and none is half there."""

from __future__ import annotations

from functools import partial

from strategies.races import SessionRace
from strategies.racing import judge_order, judge_statuses, judge_values, race, reading, rounds
from talonproof.model.things import Properties, Write
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case

OPERATIONS = ("updateCustomerSessionV2", "getCustomerSession")


@scenario("R45a", "R45c", footprint="create", requests=10, depth="release", operations=OPERATIONS, parallel=True)
def test_updates_of_single_properties(case: Case, api: Api) -> None:
    """Where updates of different properties come at the same time, the session has what each of them sent last."""

    def once() -> None:
        about = SessionRace(case.new_id("session"), case.bindings)
        case.arranged(api.put_session(about.session, about.start))
        ran = race(case, about.partial_updates())
        judge_statuses(case, ran)
        read = reading(partial(api.get_session, about.session), Write(), about.shows)
        case.arranged(read.exchange)
        judge_order(case, ran, Properties(), about.values(about.start), reads=[read], what="one session")

    rounds(case, once)


@scenario("R45a", "R45b", footprint="create", requests=6, depth="release", operations=OPERATIONS, parallel=True)
def test_updates_of_all_properties(case: Case, api: Api) -> None:
    """Where updates of the same properties come at the same time, each property is as one of them sent it."""

    def once() -> None:
        about = SessionRace(case.new_id("session"), case.bindings)
        case.arranged(api.put_session(about.session, about.start))
        ran = race(case, about.full_updates())
        judge_statuses(case, ran)
        read = reading(partial(api.get_session, about.session), Write(), about.shows)
        case.arranged(read.exchange)
        judge_values(case, ran, read, "customerSession")

    rounds(case, once)
