"""What a case asks for by name."""

from __future__ import annotations

import pytest

from talonproof.errors import HarnessError
from talonproof.plugin.execution import CURRENT
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.target import Bindings


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    """The running case; see :class:`talonproof.run.case.Case`."""
    current = request.node.stash.get(CURRENT, None)
    if current is None:
        message = f"{request.node.nodeid} asks for a case, but has no @scenario"
        raise HarnessError(message)
    return current


@pytest.fixture
def api(case: Case) -> Api:
    """The operations of the API, sent by the running case."""
    return Api(case)


@pytest.fixture
def bindings(case: Case) -> Bindings:
    """What the target already holds."""
    return case.bindings
