"""Operations by resource: one function each, from a call to a reply, in the transaction of the call."""

from __future__ import annotations

from collections.abc import Mapping

from talonproof.emulator.call import Handler
from talonproof.emulator.operations import customers, events, ledgers, returns, sessions

HANDLERS: Mapping[str, Handler] = {
    "getCustomerSession": sessions.get,
    "updateCustomerSessionV2": sessions.update,
    "returnCartItems": returns.give_back,
    "reopenCustomerSession": returns.reopen,
    "updateCustomerProfileV2": customers.update,
    "getCustomerInventory": customers.inventory,
    "trackEventV2": events.track,
    "getLoyaltyBalances": ledgers.balances,
    "getLoyaltyCardBalances": ledgers.balances,
    "getLoyaltyProgramProfileTransactions": ledgers.transactions,
    "getLoyaltyCardTransactions": ledgers.transactions,
    "getLoyaltyProgramProfilePoints": ledgers.points,
    "getLoyaltyCardPoints": ledgers.points,
}
"""The operations that are built; every other one of the contract is in ``unbuilt.txt`` and answers 501."""
