"""The lock files pin what pyproject.toml asks for, by hash, and name no place to fetch it from."""

from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]

LOCKS = {
    "requirements.lock": [*PROJECT["project"]["dependencies"], *GROUPS["build"]],
    "requirements-test.lock": GROUPS["test"],
    "requirements-dev.lock": GROUPS["dev"],
    "tests/sdk/requirements.lock": (CHECKOUT / "tests/sdk/requirements.in").read_text(encoding="utf-8").splitlines(),
}
"""A lock file, and the requirements it is made from."""


def pins(lock: str) -> dict[str, tuple[str, list[str]]]:
    """What a lock file pins: canonical name → (version, hashes)."""
    text = (CHECKOUT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    pinned: dict[str, tuple[str, list[str]]] = {}
    for pin, *rest in entries:
        name, version = pin.split("==")
        hashes = [word.removeprefix("--hash=") for word in rest if word.startswith("--hash=")]
        pinned[canonicalize_name(name)] = (version, hashes)
    return pinned


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_within_its_range(lock: str) -> None:
    """A lock is as new as the pyproject.toml it stands beside."""
    pinned = pins(lock)

    for text in LOCKS[lock]:
        requirement = Requirement(text)
        version, _ = pinned[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{lock}: {text} is pinned at {version}; run: make lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    """A package that was swapped on its way is not installed."""
    for name, (_, hashes) in pins(lock).items():
        assert hashes, name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes), name


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index(lock: str) -> None:
    """Where packages come from is for the machine to say."""
    text = (CHECKOUT / lock).read_text(encoding="utf-8")

    assert re.search(r"://|--(extra-)?index|--find-links|--trusted-host", text) is None


def test_the_locks_agree() -> None:
    """A package in several locks has one version, so that none undoes the other."""
    together = ("requirements.lock", "requirements-test.lock", "requirements-dev.lock")
    for one, other in itertools.combinations([pins(lock) for lock in together], 2):
        shared = one.keys() & other.keys()

        assert {name: one[name] for name in shared} == {name: other[name] for name in shared}


def test_what_builds_the_wheel_is_what_the_lock_pins() -> None:
    """An isolated build and the set-up by make use the same hatchling."""
    assert PROJECT["build-system"]["requires"] == GROUPS["build"]


def test_pytest_is_configured_in_one_place() -> None:
    """pytest.ini is the only configuration: one that ships, and that no other file can shadow."""
    others = [name for name in ("tox.ini", "setup.cfg", "pytest.toml", ".pytest.ini") if (CHECKOUT / name).exists()]

    assert [] == others
    assert "pytest" not in PROJECT["tool"]
    assert (CHECKOUT / "pytest.ini").is_file()
