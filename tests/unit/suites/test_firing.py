"""A session that shows an effect is made of a fresh customer, a full cart, and what was seen to bring it about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from strategies.firing import session_for
from talonproof.config import RunOptions
from talonproof.contract.contract import Contract
from talonproof.contract.requirements import read_requirements
from talonproof.requirement import catalogue
from talonproof.run.bench import Bench
from talonproof.run.case import Case
from talonproof.run.effects import Fired, Seen
from talonproof.run.plan import Row, Spec
from talonproof.target import Bindings, Footprint, Keys, Target
from talonproof.workspace import find_workspace

LINE = {"sku": "extra", "quantity": 1, "price": 1}
SEEN = Seen(
    {
        "setDiscount": (Fired("a", {"attributes": {"mark": "discount"}}), Fired("b")),
        "addFreeItem": (Fired("c", {"cartItems": [LINE], "attributes": {"gift": "yes"}}),),
    }
)


@pytest.fixture
def case(contract: Contract, tmp_path: Path) -> Iterator[Case]:
    """A case that builds on both effects."""
    bench = Bench.open(
        RunOptions(run="unit", seed=1),
        Target(url="http://127.0.0.1:1", allowed_host="127.0.0.1", bindings=Bindings(additional_cost="shipping")),
        Keys("canary-key"),
        contract,
        catalogue("2025-01", read_requirements(find_workspace().requirements)),
        folder=tmp_path,
        worker="w",
        workers=1,
        transport=httpx.MockTransport(lambda _: httpx.Response(200)),
        seen=SEEN,
    )
    spec = Spec("s/t.py::t", "t", "", ("SES-045",), Footprint.CREATE, 1, effects=("setDiscount", "addFreeItem"))
    yield bench.case(Row(spec, 1, 1))
    bench.close()


def test_a_session_without_labels_is_plain(case: Case) -> None:
    """A fresh customer each time, two lines, and the additional cost that is bound."""
    first, second = session_for(case), session_for(case)

    assert first["profileId"] != second["profileId"]
    assert 2 == len(first["cartItems"])
    assert {"shipping"} == set(first["additionalCosts"])
    assert "attributes" not in first


def test_what_brought_effects_about_is_added(case: Case) -> None:
    """Of the first trigger of each label, and then what the case wants itself."""
    session = session_for(case, "setDiscount", "addFreeItem", profile="somebody", state="closed")

    assert ("somebody", "closed") == (session["profileId"], session["state"])
    assert {"mark": "discount", "gift": "yes"} == session["attributes"]
    assert LINE == session["cartItems"][2]
