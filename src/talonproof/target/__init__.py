"""The target under test: what it is (``values``), what its file may say (``table``), and reading that file."""

from talonproof.target.reading import checked_url, parse_target
from talonproof.target.values import (
    DEDUCTING,
    KEY_VARIABLE,
    POOLS,
    RETURN_POLICIES,
    Bindings,
    Footprint,
    Keys,
    Limits,
    Target,
    Trigger,
    Way,
    is_loopback,
)

__all__ = [
    "DEDUCTING",
    "KEY_VARIABLE",
    "POOLS",
    "RETURN_POLICIES",
    "Bindings",
    "Footprint",
    "Keys",
    "Limits",
    "Target",
    "Trigger",
    "Way",
    "checked_url",
    "is_loopback",
    "parse_target",
]
