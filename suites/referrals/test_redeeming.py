"""A referral code is for others than its advocate, and one that is bound to a friend for that friend alone."""

from __future__ import annotations

from typing import Any

from strategies.firing import customer, session_for
from strategies.redeeming import about, taken
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case

NEEDS = ("referral_campaign",)
OPERATIONS = ("createReferral", "updateCustomerProfilesV2", "updateCustomerSessionV2")


@scenario("REF-004", footprint="consume", requests=4, depth="release", needs=NEEDS, operations=OPERATIONS)
def test_the_own_code(case: Case, api: Api) -> None:
    """A code that is accepted from anybody else is rejected where its advocate sends it."""
    advocate, friend = customer(case), customer(case)
    code = referral(case, api, advocate)
    taken(case, sent_by(case, api, friend, code), "acceptReferral", code)
    judge_rejected(case, "REF-004", sent_by(case, api, advocate, code), code, "ReferralRecipientIdSameAsAdvocate")


@scenario("REF-005", footprint="consume", requests=4, depth="release", needs=NEEDS, operations=OPERATIONS)
def test_the_code_of_another_friend(case: Case, api: Api) -> None:
    """A code for one friend is accepted from that friend, and rejected where anybody else sends it."""
    advocate, friend, stranger = (customer(case) for _ in range(3))
    code = referral(case, api, advocate, friendProfileIntegrationId=friend)
    taken(case, sent_by(case, api, friend, code), "acceptReferral", code)
    judge_rejected(case, "REF-005", sent_by(case, api, stranger, code), code, "ReferralRecipientDoesNotMatch")


def referral(case: Case, api: Api, advocate: str, **terms: Any) -> str:
    """The code of a fresh referral of an advocate; 2 requests."""
    case.arranged(api.put_profiles([{"integrationId": advocate}]))
    asked = {"campaignId": case.bindings.referral_campaign, "advocateProfileIntegrationId": advocate, **terms}
    code = case.arranged(api.refer(asked)).at("code")
    if not isinstance(code, str) or not code:
        case.block("the referral was made without a code")
    return code


def sent_by(case: Case, api: Api, profile: str, code: str) -> Exchange:
    """The answer to a dry update by which a customer sends a code; 1 request."""
    session = session_for(case, profile=profile, referralCode=code, state="closed")
    return case.arranged(api.put_session(case.new_id("session"), session, dry=True))


def judge_rejected(case: Case, clause: str, answer: Exchange, code: str, reason: str) -> None:
    """Judges that an answer rejects a code for a reason, and does not accept it."""
    reasons = [str(props.get("rejectionReason")) for props in about(answer, "rejectReferral", code)]
    accepted = bool(about(answer, "acceptReferral", code))
    seen = "accepted" if accepted else f"rejected as {', '.join(reasons)}" if reasons else "not rejected"
    case.judge(
        clause,
        not accepted and reasons == [reason],
        f"the code is {seen}, expected it rejected as {reason}",
        of=answer,
        pointer="/effects",
    )
