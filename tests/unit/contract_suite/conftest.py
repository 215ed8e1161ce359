"""Cases against an emulator in this process, healthy or with faults."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import pytest

from talonproof.config import Depth, RunOptions
from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.requirements import read_requirements
from talonproof.contract.validators import Validators
from talonproof.emulator import serve
from talonproof.emulator.app import Emulator
from talonproof.emulator.faults import select
from talonproof.emulator.transport import EmulatorTransport
from talonproof.emulator.world_file import read_world
from talonproof.http.keys import resolve_keys
from talonproof.requirement import catalogue
from talonproof.run.bench import Bench
from talonproof.run.case import Case
from talonproof.run.plan import Row, Spec
from talonproof.run.settle import run_case
from talonproof.target import Bindings, Footprint, Target, parse_target
from talonproof.workspace import find_workspace


class Running(Protocol):
    """Runs a body as a case, and gives its line of the stream."""

    def __call__(
        self, body: Callable[[Case], None], *faults: str, footprint: str = ..., requests: int = ..., seed: int = ...
    ) -> dict[str, Any]:
        """The line of the case."""
        ...


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The bundled contract."""
    return read_contract(find_workspace().contract_file("2025-01"), edition="2025-01")


@pytest.fixture(scope="session")
def later_contract() -> Contract:
    """The bundled contract of the later edition."""
    return read_contract(find_workspace().contract_file("2026-05"), edition="2026-05")


@pytest.fixture(scope="session")
def validators(contract: Contract) -> Validators:
    """Its validators."""
    return Validators(contract)


@pytest.fixture(scope="session")
def target() -> Target:
    """The default world, at an address where nobody is."""
    world = parse_target(serve.default_target(), "the default world", world=True)
    return replace(world, url="http://127.0.0.1:1", allowed_host="127.0.0.1")


@pytest.fixture(scope="session")
def bindings(target: Target) -> Bindings:
    """What the default world holds."""
    return target.bindings


@pytest.fixture
def opened(
    contract: Contract, validators: Validators, target: Target, tmp_path: Path
) -> Iterator[Callable[..., Bench]]:
    """Opens benches on emulators with faults."""
    benches: list[Bench] = []

    def open_bench(*faults: str, seed: int = 1) -> Bench:
        emulator = Emulator(read_world(), contract, validators=validators, faults=select(faults))
        bench = Bench.open(
            RunOptions(run="unit", seed=seed, depth=Depth.RELEASE, max_footprint=Footprint.DESTRUCTIVE),
            target,
            resolve_keys(target, {}, default=serve.LIVE_KEY),
            contract,
            catalogue("2025-01", read_requirements(find_workspace().requirements)),
            folder=tmp_path,
            worker=f"w{len(benches)}",
            workers=1,
            transport=EmulatorTransport(emulator),
        )
        benches.append(bench)
        return bench

    yield open_bench
    for bench in benches:
        bench.close()


def planned(footprint: str = "consume", requests: int = 500) -> Row:
    """A case in a plan that judges nothing beyond what every exchange is judged by."""
    also = tuple(f"ERR-{number:03}" for number in range(1, 16))
    spec = Spec(
        "contract/test_u.py::test_case", "case", "", ("ERR-009",), Footprint.parse(footprint), requests, also=also
    )
    return Row(spec, requests, requests)


@pytest.fixture
def row() -> Callable[..., Row]:
    """Makes such a case."""
    return planned


@pytest.fixture
def running(opened: Callable[..., Bench]) -> Running:
    """Runs a body as a case."""

    def run(
        body: Callable[[Case], None],
        *faults: str,
        footprint: str = "consume",
        requests: int = 500,
        seed: int = 1,
    ) -> dict[str, Any]:
        case = opened(*faults, seed=seed).case(planned(footprint, requests))
        return run_case(case, lambda: body(case))

    return run


@pytest.fixture
def case(opened: Callable[..., Bench]) -> Case:
    """A case on a healthy emulator."""
    return opened().case(planned())


@pytest.fixture(scope="session")
def suite() -> Callable[[str], ModuleType]:
    """Reads a module of the suite, which nothing imports."""

    def read(name: str) -> ModuleType:
        file = find_workspace().suites / "contract" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(f"read_{name}", file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return read
