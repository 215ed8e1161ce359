"""A target file says what it means, or the place where it does not."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talonproof.errors import ConfigError, DocumentError
from talonproof.target import (
    POOLS,
    RETURN_POLICIES,
    Bindings,
    Footprint,
    Keys,
    Limits,
    Target,
    checked_url,
    is_loopback,
    parse_target,
)

STAGING = """
[target]
name = "staging"
url = "https://Staging.example.com/"
allowed_host = "staging.example.com"
key_env = "STAGING_KEY"
edition = "2025-01"
settle = 2
unbuilt = ["syncCatalog"]

[limits]
max_footprint = "create"
rate = 5.5

[bindings]
profile_program = 12
event_type = "visited"
catalog_price = 9.99
disposable = ["catalog", "audience"]
expired_key_env = "STAGING_EXPIRED"

[pools]
coupons = ["A", "B"]
"""


def test_whole_file_is_read() -> None:
    """Every table and key arrives where it belongs."""
    assert Target(
        url="https://Staging.example.com",
        allowed_host="staging.example.com",
        key_variable="STAGING_KEY",
        edition="2025-01",
        settle=2.0,
        limits=Limits(Footprint.CREATE, 5.5),
        bindings=Bindings(
            profile_program=12, event_type="visited", catalog_price=9.99, coupons=("A", "B"),
            disposable=frozenset({"catalog", "audience"}),
        ),
        key_variables={"expired": "STAGING_EXPIRED"},
        unbuilt=frozenset({"syncCatalog"}),
        name="staging",
    ) == parse_target(STAGING, "staging.toml")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ('[target]\nurl = "http://localhost:8080"', Footprint.DESTRUCTIVE),
        ('[target]\nurl = "https://a.example"\nallowed_host = "a.example"', Footprint.DRY),
    ],
)
def test_what_a_file_leaves_out_has_a_cautious_default(text: str, limit: Footprint) -> None:
    """A remote target is only asked what leaves nothing behind."""
    target = parse_target(text, "t.toml")

    assert (limit, 0.0) == (target.limits.max_footprint, target.limits.rate)
    assert ("TALONPROOF_API_KEY", "auto", 0.0, "") == (target.key_variable, target.edition, target.settle, target.name)
    assert (limit is Footprint.DESTRUCTIVE) == target.loopback
    assert Bindings() == target.bindings


def test_every_binding_is_read_as_what_it_is() -> None:
    """Text, whole numbers and prices: a value of each kind under each name that a file may hold."""
    values = {"str": '"a"', "int": "7", "float": "7.5", "ReturnPolicy": '"unlimited"'}
    kinds = {
        field.name: str(field.type).partition(" ")[0]
        for field in dataclasses.fields(Bindings)
        if field.name not in {*POOLS, "disposable"}
    }
    assert {"soft_coupon": "str", "users_per_card_limit": "int", "catalog_price": "float"}.items() <= kinds.items()
    lines = [f"{name} = {values[kind]}" for name, kind in kinds.items()]

    found = parse_target("\n".join(["[bindings]", *lines]), "world", world=True).bindings

    assert {name: json.loads(values[kind]) for name, kind in kinds.items()} == {
        name: getattr(found, name) for name in kinds
    }


def test_world_needs_no_address_and_may_hold_its_public_keys() -> None:
    """The fragment of an emulator's world is a target without a url."""
    target = parse_target('[bindings]\ntest_key = "public"\ncard_program = 1', "world", world=True)

    assert ("", {"test": "public"}, 1) == (target.url, target.literal_keys, target.bindings.card_program)
    assert Footprint.DESTRUCTIVE is target.limits.max_footprint


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("[limits]", "[limit]"), "t.toml:11: unknown table [limit] (did you mean limits?)"),
        (("settle", "setle"), "t.toml:8: [target] has an unknown key setle (did you mean settle?)"),
        (("rate =", "rat ="), "t.toml:13: [limits] has an unknown key rat (did you mean rate?)"),
        (("event_type", "event_typ"), "t.toml:17: [bindings] has an unknown key event_typ (did you mean event_type?)"),
        (("coupons", "coupon"), "t.toml:23: [pools] has an unknown key coupon (did you mean coupons?)"),
        (("= 12", '= "12"'), "t.toml:16: [bindings] profile_program must be an integer"),
        (("= 12", "= true"), "t.toml:16: [bindings] profile_program must be an integer"),
        (('"visited"', "1"), "t.toml:17: [bindings] event_type must be a string"),
        (("9.99", '"9.99"'), "t.toml:18: [bindings] catalog_price must be a number"),
        (("settle = 2", "settle = -1"), "t.toml:8: [target] settle must be a number"),
        (("rate = 5.5", "rate = nan"), "t.toml:13: [limits] rate must be a number"),
        (("rate = 5.5", "rate = inf"), "t.toml:13: [limits] rate must be a number"),
        (("rate = 5.5", "rate = 1" + "0" * 400), "t.toml:13: [limits] rate must be a number"),
        (("rate = 5.5", "rate = false"), "t.toml:13: [limits] rate must be a number"),
        (('"create"', '"creat"'), "t.toml:12: there is no footprint creat (did you mean create?)"),
        (('"create"', "2"), "t.toml:12: [limits] max_footprint must be a string"),
        (('["A", "B"]', '"A"'), "t.toml:23: [pools] coupons must be a list of strings"),
        (('["A", "B"]', "[1]"), "t.toml:23: [pools] coupons must be a list of strings"),
        (('"audience"]', '"audiense"]'), "t.toml:19: disposable names audiense, which is no binding (did you mean"),
        (('= "staging.example.com"', '= "example.com"'), "t.toml:5: url goes to staging.example.com, which is not the"),
        (("https://Staging", "ftp://Staging"), "t.toml: url: 'ftp://Staging.example.com/' is no address of a server"),
        (("[pools]", "[pools"), "t.toml:22: not TOML"),
        (('name = "staging"', 'name = "staging"\nname = "again"'), "t.toml:4: not TOML"),
        (("STAGING_EXPIRED", "a1b2c3"), "t.toml:20: [bindings] expired_key_env must name an environment variable"),
    ],
)  # fmt: skip
def test_mistake_is_named_with_its_place(change: tuple[str, str], says: str) -> None:
    """File, line, key and the closest valid choice, in one line, with exit code 2."""
    text = STAGING.replace(*change)
    assert text != STAGING
    with pytest.raises(ConfigError) as caught:
        parse_target(text, "t.toml")

    assert str(caught.value).startswith(says)
    assert 2 == caught.value.exit_code
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no url"),
        ('target = "x"', "target must be a table"),
        ("target = 1\n[limits]", "target must be a table"),
        ('[target]\nurl = "https://a.example"', r'has no allowed_host \(allowed_host = "a.example"'),
        ("x = " + "[" * 50_000, "not TOML"),
        ("x = " + "9" * 5000, "not TOML"),
        ("[target]\nurl = 1", "url must be a string"),
        ("[target]\nexpired_key = 'x'", "unknown key expired_key"),
    ],
)
def test_other_mistakes_are_refused_too(text: str, says: str) -> None:
    """Never with a traceback."""
    with pytest.raises(DocumentError, match=says):
        parse_target(text, "t.toml")


