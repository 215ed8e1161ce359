"""A write shows in the inventory of its customer a little later, and not on all replicas at once."""

from __future__ import annotations

import random
import time
from urllib.parse import quote

from talonproof.emulator.message import Reply, reply

from .variant import Asked, Behaviour, Proceed

SECTIONS = ("profile", "referrals", "coupons", "loyalty", "giveaways", "achievements")


def lagging(longest: float) -> Behaviour:
    """Each read of an inventory shows it as it was up to so many seconds ago, a different time each."""
    past: dict[str, list[tuple[float, Reply]]] = {}
    owners: dict[str, str] = {}
    drawn = random.Random(0)

    def read(asked: Asked, proceed: Proceed, profile: str) -> Reply:
        every = "&".join(f"{name}=true" for name in SECTIONS)
        return proceed(asked.get(f"/v1/customer_profiles/{quote(profile, safe='')}/inventory?{every}"))

    def touched(asked: Asked) -> set[str]:
        """The profiles that a write may change."""
        session = asked.path.get("customerSessionId", "")
        body = asked.body()
        content = body.get("customerSession")
        named = {asked.path.get("integrationId"), body.get("profileId"), owners.get(session)}
        if isinstance(content, dict) and isinstance(content.get("profileId"), str):
            named.add(content["profileId"])
            owners[session] = content["profileId"]
        return {name for name in named if isinstance(name, str) and name}

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        now = time.monotonic()
        if asked.writes:
            for profile in touched(asked):
                before = read(asked, proceed, profile)
                if before.ok or before.status == 404:  # else the key is at fault, and the write is refused as well
                    past.setdefault(profile, []).append((now, before))
            return proceed(asked.request)
        if asked.operation != "getCustomerInventory":
            return proceed(asked.request)
        answer = proceed(asked.request)
        if not answer.ok and answer.status != 404:
            return answer
        seen = now - drawn.uniform(0, longest)
        for written, before in past.get(asked.path["integrationId"], ()):
            if written > seen:
                if not before.ok:
                    return before if answer.ok else answer
                wanted = {name for name in SECTIONS if asked.query.get(name, "").lower() == "true"}
                return reply(200, {name: one for name, one in before.document().items() if name in wanted})
        return answer

    return behave
