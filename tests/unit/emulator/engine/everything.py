"""A world that says everything a world file can say about campaigns, and clients of it."""

from __future__ import annotations

from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.emulator.app import Emulator
from talonproof.emulator.instant import FixedClock
from talonproof.emulator.world_file import parse_world
from tests.unit.emulator.conftest import NOW, Client

EVERYTHING = """
account: 9
applications:
  - {id: 1, name: One, catalog: 5}
  - {id: 2, name: Two, codes: insensitive-uppercase}
keys: [{key: live, application: 1}, {key: other, application: 2}, {key: dry, application: 1, test: true, expires: P9D}]
attributes:
  profile: {level: string, since: time, tags: (list string)}
  session: {mark: string, number: number}
  item: {colour: string, size: number}
  event: {mark: string}
  referral: {note: string}
event_types: [signed_up]
additional_costs: [shipping, wrap]
stores: [store-1, store-2]
integrations: [partner]
catalogs:
  - id: 5
    name: Things
    description: What there is.
    items: [{sku: cup, price: 12.50, product: Cup, attributes: {colour: red, size: 3}}]
audiences: [{id: 1, name: Readers}, {id: 2, name: Buyers, integration: partner, integration_id: b}]
programs:
  - {id: 1, name: points, title: Points, kind: profile, return_policy: within_balance,
     tiers: [{id: 1, name: Low, points: 10}, {id: 2, name: High, points: 100}], tiers_last: P90D, downgrade: one_down}
  - {id: 2, name: cards, title: Cards, kind: card, users_per_card_limit: 2, card_pattern: C-########}
giveaway_pools:
  - {id: 1, name: gifts, codes: [GIFT-1, GIFT-2], starts: -P1D, expires: P9D}
  - {id: 2, name: more, pattern: GIFT-######}
achievements:
  - {id: 1, campaign: 3, name: orders, title: Orders, description: Order, target: 2, lasts: P9D,
     recurrence: on_expiration}
profiles:
  - {integration_id: rich, created: -P90D, last_activity: -P1D, attributes: {level: gold, tags: [a, b]}, audiences: [2]}
cards:
  - {program: 2, identifier: card-1, created: -P90D, status: active, profiles: [rich]}
  - {program: 2, identifier: card-2, created: -P90D, status: inactive}
ledgers:
  - program: 1
    owner: rich
    entries:
      - {repeat: 2, type: addition, origin: manual, subledger: "", points: 20, created: -P9D, step: P1D, starts: -P9D,
         expires: null, name: Given}
campaigns:
  - id: 1
    name: Codes
    features: [coupons]
    applications: [1, 2]
    state: enabled
    starts: -P100D
    ends: P100D
    limits:
      - {action: redeemCoupon, limit: 2, entities: [Profile, Coupon], period: overall}
      - {action: redeemCoupon, limit: 1000}
    rules:
      - name: With a code
        when: [{coupon: valid}, {not: {attribute: session.mark, is: never}}]
        then: [acceptCoupon, {setDiscount: {name: Code, value: 5, scope: cartItems}}]
  - id: 2
    name: Friends
    features: [referrals]
    rules:
      - name: With a friend
        when: [{referral: valid}, {attribute: session.mark, is_not: never}]
        then: [acceptReferral]
  - id: 3
    name: Marks
    rules:
      - {name: third, when: [&third {attribute: session.mark, is: third}], then: [
          {setDiscount: {name: Third, percent: 33.3}},
          {setDiscount: {name: Third more, percent: 50, scope: additionalCosts}}]}
      - {name: each, when: [{attribute: session.mark, in: [each, both]}], then: [
          {setDiscountPerItem: {name: Each, value: 4, items: {
            sku: cup, attributes: {colour: red, size: {at_least: 2}}}}},
          {setDiscountPerItem: {name: All, percent: 10}}]}
      - {name: costs, when: [{attribute: session.mark, in: [costs, both]}], then: [
          {setDiscountPerAdditionalCost: {name: Shipping, cost: shipping, value: 7}},
          {setDiscountPerAdditionalCostPerItem: {name: Wrap, cost: wrap, percent: 50, items: {product: [Cup, Mug]}}}]}
      - {name: points, when: [{attribute: session.mark, is: points}], then: [
          {addLoyaltyPoints: {name: Some, program: 1, subledger: blue, percent: 10, starts: P1D, expires: P9D}},
          {addLoyaltyPoints: {name: Each, program: 1, value: 2, items: {category: [tea, coffee]}}}]}
      - {name: card, when: [{attribute: session.mark, is: card}], then: [
          {addLoyaltyPoints: {name: Card, program: 2, value: 1}}]}
      - {name: spend, when: [{attribute: session.mark, is: spend}], then: [
          {deductLoyaltyPoints: {name: Spent, program: 1, subledger: "", value: 30}}]}
      - {name: rewards, when: [{attribute: session.mark, is: rewards}], then: [
          {addFreeItem: {name: Free, sku: cup}}, {awardGiveaway: {pool: 1}},
          {couponCreated: {campaign: 1, pattern: "NEW-######", usage_limit: 3, starts: P1D, expires: P9D}},
          {referralCreated: {campaign: 2, pattern: "REF-######", usage_limit: 0, starts: P1D, expires: P9D}},
          {reserveCoupon: {coupon: SOFT-1}}, {increaseAchievementProgress: {achievement: 1, delta: 1.5}}]}
      - {name: notices, when: [{attribute: session.mark, is: notices}], then: [
          {showNotification: {type: Offer, title: Hear, body: Look}}, {triggerWebhook: {id: 1, name: hook}},
          {updateAttribute: {attribute: profile.level, value: silver}},
          {updateAttribute: {attribute: item.colour, value: green, items: {sku: [cup, mug]}}},
          {addToAudience: {audience: 1}}, {removeFromAudience: {audience: 2}},
          {customEffect: {id: 7, name: own, payload: {a: [1]}}}, {customEffect: {id: 8, name: each, items: {}}}]}
      - {name: conditions, when: [
          {attribute: profile.since, at_most: "2020-01-01T00:00:00Z"}, {attribute: profile.tags, has: a},
          {total: {at_least: 1, at_most: 100}}, {items: {category: tea, quantity: {at_least: 2}}}, {audience: 2},
          {first_session: true}, {closing: false}, {store: [store-1, store-2]}, {identifier: device-1},
          {tier: {program: 1, in: [Low, High], subledger: ""}}, {attribute: item.size, at_least: 1},
          {any: [{event: [signed_up, talon_session_created]}, {attribute: event.mark, is: x}]}, *third], then: [
          {showNotification: {type: Misc, title: All of it, body: holds}}]}
  - id: 4
    name: Ten for each
    limits: [{action: setDiscount, limit: 10, entities: [Profile], period: daily}]
    rules: [{name: ten, when: [{attribute: session.mark, is: budget}], then: [
      {setDiscount: {name: Ten, value: 6}}, {showNotification: {type: Info, title: Ten, body: for each}}]}]
  - {id: 5, name: Later, starts: P7D, ends: P30D, rules: &hello [{name: hello, when: [{event: talon_session_created}],
     then: [{showNotification: {type: Info, title: Hello, body: there}}]}]}
  - {id: 6, name: Off, state: disabled, rules: [{name: off, then: [{triggerWebhook: {id: 2, name: off}}]}]}
  - {id: 7, name: Past, state: archived, rules: *hello}
  - {id: 8, name: Elsewhere, applications: [2], rules: *hello}
  - {id: 9, name: Events, rules: [{name: welcome, when: [{event: signed_up}, {attribute: event.mark, is: x}], then: [
      {addLoyaltyPoints: {name: Welcome, program: 1, value: 3}}]}]}
  - {id: 10, name: No rules}
coupons:
  - {value: CODE-1, campaign: 1}
  - {value: CODE-2, campaign: 1}
  - {value: ONCE-1, campaign: 1, usage_limit: 1}
  - {value: SOFT-1, campaign: 1, reservation_limit: 5, reservation: soft}
  - {value: HARD-1, campaign: 1, reservation: mandatory}
  - {value: MINE-1, campaign: 1, recipient: rich}
  - {value: PAST-1, campaign: 1, expires: -P1D}
  - {value: NEXT-1, campaign: 1, starts: P1D}
  - {value: IDLE-1, campaign: 10}
  - {value: GONE-1, campaign: 6}
  - {value: FAR-1, campaign: 8}
sessions:
  - {integration_id: ready, application: 1, created: -P1D, body: {customerSession: {profileId: rich}}}
"""


def client_of(contract: Contract, validators: Validators) -> Client:
    """A client of a fresh emulator of that world."""
    clock = FixedClock(NOW)
    emulator = Emulator(parse_world(EVERYTHING, "everything"), contract, clock=clock, validators=validators)
    return Client(emulator, validators, clock)