@pytest.mark.parametrize("key", ["0123456789abcdef", "abcdef0123456789", "key with spaces", "", "$KEY"])
@pytest.mark.parametrize("place", ["key_env", "test_key_env"])
def test_key_in_the_place_of_its_variable_is_not_repeated(key: str, place: str) -> None:
    """Somebody who puts the key itself into the file does not find it in the output."""
    table = "target" if place == "key_env" else "bindings"
    text = STAGING.replace('key_env = "STAGING_KEY"\n', "").replace(f"[{table}]", f'[{table}]\n{place} = "{key}"')
    if key or place == "key_env":
        with pytest.raises(DocumentError, match="not the key itself") as caught:
            parse_target(text, "t.toml")

        assert not key or key not in str(caught.value)
    else:
        assert "test" not in parse_target(text, "t.toml").key_variables


@given(
    text=st.text()
    | st.sampled_from([STAGING, ""]).flatmap(lambda t: st.integers(0, len(t)).map(lambda n: t[:n] + "\x00" + t[n:]))
)
def test_no_text_makes_reading_fail_otherwise(text: str) -> None:
    """Any text is a target or an error of the configuration."""
    try:
        parse_target(text, "t.toml")
    except ConfigError as error:
        assert "t.toml" in str(error)  # noqa: PT017 - both ways out are right


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
bound = st.builds(
    Bindings,
    **{
        field.name: st.none()
        | (
            st.integers()
            if str(field.type).startswith("int")
            else st.floats(0, 1e6)
            if "float" in str(field.type)
            else st.sampled_from(["", *RETURN_POLICIES])
            if "ReturnPolicy" in str(field.type)
            else texts
        )
        for field in dataclasses.fields(Bindings)
        if field.name not in {*POOLS, "disposable"}
    },
    **{name: st.lists(texts, max_size=3).map(tuple) for name in POOLS},
    disposable=st.frozensets(st.sampled_from(Bindings.single())),
)


