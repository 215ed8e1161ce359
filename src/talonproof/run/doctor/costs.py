"""What a binding or an effect that is not there costs: the requirements that no other case of the plan could judge."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


def lost(header: Mapping[str, Any], lacking: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """By binding or label of an effect, the requirements that cannot be judged for want of it, sorted.

    ``header`` is the plan as the stream holds it. A requirement is lost where every case that could judge it needs
    something that is lacking, or does not run for another reason, and where not every exchange is judged by it; it
    counts for each of the things that such a case needs.
    """
    wanted = frozenset(lacking)
    needed: dict[str, set[str]] = {}
    judged: set[str] = set(header["passive"])
    for case in header["cases"]:
        missing = wanted.intersection((*case["needs"], *case.get("effects", ())))
        if missing and (case["planned"] or case["reason"] in {"binding", "never-triggered"}):
            for requirement in case["requirements"]:
                needed.setdefault(requirement, set()).update(missing)
        elif case["planned"]:
            judged.update(case["requirements"], case["also"])
    found: dict[str, set[str]] = {}
    for requirement, bindings in needed.items():
        for binding in bindings if requirement not in judged else ():
            found.setdefault(binding, set()).add(requirement)
    return {binding: tuple(sorted(found[binding])) for binding in sorted(found)}
