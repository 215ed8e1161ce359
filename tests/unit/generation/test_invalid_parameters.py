"""Invalid arguments of operations, as raw text."""

from __future__ import annotations

import re

import pytest

from talonproof.contract.contract import Contract
from talonproof.generation.parameters import invalid_parameters


@pytest.mark.parametrize(
    ("operation", "name", "raws"),
    [
        ("getLoyaltyCardPoints", "pageSize", {"abc": "type", "1.5": "type", "0": "minimum", "51": "maximum"}),
        ("getLoyaltyCardPoints", "status", {"talonproof-no-such-value": "enum"}),
        ("getLoyaltyCardPoints", "loyaltyCardId", {"a" * 109: "maxLength"}),
        ("getLoyaltyCardPoints", "subledgerId", {}),
        ("getCustomerInventory", "profile", {"maybe": "type"}),
        ("deleteAudienceV2", "audienceId", {"abc": "type"}),
    ],
)
def test_what_breaks_a_parameter(contract: Contract, operation: str, name: str, raws: dict[str, str]) -> None:
    """One value for each constraint that the parameter has."""
    found = {p.raw: p.keyword for p in invalid_parameters(contract.operation(operation)) if p.name == name}

    assert found == raws


def test_a_bare_date_is_never_invalid(contract: Contract) -> None:
    """Malformed date-times are tried, and no date without a time."""
    found = [p for o in contract.operations.values() for p in invalid_parameters(o) if p.keyword == "format"]

    assert found
    assert not any(re.fullmatch(r"\d{4}-\d\d-\d\d", p.raw) for p in found)


def test_no_value_is_empty_and_every_label_is_its_own(contract: Contract) -> None:
    """A path cannot hold an empty value; labels can serve as ids."""
    for operation in contract.operations.values():
        found = list(invalid_parameters(operation))

        assert all(p.raw for p in found)
        assert len({p.label for p in found}) == len(found)


def test_no_path_names_something_that_could_exist(contract: Contract) -> None:
    """A number in place of an id, in whatever spelling, could be somebody's."""
    found = [p for o in contract.operations.values() for p in invalid_parameters(o) if p.location == "path"]

    assert not any(character.isdigit() for p in found for character in p.raw)
