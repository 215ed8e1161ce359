"""One request can hold a thousand audience actions, and no more."""

from __future__ import annotations

from strategies.audiences import MOST_CHANGES, change
from strategies.membership import audience
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case

OPERATIONS = ("createAudienceV2", "deleteAudienceV2", "updateCustomerProfileAudiences")


@scenario("AUD-008", footprint="create", requests=3, depth="release", operations=OPERATIONS)
def test_too_many_actions(case: Case, api: Api) -> None:
    """A request with 1001 audience actions is refused."""
    with audience(case, api) as made:
        people = [case.new_id("profile") for _ in range(MOST_CHANGES + 1)]
        sent = api.put_members([change("add", name, made.number) for name in people])
        case.refused("AUD-008", sent, doing=f"a request with {len(people)} audience actions")
