"""A target file for a server that talonproof reaches through something else: bindings and keys of the default world."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from talonproof.emulator import serve

Limits = Mapping[str, float]

ROLES = ("expired", "other_application", "test")


def target_file(folder: Path, url: str, limits: Limits, *, edition: str = "2025-01") -> Path:
    """The file, in ``folder``, of a server at ``url`` under these limits."""
    world = serve.default_target()
    for role in ROLES:
        world = re.sub(rf"^{role}_key = .*$", f'{role}_key_env = "{_variable(role)}"', world, flags=re.MULTILINE)
    unbuilt = ", ".join(f'"{name}"' for name in sorted(serve.unbuilt_operations(edition)))
    lines = ["[target]", f'url = "{url}"', f"unbuilt = [{unbuilt}]", "[limits]"]
    lines += [f"{name} = {value}" for name, value in limits.items()]
    file = folder / "target.toml"
    file.write_text("\n".join([*lines, world]), encoding="utf-8")
    return file


def environment() -> Mapping[str, str]:
    """The variables that hold the keys."""
    literals = {role: re.search(rf'^{role}_key = "(.*)"$', serve.default_target(), re.MULTILINE) for role in ROLES}
    return {"TALONPROOF_API_KEY": serve.LIVE_KEY, **{_variable(r): found[1] for r, found in literals.items() if found}}


def _variable(role: str) -> str:
    return f"TALONPROOF_{role.upper()}_KEY"
