"""Hostile bodies are JSON, small enough to send, and harmless where they are taken."""

from __future__ import annotations

import json

import pytest

from strategies.hostile import DEEP, HOSTILE, Hostile
from talonproof.http.exchange import Call
from talonproof.http.footprint import assess
from talonproof.http.ledger import Ledger
from talonproof.target import Bindings, Footprint


def outline(text: str) -> tuple[int, int]:
    """How deep the brackets of a JSON text go, those in strings aside, and how deep they are at its end."""
    depth = deepest = 0
    quoted = escaped = False
    for character in text:
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest, depth


def test_labels_are_distinct() -> None:
    """Each is known by its label alone."""
    assert len(HOSTILE) == len({text.label for text in HOSTILE})


@pytest.mark.parametrize("text", HOSTILE, ids=[text.label for text in HOSTILE])
def test_hostile_bodies_are_json(text: Hostile) -> None:
    """They are well-formed: where Python's parser gives up, it is for depth or for digits."""
    deepest, at_end = outline(text.raw.decode())

    assert 0 == at_end
    if deepest < DEEP:
        found = json.loads(text.raw, parse_int=str)
        assert {"customerSession"} == set(found)


@pytest.mark.parametrize("text", HOSTILE, ids=[text.label for text in HOSTILE])
def test_hostile_bodies_are_dry(text: Hostile) -> None:
    """Sent dry, the guard takes them for dry, whatever it can read of them."""
    path = {"customerSessionId": "tp-20261120-120000-ab12-main-0"}
    call = Call("updateCustomerSessionV2", path=path, query={"dry": True}, raw_body=text.raw)

    assert assess(call, Bindings(), Ledger("20261120-120000-ab12", "main")).footprint is Footprint.DRY
    assert len(text.raw) < 2_000_000
