"""Which key a call carries, and where the keys of a run come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, assert_never
from urllib.parse import unquote, urlsplit

from talonproof.errors import ConfigError, HarnessError
from talonproof.http.exchange import Credential
from talonproof.target import Keys, Target

SCHEME: Final = "ApiKey-v1"
"""The prefix of a key in the Authorization header."""

WRONG_KEY: Final = "talonproof-wrong-key"
"""A key that exists nowhere; it is public, so a report may show it."""

MORE: Final = "-and-more"
"""What stands behind the live key where it is to be another one."""

ROLES: Final = ("expired", "other_application", "test")
"""The keys that a target may have besides the live one, by the names that target files use."""


def authorization(credential: Credential, keys: Keys) -> str | None:
    """The value of the Authorization header; None where there is to be none, or where the document decides it.

    Raises HarnessError if the target has no such key: a case that needs one must not have been planned.
    """
    match credential:
        case Credential.ABSENT | Credential.DOCUMENT:
            return None
        case Credential.WRONG:
            return f"{SCHEME} {WRONG_KEY}"
        case Credential.LONGER:
            return f"{SCHEME} {keys.live}{MORE}"
        case Credential.BARE:
            return keys.live
        case Credential.BEARER:
            return f"Bearer {keys.live}"
        case Credential.LIVE:
            key = keys.live
        case Credential.EXPIRED:
            key = keys.expired
        case Credential.OTHER_APPLICATION:
            key = keys.other_application
        case Credential.TEST:
            key = keys.test
        case _:
            assert_never(credential)
    if not key:
        raise HarnessError(f"a call wants the key {credential}, which this target does not have")
    return f"{SCHEME} {key}"


def resolve_keys(target: Target, environ: Mapping[str, str], *, default: str = "") -> Keys:
    """The keys of a target: each from the variable that its file names, else the public one of its world.

    ``default`` stands in for the live key on loopback alone, where nobody set the variable. Raises ConfigError
    that names the variable, never its value, where it is not set or holds what no header can carry.
    """
    live = _fit(environ.get(target.key_variable, ""), target.key_variable)
    if not live and target.loopback:
        live = _fit(default, "the default world")
    if not live:
        hint = f"export {target.key_variable}=<API key of the Application>"
        raise ConfigError(f"no API key: the environment variable {target.key_variable} is not set", hint=hint)
    others: dict[str, str] = {}
    for role in ROLES:
        variable = target.key_variables.get(role, "")
        key = environ.get(variable, "") if variable else target.literal_keys.get(role, "")
        others[role] = _fit(key, variable or f"{role}_key")
        if variable and not others[role]:
            hint = f"set it, or take {role}_key_env out of the target file"
            raise ConfigError(f"the environment variable {variable} is not set", hint=hint)
    return Keys(live=live, **others, others=_secrets_on_the_way(target))


_SHORTEST_SECRET: Final = 8
"""A value of a header that is shorter is no secret, and would be taken out of every body that happens to hold it."""


def _secrets_on_the_way(target: Target) -> tuple[str, ...]:
    """What the target file holds of secrets besides keys: values of headers, and the password of a proxy."""
    values = [value for value in target.way.headers.values() if len(value) >= _SHORTEST_SECRET]
    password = unquote(urlsplit(target.way.proxy).password or "")
    return (*values, password) if password else tuple(values)


def _fit(key: str, place: str) -> str:
    """The key without white space around it, if it fits into a header."""
    key = key.strip()
    if not all("!" <= character <= "~" for character in key):
        raise ConfigError(f"the key in {place} holds a character that no header can carry")
    return key
