"""What a target file may say, a row a key. Parser, schema, the file of ``target init`` and the recipe come from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from talonproof.target.values import RETURN_POLICIES, Footprint

LARGEST: Final = 1e9
"""More seconds, requests a second or money than anybody means; TOML has ``inf`` and integers of any length."""

VARIABLE: Final = "[A-Z_][A-Z0-9_]*"
"""The name of an environment variable."""

KEY_ROLES: Final = ("expired", "other_application", "test")
"""The keys that a target may have besides the live one."""


class Kind(Enum):
    """What stands behind a key."""

    TEXT = "a string"
    WHOLE = "an integer"
    COUNT = "an integer above 0"
    NUMBER = "a number"
    SPAN = "a number of seconds"
    TEXTS = "a list of strings"
    VARIABLE = "an environment variable"
    FOOTPRINT = "a footprint"
    POLICY = "a return policy"
    HEADERS = "strings by name"


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table. ``what`` says what it is, ``example`` is its value as TOML, ``how`` tells who provides it.

    ``how`` is for an administrator of the account, who makes in the Campaign Manager what a binding names; it is empty
    where nobody has to make anything.
    """

    table: str
    name: str
    kind: Kind
    what: str
    example: str
    how: str = ""

    @property
    def optional(self) -> bool:
        """Whether the empty string says the same as leaving the key out."""
        return self.table == "bindings"

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of its value."""
        shape: dict[str, Any]
        match self.kind:
            case Kind.TEXT:
                shape = {"type": "string"}
            case Kind.WHOLE:
                shape = {"type": "integer"}
            case Kind.COUNT:
                shape = {"type": "integer", "minimum": 1}
            case Kind.NUMBER:
                shape = {"type": "number", "minimum": 0, "maximum": LARGEST}
            case Kind.SPAN:
                shape = {"type": "number", "exclusiveMinimum": 0, "maximum": LARGEST}
            case Kind.TEXTS:
                shape = {"type": "array", "items": {"type": "string"}}
            case Kind.VARIABLE:
                shape = {"type": "string", "pattern": f"^({VARIABLE})?$" if self.optional else f"^{VARIABLE}$"}
            case Kind.FOOTPRINT:
                shape = {"enum": [footprint.label for footprint in Footprint]}
            case Kind.POLICY:
                shape = {"enum": ["", *RETURN_POLICIES]}
            case Kind.HEADERS:
                shape = {"type": "object", "additionalProperties": {"type": "string"}}
        return {"description": self.what, **shape}


def _campaign(rule: str) -> str:
    return f"In the Application of the key, make a campaign that is active: {rule}"


_COUPONS: Final = "make a coupon campaign whose one rule accepts the coupon, and import the coupons of the CSV"

KEYS: Final = (
    # the server
    Key("target", "name", Kind.TEXT, "What reports call it.", '"staging"'),
    Key(
        "target",
        "url",
        Kind.TEXT,
        "Its address; the path of an operation is appended.",
        '"https://yourbaseurl.example"',
    ),
    Key("target", "allowed_host", Kind.TEXT, "The one host that is ever spoken to.", '"yourbaseurl.example"'),
    Key("target", "key_env", Kind.VARIABLE, "The environment variable that holds its API key.", '"TALONPROOF_API_KEY"'),
    Key("target", "edition", Kind.TEXT, "The edition of the API it follows; auto: it is looked for.", '"auto"'),
    Key("target", "settle", Kind.NUMBER, "Seconds until a write can be read back.", "2.0"),
    Key(
        "target",
        "latency",
        Kind.NUMBER,
        "Seconds that an answer usually takes: plan says by it how long a run lasts.",
        "0.15",
    ),
    Key("target", "unbuilt", Kind.TEXTS, "Operations that it is known not to have.", "[]"),
    Key(
        "target",
        "redact",
        Kind.TEXTS,
        "Attributes of people: their values reach neither journals nor reports.",
        '["email"]',
    ),
    Key("target", "proxy", Kind.TEXT, "The address of the proxy on the way to it.", '"http://proxy.example:3128"'),
    Key(
        "target",
        "headers",
        Kind.HEADERS,
        "Headers that each request has besides ours; never Authorization.",
        '{ "x-gate" = "${GATE_TOKEN}" }',
    ),
    # TLS
    Key("tls", "ca_file", Kind.TEXT, "Certificates in PEM to be trusted instead of the system's.", '"staging-ca.pem"'),
    Key("tls", "client_certificate", Kind.TEXT, "A certificate of ours in PEM, where it asks for one.", '"client.pem"'),
    Key(
        "tls", "client_key", Kind.TEXT, "The key of that certificate, where it is in a file of its own.", '"client.key"'
    ),
    # what a run may do
    Key(
        "limits",
        "max_footprint",
        Kind.FOOTPRINT,
        "The most a call may do: read < dry < create < consume < destructive.",
        '"dry"',
    ),
    Key("limits", "rate", Kind.NUMBER, "Requests a second, all workers together; 0: no limit.", "10"),
    Key("limits", "in_flight", Kind.COUNT, "Requests that may be under way at once: no more workers than this.", "2"),
    Key(
        "limits",
        "parallel",
        Kind.COUNT,
        "Updates of one thing that may be sent at the same time, by cases about just that; 1, the default: none.",
        "8",
    ),
    Key("limits", "requests", Kind.COUNT, "The most requests that a plan may hold.", "3000"),
    Key(
        "limits",
        "seconds",
        Kind.NUMBER,
        "Seconds that a run may take, as --budget, which goes before; 0: no limit.",
        "600",
    ),
    Key("limits", "connect_timeout", Kind.SPAN, "Seconds to wait for a connection.", "5.0"),
    Key("limits", "read_timeout", Kind.SPAN, "Seconds to wait for each piece of an answer.", "30.0"),
    Key("limits", "total_timeout", Kind.SPAN, "Seconds that an answer may take, to its last byte.", "120.0"),
    # what is known not to be judged
    Key(
        "expect",
        "unsupported",
        Kind.TEXTS,
        "Requirements that are expected not to be judged here, with * for many.",
        '["REO-*"]',
    ),
    # what is there
    Key(
        "bindings",
        "profile_program",
        Kind.WHOLE,
        "The id of a loyalty program of profiles.",
        "1",
        "Make a loyalty program that is profile-based, with at least one subledger, and connect it to the Application.",
    ),
    Key(
        "bindings",
        "subledger",
        Kind.TEXT,
        "A subledger of that program in which populated_profile has points.",
        '"gold"',
        "Add points to populated_profile in this subledger.",
    ),
    Key(
        "bindings",
        "populated_profile",
        Kind.TEXT,
        "A profile with transactions and points of every status.",
        '"loyal-customer"',
        "Give a test profile at least 60 transactions in profile_program: active, pending, expired and spent points.",
    ),
    Key(
        "bindings",
        "return_policy",
        Kind.POLICY,
        "What that program takes back when a session is cancelled, returned or reopened.",
        '"only_pending"',
        "It is the return policy of profile_program.",
    ),
    Key(
        "bindings",
        "tier_program",
        Kind.WHOLE,
        "The id of a program of profiles that has tiers, in which populated_profile has points.",
        "3",
        "Make a loyalty program that is profile-based, with tiers and another return policy than profile_program, and "
        "connect it to the Application; give populated_profile points in it.",
    ),
    Key(
        "bindings",
        "tier_return_policy",
        Kind.POLICY,
        "The same of that program.",
        '"within_balance"',
        "It is the return policy of tier_program.",
    ),
    Key(
        "bindings",
        "card_program",
        Kind.WHOLE,
        "The id of a loyalty program of cards.",
        "2",
        "Make a loyalty program that is card-based, with a limit above 0 of profiles a card, and connect it.",
    ),
    Key(
        "bindings",
        "users_per_card_limit",
        Kind.WHOLE,
        "How many profiles a card of that program may have.",
        "3",
        "It is the setting of card_program.",
    ),
    Key(
        "bindings",
        "populated_card",
        Kind.TEXT,
        "A card with transactions and points of every status.",
        '"loyal-card"',
        "Give a test card at least 60 transactions in card_program: active, pending, expired and spent points.",
    ),
    Key(
        "bindings",
        "catalog",
        Kind.WHOLE,
        "The id of a cart item catalog that the Application uses.",
        "1",
        "Make a cart item catalog with the two attributes below, and connect it to the Application.",
    ),
    Key(
        "bindings",
        "catalog_sku",
        Kind.TEXT,
        "An item of that catalog.",
        '"mug"',
        "Add an item with a price to the catalog.",
    ),
    Key(
        "bindings", "catalog_price", Kind.NUMBER, "The price of that item.", "12.50", "It is the price of catalog_sku."
    ),
    Key(
        "bindings",
        "catalog_attribute",
        Kind.TEXT,
        "A text attribute of cart items by which its items can be filtered.",
        '"material"',
        "Make a cart item attribute of type string, and connect it to the catalog.",
    ),
    Key(
        "bindings",
        "catalog_number_attribute",
        Kind.TEXT,
        "A number attribute of cart items likewise.",
        '"size"',
        "Make a cart item attribute of type number, and connect it to the catalog.",
    ),
    Key(
        "bindings",
        "spare_catalog",
        Kind.WHOLE,
        "A catalog for the run alone, of the Application of other_application_key.",
        "2",
        "Make an empty catalog, connect it to the second Application, and list spare_catalog in disposable.",
    ),
    Key(
        "bindings",
        "referral_campaign",
        Kind.WHOLE,
        "The id of a campaign with referrals.",
        "3",
        _campaign("with the feature Referrals switched on, and one rule that accepts the referral."),
    ),
    Key(
        "bindings",
        "event_type",
        Kind.TEXT,
        "A custom event type.",
        '"tp_signed_up"',
        "Make a custom event; no campaign should react to it.",
    ),
    Key(
        "bindings",
        "profile_attribute",
        Kind.TEXT,
        "A text attribute of profiles.",
        '"nickname"',
        "Make a customer profile attribute of type string.",
    ),
    Key(
        "bindings",
        "session_attribute",
        Kind.TEXT,
        "A text attribute of sessions.",
        '"channel"',
        "Make a customer session attribute of type string.",
    ),
    Key(
        "bindings",
        "number_attribute",
        Kind.TEXT,
        "A number attribute of sessions.",
        '"distance"',
        "Make a customer session attribute of type number.",
    ),
    Key(
        "bindings",
        "item_attribute",
        Kind.TEXT,
        "A text attribute of cart items.",
        '"material"',
        "Make a cart item attribute of type string.",
    ),
    Key(
        "bindings",
        "event_attribute",
        Kind.TEXT,
        "A text attribute of that event.",
        '"source"',
        "Make an event attribute of type string.",
    ),
    Key(
        "bindings",
        "additional_cost",
        Kind.TEXT,
        "The API name of an additional cost.",
        '"shipping"',
        "Make an additional cost of type session.",
    ),
    Key(
        "bindings",
        "second_additional_cost",
        Kind.TEXT,
        "Another one.",
        '"gift_wrap"',
        "Make a second additional cost of type session.",
    ),
    Key(
        "bindings",
        "store",
        Kind.TEXT,
        "The integration id of a store.",
        '"store-1"',
        "Make a store in the Application.",
    ),
    Key(
        "bindings",
        "audience",
        Kind.WHOLE,
        "The id of an audience.",
        "1",
        "Make an audience; no campaign should react to it.",
    ),
    Key(
        "bindings",
        "audience_integration",
        Kind.TEXT,
        "The platform that audiences may come from.",
        '"mparticle"',
        "Enable an integration with a platform of audiences.",
    ),
    Key(
        "bindings",
        "soft_coupon",
        Kind.TEXT,
        "A coupon whose reservation is not mandatory.",
        '"TP-SOFT"',
        _campaign(f"{_COUPONS}."),
    ),
    Key(
        "bindings",
        "mandatory_coupon",
        Kind.TEXT,
        "A coupon whose reservation is mandatory.",
        '"TP-MANDATORY"',
        _campaign("with a coupon whose reservation is mandatory."),
    ),
    Key(
        "bindings",
        "visible_coupon",
        Kind.TEXT,
        "A coupon that every customer has without asking.",
        '"TP-VISIBLE"',
        _campaign("with a coupon that is reserved for every customer implicitly."),
    ),
    Key(
        "bindings",
        "limited_coupon",
        Kind.TEXT,
        "A coupon with a reservation limit of at most 10.",
        '"TP-LIMITED"',
        _campaign("with a coupon whose reservation limit is 10 or less."),
    ),
    Key(
        "bindings",
        "recipient_coupon",
        Kind.TEXT,
        "A coupon for one recipient only.",
        '"TP-RECIPIENT"',
        _campaign("with a coupon for the recipient tp-recipient."),
    ),
    Key(
        "bindings",
        "open_session",
        Kind.TEXT,
        "A session that is open, and stays so.",
        '"an-open-session"',
        "Make a session that nobody closes; talonproof reads it, and runs it dry.",
    ),
    Key(
        "bindings",
        "closed_session",
        Kind.TEXT,
        "A session that is closed, and stays so.",
        '"a-closed-session"',
        "Close a session that nobody returns or cancels; talonproof reads it, and runs it dry.",
    ),
    Key(
        "bindings",
        "session_profile",
        Kind.TEXT,
        "The profile of those two sessions.",
        '"a-shopper"',
        "Name it in both sessions.",
    ),
    Key("bindings", "disposable", Kind.TEXTS, "Bindings that a run may change or empty.", '["spare_catalog"]'),
    *(
        Key(
            "bindings",
            f"{role}_key_env",
            Kind.VARIABLE,
            f"The environment variable that holds {what}.",
            f'"TALONPROOF_{role.upper()}_KEY"',
            how,
        )
        for role, what, how in (
            (
                "expired",
                "a key that has expired",
                "Make an API key for the Application that expires within a day, and wait.",
            ),
            ("other_application", "a key of a second Application", "Make a second Application, and an API key for it."),
            ("test", "a test key", "Make an API key for the Application of the kind with which everything is dry."),
        )
    ),
    # the pool
    Key(
        "pools",
        "coupons",
        Kind.TEXTS,
        "Coupons for the run alone, each leased by one case at a time.",
        '["TP-POOL-1", "TP-POOL-2"]',
        _campaign(f"{_COUPONS}; nobody else uses these."),
    ),
    Key(
        "pools",
        "mandatory_coupons",
        Kind.TEXTS,
        "The same, of coupons whose reservation is mandatory.",
        '["TP-MANDATORY-2", "TP-MANDATORY-3"]',
        _campaign("with coupons whose reservation is mandatory; nobody else uses these."),
    ),
    Key(
        "pools",
        "single_use_coupons",
        Kind.TEXTS,
        "The same, of coupons that can be redeemed once; a case that redeems one gives it back by cancelling.",
        '["TP-ONCE-1", "TP-ONCE-2"]',
        _campaign(f"{_COUPONS}, with a usage limit of 1; nobody else uses these."),
    ),
    Key(
        "pools",
        "coupons_file",
        Kind.TEXT,
        "The same and those of the kinds above, from a CSV with columns value and kind.",
        '"coupons.csv"',
    ),
)
"""All that a file may say, in the order of the file."""
