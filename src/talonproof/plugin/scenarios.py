"""How a suite says what a case is: which requirements it judges, and what it does to the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

from talonproof.errors import HarnessError, closest
from talonproof.run.effects import LABELS
from talonproof.run.plan import Kind, Spec
from talonproof.target import Bindings, Footprint, Keys

if TYPE_CHECKING:
    from pathlib import Path

MARK = "scenario"
KEY_ROLES = tuple(name for name in Keys.__dataclass_fields__ if name != "live")


def scenario(  # noqa: PLR0913 - the columns of a plan
    *requirements: str,
    footprint: str,
    requests: int,
    depth: str = "smoke",
    examples: tuple[int, int, int] | None = None,
    needs: Sequence[str] = (),
    keys: Sequence[str] = (),
    operations: Sequence[str] = (),
    authentication: bool = False,
    also: Sequence[str] = (),
    kind: Kind = "",
    effects: Sequence[str] = (),
    parallel: bool = False,
) -> pytest.MarkDecorator:
    """The mark of a case; a function or one of its parameters carries it.

    Requirements are named by id or by rule; each must be judged whenever the case runs to its end, those in
    ``also`` may be. ``requests`` is the most that one example sends. ``depth`` is the shallowest depth it is part of;
    a property gives ``examples`` instead, for smoke, release and nightly. ``needs`` are bindings, ``keys``
    roles of keys, ``operations`` those that must be built for it, the one it is about before those that it only
    needs; ``kind`` is what it tries of that one. ``effects`` are labels of :mod:`talonproof.run.effects`: it runs where
    the target was seen to bring all of them about. A ``parallel`` case sends calls about one thing at once. See
    :class:`talonproof.run.plan.Spec`.
    """
    if examples is None:
        shallowest = ("smoke", "release", "nightly").index(depth)
        examples = tuple(int(rank >= shallowest) for rank in range(3))  # type: ignore[assignment]
    return pytest.mark.scenario(
        requirements=requirements,
        footprint=Footprint.parse(footprint),
        requests=requests,
        examples=examples,
        needs=tuple(needs),
        keys=tuple(keys),
        operations=tuple(operations),
        authentication=authentication,
        also=tuple(also),
        kind="authentication" if authentication else kind,
        effects=tuple(effects),
        parallel=parallel,
    )


def spec_of(item: pytest.Item, suites: Path) -> Spec | None:
    """The case that a test item is; None for a test that is no case.

    Raises HarnessError where the mark names a binding, a key or an effect that no target can have.
    """
    mark = item.get_closest_marker(MARK)
    if mark is None or not item.path.is_relative_to(suites):
        return None
    module = item.path.relative_to(suites).as_posix()
    name = item.nodeid.partition("::")[2]
    fields = mark.kwargs
    for kind, known in (("needs", Bindings.names()), ("keys", KEY_ROLES), ("effects", LABELS)):
        for word in fields[kind]:
            if word not in known:
                message = f"{module}::{name} needs {word}"
                raise HarnessError(message, hint=closest(word, known))
    function: Any = getattr(item, "obj", None)
    about = (getattr(function, "__doc__", None) or "").strip().partition("\n")[0]
    title = name.removeprefix("test_").replace("_", " ", name.partition("[")[0].count("_"))
    return Spec(id=f"{module}::{name}", title=title, about=about, **fields)
