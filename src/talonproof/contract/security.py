"""What a document wants a call to show before it is let in, as far as one key can show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from talonproof.contract.contract import Contract, Operation

SCHEME: Final = "ApiKey-v1"
"""What this API wants before its key, and can say in a description only."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What an operation wants. ``headers`` are names in lower case with what stands before the key in each.

    ``optional`` is whether it lets calls in that show nothing. ``problem`` says why no header will do; empty where
    one will, or where nothing is wanted.
    """

    headers: Mapping[str, str]
    optional: bool = True
    problem: str = ""

    @property
    def keyed(self) -> bool:
        """Whether a call carries the key."""
        return bool(self.headers)


def demands(contract: Contract) -> dict[str, Demand]:
    """What each operation wants, by its id: the first of its alternatives that headers alone can meet."""
    document = contract.document
    schemes = cast("Mapping[str, Any]", document.get("components", {}).get("securitySchemes", {}))
    found: dict[str, Demand] = {}
    for operation in contract.operations.values():
        wanted = _node(contract, operation).get("security", document.get("security", []))
        alternatives = [dict(cast("Mapping[str, Any]", one)) for one in wanted or ()]
        found[operation.id] = _demand(contract, alternatives, schemes)
    return found


def _node(contract: Contract, operation: Operation) -> Mapping[str, Any]:
    item = contract.resolve(contract.document["paths"][operation.path])
    return contract.resolve(item[operation.method.lower()])


def _demand(contract: Contract, alternatives: list[dict[str, Any]], schemes: Mapping[str, Any]) -> Demand:
    optional = not alternatives or {} in alternatives
    problem = ""
    for alternative in filter(None, alternatives):
        headers: dict[str, str] = {}
        for name in alternative:
            header = _header(name, contract.resolve(schemes.get(name, {})))
            if header is None:
                problem = problem or f"its security scheme {name} is neither a key in a header nor a bearer token"
                break
            headers |= header
        else:
            return Demand(headers, optional=optional)
    return Demand({}, optional=optional, problem="" if optional else problem)


def _header(name: str, scheme: Mapping[str, Any]) -> dict[str, str] | None:
    """The header of a scheme with what stands before the key; None where it is no matter of one header."""
    match scheme.get("type"), scheme.get("in"), str(scheme.get("scheme", "")).lower():
        case "apiKey", "header", _:
            header = str(scheme.get("name", "")).lower()
            ours = header == "authorization" and (name == "api_key_v1" or SCHEME in str(scheme.get("description", "")))
            return {header: f"{SCHEME} " if ours else ""}
        case ("http", _, "bearer") | ("oauth2", _, _) | ("openIdConnect", _, _):
            return {"authorization": "Bearer "}
        case _:
            return None
