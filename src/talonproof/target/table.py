"""The keys of a target file by their tables, and the JSON Schema that says the same to an editor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from talonproof.target.keys import KEYS, Key
from talonproof.target.triggers import LIST, list_schema

TABLES: Final[Mapping[str, str]] = {
    "target": "the server under test",
    "tls": "how it proves who it is, and how we do",
    "limits": "what a run may do to it",
    "expect": "what is known not to be judged here",
    "bindings": "what it holds already; what is left out makes cases UNSUPPORTED, never green",
    "pools": "coupons that nobody but the run uses",
}

REQUIRED: Final = {"target": ("url",)}

POOLED_KINDS: Final[Mapping[str, str]] = {
    "pool": "coupons",
    "mandatory": "mandatory_coupons",
    "once": "single_use_coupons",
}
"""Those of the kinds below of which there are pools. The first one that is mandatory is bound by itself."""

COUPON_KINDS: Final[Mapping[str, str]] = {
    "pool": "coupons",
    "soft": "soft_coupon",
    "mandatory": "mandatory_coupon",
    "visible": "visible_coupon",
    "limited": "limited_coupon",
    "recipient": "recipient_coupon",
    "once": "single_use_coupons",
}
"""The words of the column ``kind`` in the file of coupons, and the binding that each fills."""


def keys_of(table: str) -> Mapping[str, Key]:
    """The keys of a table, by name."""
    return {key.name: key for key in KEYS if key.table == table}


def provided_by(name: str) -> str:
    """How an administrator provides a binding or a key of a role; empty where there is nothing to make."""
    keys = {key.name.removesuffix("_env"): key for key in KEYS}
    return keys[name].how if name in keys else ""


def schema() -> dict[str, Any]:
    """The JSON Schema of a target file, read as TOML. Limits across keys (the host of the url) are not in it."""
    tables = {
        table: {
            "description": what[:1].upper() + what[1:] + ".",
            "type": "object",
            "properties": {name: key.schema() for name, key in keys_of(table).items()},
            **({"required": list(REQUIRED[table])} if table in REQUIRED else {}),
            "additionalProperties": False,
        }
        for table, what in TABLES.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A target file of talonproof",
        "description": "What stands in TOML. Strings may hold ${NAME}, the value of an environment variable.",
        "type": "object",
        "properties": {**tables, LIST: list_schema()},
        "required": ["target"],
        "additionalProperties": False,
    }
