"""docs/emulator.md says what the emulator takes: its example works, and its tables leave nothing out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from talonproof.cli.emulate import command
from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.emulator import world_file
from talonproof.emulator.app import Emulator
from talonproof.emulator.engine.campaign import ACTIONS, ENTITIES, PERIODS
from talonproof.emulator.json_text import encode
from talonproof.emulator.message import Request
from talonproof.emulator.world_conditions import BUILT_IN_EVENTS, COMPARISONS, CONDITIONS
from talonproof.emulator.world_effects import EFFECTS
from talonproof.emulator.world_file import parse_world
from talonproof.workspace import find_workspace

PAGE = (find_workspace().root / "docs" / "emulator.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The examples of the page in a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def rows(heading: str) -> str:
    """The first cells of the rows of the table whose head begins so."""
    lines = PAGE[PAGE.index(f"| {heading} |") :].split("\n\n", 1)[0].splitlines()
    return "\n".join(line.split(" | ")[0] for line in lines[2:])


def test_the_world_of_the_page_works(contract: Contract, validators: Validators) -> None:
    """It is read without an error, and an order on it is discounted by the code and earns a star for each cup."""
    (text,) = blocks("yaml")
    emulator = Emulator(parse_world(text, "docs"), contract, validators=validators)
    cart = [{"sku": "cup", "name": "Cup", "quantity": 3, "price": 10, "attributes": {"colour": "red"}}]
    body: dict[str, Any] = {
        "customerSession": {"profileId": "anna", "state": "closed", "couponCodes": ["SPRING-1"], "cartItems": cart}
    }
    request = Request("PUT", "/v2/customer_sessions/order-1", {"authorization": "ApiKey-v1 shop-key"}, encode(body))

    effects = emulator.handle(request).document()["effects"]

    found = [(effect["effectType"], effect["props"]["value"]) for effect in effects]
    points = [("addLoyaltyPoints", 1)] * 3
    assert [("acceptCoupon", "SPRING-1"), ("setDiscount", 3), *points] == found
    emulator.close()


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("option", [option.opts[0] for option in command.params if option.name != "help"]),
        ("table", list(world_file._TABLES)),
        ("condition", list(CONDITIONS)),
        ("effect", list(EFFECTS)),
    ],
)
def test_a_table_leaves_nothing_out(heading: str, words: list[str]) -> None:
    """Whatever the emulator takes has a row, and no row speaks of what it does not take."""
    named = set(re.findall(r"[\w-]+", " ".join(re.findall(r"`([^`]+)`", rows(heading)))))

    assert [] == [word for word in words if word not in named]
    if heading in {"option", "table"}:
        first = [re.match(r"\| `([\w-]+)", line) for line in rows(heading).splitlines()]
        assert [] == [found[1] for found in first if found and found[1] not in words]


@pytest.mark.parametrize("words", [COMPARISONS, ACTIONS, ENTITIES, PERIODS, BUILT_IN_EVENTS])
def test_every_word_of_a_rule_is_named(words: Any) -> None:
    """Comparisons, actions, entities, periods and events."""
    prose = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
    named = set(re.findall(r"[\w-]+", " ".join(re.findall(r"`([^`]+)`", prose))))

    assert [] == [word for word in words if word not in named]


def test_the_python_of_the_page_runs(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The in-process example makes a client that is answered."""
    (tmp_path / "shop.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}

    exec(blocks("python")[0], names)  # noqa: S102  # the page is ours

    with names["client"] as client:
        headers = {"authorization": "ApiKey-v1 shop-key"}
        answer = client.get("/v2/customer_sessions/order-of-yesterday", headers=headers)
    assert "closed" == answer.json()["customerSession"]["state"]
    names["emulator"].close()
