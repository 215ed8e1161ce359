"""The formats that are asserted, each by one function that both validators call.

Left to themselves ``jsonschema`` accepts a date-time that ends in a newline and refuses leap seconds, and
``jsonschema-rs`` judges formats that ``jsonschema`` ignores. A format that is not named here is not asserted.
"""

from __future__ import annotations

import calendar
import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Final

_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME: Final = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))")
_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_date_time(text: str) -> bool:
    """RFC 3339, section 5.6: a zone is required, ``t`` and ``z`` may be lower case, a space is no separator.

    A second of 60 is a leap second where the time is 23:59 in UTC, whatever the date (tables of them grow).
    """
    return len(text) > 10 and text[10] in "Tt" and is_date(text[:10]) and is_time(text[11:])


def is_date(text: str) -> bool:
    """A full-date of RFC 3339: a day of the calendar."""
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    year, month, day = map(int, found.groups())
    return 1 <= month <= 12 and 1 <= day <= _days(year, month)


def is_time(text: str) -> bool:
    """A full-time of RFC 3339, with its zone."""
    found = _TIME.fullmatch(text)
    if found is None:
        return False
    hour, minute, second = int(found[1]), int(found[2]), int(found[3])
    ahead = 0
    if found[4]:
        hours, minutes = int(found[5]), int(found[6])
        if hours > 23 or minutes > 59:
            return False
        ahead = (hours * 60 + minutes) * (1 if found[4] == "+" else -1)
    if hour > 23 or minute > 59 or second > 60:
        return False
    return second < 60 or (hour * 60 + minute - ahead) % 1440 == 1439


def is_uuid(text: str) -> bool:
    """RFC 4122, with its hyphens, of any version."""
    return _UUID.fullmatch(text) is not None


def is_ipv4(text: str) -> bool:
    """Four numbers with dots, without leading zeros."""
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def is_ipv6(text: str) -> bool:
    """RFC 4291, without a zone."""
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text


ASSERTED: Final[Mapping[str, Callable[[str], bool]]] = {
    "date-time": is_date_time,
    "date": is_date,
    "time": is_time,
    "uuid": is_uuid,
    "ipv4": is_ipv4,
    "ipv6": is_ipv6,
}


def _days(year: int, month: int) -> int:
    return 29 if month == 2 and calendar.isleap(year) else _DAYS[month - 1]
