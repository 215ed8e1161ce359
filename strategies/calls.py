"""One rich valid call for each operation with a body, calls with ids of the run in them, and their safe defects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from strategies import audiences, catalogs, coupons, loyalty, profiles, referrals
from strategies.bodies import InvalidCall, Valid, invalid_calls, valid_calls
from strategies.placeholders import bind
from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.http.exchange import Call
from talonproof.http.footprint import Possessions, assess
from talonproof.target import Bindings, Footprint


def every_call(bindings: Bindings) -> tuple[Valid, ...]:
    """The valid calls of all resources, ids left as stand-ins; without those whose bindings are missing.

    Once their ids are bound, none of them touches what the run did not make, but for what is bound to be used.
    """
    resources = (profiles, audiences, coupons, referrals, loyalty, catalogs)
    return (*valid_calls(bindings), *(call for resource in resources for call in resource.calls(bindings)))


def bound(call: Valid, ids: Mapping[Any, Any]) -> Valid:
    """The call with the ids given in place of its stand-ins."""
    return replace(call, path=bind(call.path, ids), body=bind(call.body, ids))


def safe_defects(
    contract: Contract,
    bindings: Bindings,
    own: Possessions,
    calls: Iterable[Valid],
    *,
    validators: Validators | None = None,
) -> list[InvalidCall]:
    """Every defect of bound calls that harms nobody, even where a server accepts it; always in the same order.

    Left out are those that a careless server could read as naming a thing of others: 1.5 as the audience 1.
    """
    found = invalid_calls(contract, bindings, calls=calls, validators=validators)
    return [defect for defect in found if _footprint(defect, bindings, own) < Footprint.DESTRUCTIVE]


def _footprint(defect: InvalidCall, bindings: Bindings, own: Possessions) -> Footprint:
    call = Call(defect.operation, defect.path, defect.query, defect.body, has_body=True)
    return assess(call, bindings, own).footprint
