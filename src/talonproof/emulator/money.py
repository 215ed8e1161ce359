"""Amounts are decimals: what was sent is what is added up, to the digit."""

from __future__ import annotations

from decimal import Decimal

from talonproof.emulator.refusal import bad_body

LARGEST = 10**12
"""Sums of a full cart of such prices still are exact to the cent as JSON numbers of double precision."""


def within(sent: float, pointer: str, rest: str = "") -> None:
    """Raises Refusal for a price beyond LARGEST; it stands at the pointer with the rest put to it."""
    if abs(sent) > LARGEST:
        raise bad_body(pointer + rest, "Out of range", f"An amount must not be beyond {LARGEST}.")


def amount(sent: float, pointer: str) -> Decimal:
    """The decimal of a price as it was written; Refusal beyond LARGEST."""
    within(sent, pointer)
    return Decimal(str(sent))


def number(value: Decimal) -> int | float:
    """The decimal as a JSON number: whole ones without a fraction."""
    return int(value) if value == value.to_integral_value() else float(value)
