"""``talonproof target``: what it writes and prints can be used as it stands, and nothing is overwritten."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from talonproof.emulator import serve
from talonproof.plugin.prepare import read_target
from talonproof.target import Bindings
from talonproof.target.coupons import read_coupons
from talonproof.target.keys import KEYS
from talonproof.target.table import COUPON_KINDS


def test_the_file_of_init_is_a_target_file(talonproof: Callable[..., Any], tmp_path: Path) -> None:
    """It is read without a change, keeps to the published schema, binds nothing, and names the next step."""
    file = tmp_path / "staging.toml"
    ended = talonproof("target", "init", file)

    assert (0, "") == (ended.code, ended.err)
    assert f"talonproof doctor --target {file}" in ended.out
    target = read_target(str(file), "")
    assert Bindings() == target.bindings
    schema = json.loads(talonproof("target", "schema").out)
    assert jsonschema_rs.is_valid(schema, tomllib.loads(file.read_text(encoding="utf-8")))


def test_every_key_of_init_can_be_uncommented(talonproof: Callable[..., Any], tmp_path: Path) -> None:
    """Each key of the table stands in it once, with an example that keeps to the schema."""
    file = tmp_path / "staging.toml"
    talonproof("target", "init", file)
    text = file.read_text(encoding="utf-8")
    lines = [line.removeprefix("#") if not line.startswith("# ") else "" for line in text.splitlines()]
    full = tomllib.loads("\n".join(lines))

    (trigger,) = full.pop("triggers")
    del trigger["disabled"]  # a campaign is scheduled, or it is disabled
    assert {(key.table, key.name) for key in KEYS} == {(table, name) for table, keys in full.items() for name in keys}
    schema = json.loads(talonproof("target", "schema").out)
    assert jsonschema_rs.is_valid(schema, {**full, "triggers": [trigger]})


def test_init_overwrites_nothing(talonproof: Callable[..., Any], tmp_path: Path) -> None:
    """A file that is there stays as it is."""
    file = tmp_path / "staging.toml"
    file.write_text("mine", encoding="utf-8")
    ended = talonproof("target", "init", file)

    assert 2 == ended.code
    assert f"{file} is there already (name another file, or remove it)" == ended.told
    assert "mine" == file.read_text(encoding="utf-8")
    assert "cannot be written" in talonproof("target", "init", tmp_path / "none" / "staging.toml").told


def test_the_file_of_init_wants_a_key(
    talonproof: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it stands nothing is sent to its made-up address: the variable of the key is asked for first."""
    monkeypatch.delenv("TALONPROOF_API_KEY", raising=False)
    file = tmp_path / "staging.toml"
    talonproof("target", "init", file)
    ended = talonproof("run", "--target", file, "--report", tmp_path / "run")

    assert 2 == ended.code
    assert "TALONPROOF_API_KEY is not set" in ended.told


def test_the_file_of_init_is_used(
    judge: Callable[..., Any],
    talonproof: Callable[..., Any],
    own_suite: Callable[[str], Path],
    emulator: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With an address and a key in it, a run is made by it, within its footprint."""
    monkeypatch.setenv("TALONPROOF_API_KEY", serve.LIVE_KEY)
    file = tmp_path / "staging.toml"
    talonproof("target", "init", file)
    text = file.read_text(encoding="utf-8")
    text = text.replace("https://yourbaseurl.example", emulator).replace('"yourbaseurl.example"', '"127.0.0.1"')
    file.write_text(text, encoding="utf-8")
    run = judge("--workspace", own_suite(""), "--target", file, "--edition", "2025-01")

    assert 0 == run.ended.code, run.ended.err
    assert "dry" == run.header["max_footprint"]


def test_the_recipe_names_all_that_is_missing_and_what_it_costs(talonproof: Callable[..., Any], tmp_path: Path) -> None:
    """Every binding has its words and its key; the coupons are a file that a target file can name."""
    coupons = tmp_path / "coupons.csv"
    ended = talonproof("target", "recipe", "--coupons", coupons)

    assert (0, "") == (ended.code, ended.err)
    for key in KEYS:
        if key.how:
            assert f"- {key.how} [`{key.name} = {key.example}`]" in ended.out
    assert "Not judged without it: " in ended.out
    assert "- `item-discount`: a discount on each unit of the cart items.\n  Not judged without it: " in ended.out
    assert str(coupons) in ended.out
    assert set(COUPON_KINDS) == set(read_coupons(coupons))
    assert "is there already" in talonproof("target", "recipe", "--coupons", coupons).err


def test_the_recipe_leaves_out_what_is_bound(
    talonproof: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a target file names need not be made."""
    monkeypatch.setenv("TALONPROOF_API_KEY", serve.LIVE_KEY)
    file = tmp_path / "staging.toml"
    file.write_text('[target]\nurl = "http://127.0.0.1:9"\n[bindings]\nevent_type = "bought"\n', encoding="utf-8")
    ended = talonproof("target", "recipe", "--target", file)

    assert 0 == ended.code
    assert "event_type = " not in ended.out
    assert "[`profile_program = " in ended.out


def test_a_recipe_for_a_file_that_is_none(talonproof: Callable[..., Any], tmp_path: Path) -> None:
    """It is refused in one line, as a run refuses it."""
    ended = talonproof("target", "recipe", "--target", tmp_path / "none.toml")

    assert 2 == ended.code
    assert "No such file" in ended.told
