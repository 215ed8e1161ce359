"""One rich valid call for each operation with a body, and calls with ids of the run in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from strategies import audiences, catalogs, coupons, loyalty, profiles, referrals
from strategies.bodies import Valid, valid_calls
from strategies.placeholders import bind
from talonproof.target import Bindings


def every_call(bindings: Bindings) -> tuple[Valid, ...]:
    """The valid calls of all resources, ids left as stand-ins; without those whose bindings are missing.

    Once their ids are bound, none of them touches what the run did not make, but for what is bound to be used.
    """
    resources = (profiles, audiences, coupons, referrals, loyalty, catalogs)
    return (*valid_calls(bindings), *(call for resource in resources for call in resource.calls(bindings)))


def bound(call: Valid, ids: Mapping[Any, Any]) -> Valid:
    """The call with the ids given in place of its stand-ins.

    Defects are best made of such a call: what is appended to an id of the run is still of the run.
    """
    return replace(call, path=bind(call.path, ids), body=bind(call.body, ids))