@given(bindings=bound)
@settings(max_examples=30)
def test_every_binding_survives_the_file(bindings: Bindings) -> None:
    """What is written is what is read."""
    values = {name: getattr(bindings, name) for name in Bindings.single()}
    lines = ["[bindings]", *(f"{name} = {toml(value)}" for name, value in values.items() if value is not None)]
    lines += [
        f"disposable = {toml(sorted(bindings.disposable))}",
        "[pools]",
        *(f"{name} = {toml(list(getattr(bindings, name)))}" for name in POOLS),
    ]

    assert bindings == parse_target("\n".join(lines), "t.toml", world=True).bindings


def toml(value: object) -> str:
    """A value as TOML writes it: JSON in UTF-8, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"), ("https://a.example/", "https://a.example"),
        ("http://[::1]:80/base/", "http://[::1]:80/base"), ("HTTPS://A.example", "HTTPS://A.example"),
    ],
)  # fmt: skip
def test_address_of_a_server_is_taken(url: str, expected: str) -> None:
    """Without its trailing slash."""
    assert expected == checked_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "127.0.0.1:80", "//a", "ftp://a", "http://", "http:///x", "http://a:0", "http://a:99999", "http://a:b",
        "http://[::1", "http://a b", "http://a\n.b", "http://a\t", "http://a\\b", "http://a?x=1", "http://a#x", "http://a?",
        "http://u:p@a", "http://u@a", "http://a\\@b", "http://é", "file:///etc/passwd", "http://a/<x>",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    """In one line that says where it came from, and without a password."""
    with pytest.raises(ConfigError, match="--url") as caught:
        checked_url(url)

    assert "\n" not in str(caught.value)
    assert "u:p" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True), ("LOCALHOST", True), ("127.0.0.1", True), ("127.255.0.9", True), ("::1", True),
        ("0.0.0.0", False),  # noqa: S104 - an address that is asked for, not bound to
        ("127.0.0.999", False), ("127.1", False), ("localhost.example.com", False), ("", False),
        ("127.0.0.1.example.com", False), ("::2", False), ("10.0.0.1", False),
    ],
)  # fmt: skip
def test_loopback_is_this_machine_alone(host: str, *, expected: bool) -> None:
    """By name or by a whole address."""
    assert expected == is_loopback(host)


def test_missing_bindings_are_named() -> None:
    """None, empty text and an empty pool are not there; zero is."""
    bindings = Bindings(profile_program=0, subledger="", event_type="x")

    assert ("subledger", "coupons", "store") == bindings.missing(
        ["profile_program", "subledger", "event_type", "coupons", "store"]
    )
    with pytest.raises(ConfigError, match=r"no binding sotre \(did you mean store\?\)"):
        bindings.missing(["sotre"])


def test_keys_hide_themselves() -> None:
    """A repr says which keys there are, and the longest comes first where they are taken out."""
    keys = Keys("k1", expired="k1-longer", test="k1")

    assert "Keys(live, expired, test)" == repr(keys)
    assert ("k1-longer", "k1") == keys.secrets()


@pytest.mark.parametrize("footprint", Footprint)
def test_footprint_is_its_word(footprint: Footprint) -> None:
    """In any case."""
    assert footprint is Footprint.parse(footprint.label) is Footprint.parse(footprint.label.upper())


def test_footprints_are_ordered_and_unknown_words_find_the_closest() -> None:
    """From nothing to harm."""
    assert ["read", "dry", "create", "consume", "destructive"] == [each.label for each in sorted(Footprint)]
    with pytest.raises(ConfigError, match=r"no footprint drie \(did you mean dry\?\)"):
        Footprint.parse("drie")
