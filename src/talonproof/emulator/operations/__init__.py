"""Operations by resource: one function each, from a call to a reply, in the transaction of the call."""

from __future__ import annotations

from collections.abc import Mapping

from talonproof.emulator.call import Handler
from talonproof.emulator.operations import (
    audiences,
    cards,
    catalogs,
    coupons,
    customers,
    events,
    ledgers,
    referrals,
    returns,
    sessions,
)

HANDLERS: Mapping[str, Handler] = {
    "getCustomerSession": sessions.get,
    "updateCustomerSessionV2": sessions.update,
    "returnCartItems": returns.give_back,
    "reopenCustomerSession": returns.reopen,
    "updateCustomerProfileV2": customers.update,
    "updateCustomerProfilesV2": customers.update_many,
    "getCustomerInventory": customers.inventory,
    "deleteCustomerData": customers.erase,
    "createAudienceV2": audiences.create,
    "updateAudienceV2": audiences.rename,
    "deleteAudienceV2": audiences.delete,
    "deleteAudienceMembershipsV2": audiences.empty,
    "updateCustomerProfileAudiences": audiences.change_members,
    "updateAudienceCustomersAttributes": audiences.update_members,
    "createCouponReservation": coupons.reserve,
    "deleteCouponReservation": coupons.release,
    "getReservedCustomers": coupons.holders,
    "createReferral": referrals.create,
    "createReferralsForMultipleAdvocates": referrals.create_many,
    "trackEventV2": events.track,
    "generateLoyaltyCard": cards.generate,
    "linkLoyaltyCardToProfile": cards.link,
    "getLoyaltyBalances": ledgers.balances,
    "getLoyaltyCardBalances": ledgers.balances,
    "getLoyaltyProgramProfileTransactions": ledgers.transactions,
    "getLoyaltyCardTransactions": ledgers.transactions,
    "getLoyaltyProgramProfilePoints": ledgers.points,
    "getLoyaltyCardPoints": ledgers.points,
    "syncCatalog": catalogs.sync,
}
"""The operations that are built; every other one of the contract is in ``unbuilt.txt`` and answers 501."""
