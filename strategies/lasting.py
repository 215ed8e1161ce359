"""Where what a close brought about can be seen afterwards, until something takes it away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from strategies.bringing import Brought
from strategies.coupons import same_code
from strategies.membership import told
from strategies.reserving import holders
from strategies.showing import objects
from strategies.unchanged import at_rest
from talonproof.http.exchange import Exchange
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.effects import props_of
from talonproof.verdict import Reason


@dataclass(frozen=True, slots=True)
class Trace:
    """What a close left behind: ``read`` shows it, ``there`` tells whether it does, ``pointer`` where."""

    what: str
    read: Callable[[], Exchange]
    there: Callable[[Exchange], bool]
    pointer: str

    def seen(self, case: Case) -> Exchange:
        """The read that shows it; ends the case where it does not within the settle time: 1 request."""
        read = told(case, case.settled(self.read, self.there))
        if not self.there(read):
            case.unsupported(Reason.NEVER_TRIGGERED, f"{self.what} cannot be seen after the close")
        return read

    def still(self, case: Case) -> Exchange:
        """The read once what was done since had the settle time to show: 1 request.

        Not before: a read that lags may show what was there before the close.
        """
        return told(case, at_rest(case, self.read))

    def judge_still(
        self, case: Case, requirement: str, done: Exchange, doing: str, *, of: tuple[Exchange, ...], check: str
    ) -> None:
        """Judges that it is there after a call (``done``), which is said by ``doing``: 1 request."""
        after = self.still(case)
        case.judge(
            requirement,
            self.there(after),
            f"{self.what} is gone after {doing}",
            of=(*of, done, after),
            pointer=self.pointer,
            operation=done.operation,
            check=check,
        )


def trace_of(case: Case, api: Api, brought: Brought) -> Trace:
    """What the first effect of a session left behind; ends the case for an effect of which nothing can be seen."""
    held, profile = props_of(brought.effects[0]), brought.profile
    match brought.label:
        case "awardGiveaway":
            code = held.get("code")

            def listed(read: Exchange) -> bool:
                return any(one.get("code") == code for one in objects(read.at("giveaways")))

            return Trace("the giveaway", lambda: api.inventory(profile, giveaways=True), listed, "/giveaways")
        case "couponCreated":
            created = str(held.get("value"))
            # nothing but the status of an answer about its code tells whether a coupon exists
            return Trace("the created coupon", lambda: api.reserved_customers(created), lambda read: read.ok, "")
        case "referralCreated":
            referral = held.get("value")
            made = [
                one for one in objects(brought.answer.at("createdReferrals")) if same_code(one.get("code"), referral)
            ]
            advocate = str(made[0].get("advocateProfileIntegrationId", profile)) if made else profile

            def owned(read: Exchange) -> bool:
                return any(same_code(one.get("code"), referral) for one in objects(read.at("referrals")))

            return Trace("the created referral", lambda: api.inventory(advocate, referrals=True), owned, "/referrals")
        case "reserveCoupon":
            coupon, holder = str(held.get("couponValue")), held.get("profileIntegrationId")
            if holder != profile:
                case.unsupported(Reason.NEVER_TRIGGERED, "the coupon is reserved for somebody else")

            def holds(read: Exchange) -> bool:
                return holder in holders(read)

            return Trace("the reservation", lambda: api.reserved_customers(coupon), holds, "/data")
        case _:
            message = f"nothing shows what {brought.label} left behind"
            raise ValueError(message)
