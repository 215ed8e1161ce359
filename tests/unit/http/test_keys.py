"""Keys come from the environment, and no error repeats one."""

from __future__ import annotations

import dataclasses

import pytest

from talonproof.errors import ConfigError
from talonproof.http.keys import resolve_keys
from talonproof.target import Keys, Target

LOCAL = Target("http://127.0.0.1:1", "127.0.0.1", literal_keys={"expired": "world-expired"})
REMOTE = Target(
    "https://staging.example.com", "staging.example.com", key_variable="STAGING_KEY",
    key_variables={"test": "STAGING_TEST_KEY"},
)  # fmt: skip


def test_key_comes_from_the_variable_that_the_target_names() -> None:
    """Each role has its variable; white space around a key is not part of it."""
    environ = {"STAGING_KEY": " live\n", "STAGING_TEST_KEY": "test", "TALONPROOF_API_KEY": "other"}

    assert Keys("live", test="test") == resolve_keys(REMOTE, environ)


def test_public_keys_of_a_world_stand_in_on_this_machine() -> None:
    """The default live key and the literal keys are used where no variable is set."""
    assert Keys("default", expired="world-expired") == resolve_keys(LOCAL, {}, default="default")


def test_variable_is_stronger_than_the_default() -> None:
    """A key that somebody set is used."""
    assert "set" == resolve_keys(LOCAL, {"TALONPROOF_API_KEY": "set"}, default="default").live


@pytest.mark.parametrize("environ", [{}, {"STAGING_KEY": ""}, {"STAGING_KEY": " \n"}])
def test_missing_key_is_named_by_its_variable(environ: dict[str, str]) -> None:
    """A remote target has no default key; the error is one line with exit code 2."""
    with pytest.raises(ConfigError, match="STAGING_KEY is not set") as caught:
        resolve_keys(REMOTE, environ, default="default")

    assert 2 == caught.value.exit_code
    assert "\n" not in str(caught.value)


def test_key_of_a_role_that_was_promised_must_be_there() -> None:
    """A target file that names a variable for a role means it."""
    with pytest.raises(ConfigError, match="STAGING_TEST_KEY is not set"):
        resolve_keys(REMOTE, {"STAGING_KEY": "live"})


@pytest.mark.parametrize("key", ["a b", "a\tb", "é", "a\x00b", "a\nb"])
def test_key_that_no_header_can_carry_is_refused_unseen(key: str) -> None:
    """The error names the variable, not the key."""
    with pytest.raises(ConfigError, match="the key in STAGING_KEY") as caught:
        resolve_keys(REMOTE, {"STAGING_KEY": key})

    assert key not in str(caught.value)
    with pytest.raises(ConfigError, match="the key in expired_key"):
        resolve_keys(dataclasses.replace(LOCAL, literal_keys={"expired": key}), {}, default="default")
