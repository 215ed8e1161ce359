"""No form in which a server could echo a secret gets past the redactor."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talonproof.http.redact import MASK, Redactor

SECRET = 'aK9/+x=%&"\\<é😀>~0123456789'

secrets = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="[]redact"), min_size=8, max_size=40
)
keys = st.text("abcdefghijkABCDEF0123456789+/=_-", min_size=8, max_size=64).filter(lambda key: key not in MASK)
surroundings = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def encodings(secret: str) -> dict[str, str]:
    """The forms of a secret, by name."""
    return {
        "plain": secret,
        "percent": quote(secret, safe=""),
        "percent, lower case": quote(secret, safe="").replace("%2F", "%2f"),
        "percent, twice": quote(quote(secret, safe=""), safe=""),
        "percent, each byte": "".join(f"%{byte:02x}" for byte in secret.encode()),
        "form": quote_plus(secret.replace(" ", "_")) if " " not in secret else secret,
        "JSON": json.dumps(secret)[1:-1],
        "JSON in UTF-8": json.dumps(secret, ensure_ascii=False)[1:-1],
        "JSON, slashes escaped": json.dumps(secret)[1:-1].replace("/", "\\/"),
        "JSON in JSON": json.dumps(json.dumps(secret)[1:-1])[1:-1],
        "HTML": html.escape(secret),
        "HTML, by numbers": "".join(f"&#{ord(character)};" for character in secret),
        "HTML, in hex": "".join(f"&#x{ord(character):X};" for character in secret),
        "base64": base64.b64encode(secret.encode()).decode(),
        "base64 for URLs": base64.urlsafe_b64encode(secret.encode()).decode(),
    }


@pytest.mark.parametrize("name", encodings(SECRET))
def test_each_encoding_is_redacted(name: str) -> None:
    """In each of the forms the secret becomes the mask, and what is around it stays."""
    assert f"<<{MASK}>>" == Redactor([SECRET]).text(f"<<{encodings(SECRET)[name]}>>")


@given(secret=secrets, before=surroundings, after=surroundings)
def test_no_text_holds_a_secret_afterwards(secret: str, before: str, after: str) -> None:
    """Whatever stands around a secret, and however it is encoded, it is gone."""
    redactor = Redactor([secret])
    for form in encodings(secret).values():
        assert form not in redactor.text(before + form + after)


@given(secret=keys, before=st.binary(max_size=5), after=st.binary(max_size=5))
def test_base64_of_more_than_the_secret_gives_nothing_away(secret: str, before: bytes, after: bytes) -> None:
    """Behind a user name or a scheme, at whatever offset, no base64 from which the secret could be read is left."""
    encoded = base64.b64encode(before + secret.encode() + after)
    left = Redactor([secret]).data(encoded)

    assert MASK.encode() in left
    assert len(left.replace(MASK.encode(), b"")) <= len(base64.b64encode(before)) + len(base64.b64encode(after)) + 8


@given(secret=keys)
def test_other_encodings_of_bytes_are_redacted(secret: str) -> None:
    """A body in UTF-16 holds no secret either."""
    for codec in ("utf-16-le", "utf-16-be", "utf-8"):
        assert MASK.encode() == Redactor([secret]).data(secret.encode(codec))


@given(text=st.text())
def test_text_without_a_secret_stays_as_it_is(text: str) -> None:
    """Nothing but secrets is changed: lone surrogates, controls and all."""
    redactor = Redactor(["0f1e2d3c4b5a69788796a5b4c3d2e1f0", "f0e1d2c3b4a5968778695a4b3c2d1e0f"])

    assert text == redactor.text(text)
    assert text.encode("utf-8", "surrogatepass") == redactor.data(text.encode("utf-8", "surrogatepass"))


@given(found=st.lists(keys, min_size=1, max_size=3))
@settings(max_examples=30)
def test_longer_secrets_go_first(found: list[str]) -> None:
    """A secret that begins with another one leaves no tail."""
    nested = [*found, found[0] + "-tail-of-it"]
    for order in (nested, nested[::-1]):
        assert "tail" not in Redactor(order).text(f"x {nested[-1]} y")


def test_no_secrets_change_nothing() -> None:
    """Without secrets, or with empty ones, text stays."""
    for redactor in (Redactor([]), Redactor(["", ""])):
        assert "a%20b\\u0041&#65;" == redactor.text("a%20b\\u0041&#65;")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"ApiKey-v1 {SECRET}", "ApiKey-v1 [redacted]"),
        ("ApiKey-v1 somebody-elses", "ApiKey-v1 [redacted]"),
        (f"Bearer {SECRET}", "Bearer [redacted]"),
        (SECRET, "[redacted]"),
        (f"{SECRET} x", "[redacted] [redacted]"),
        ("", "[redacted]"),
    ],
)
def test_credentials_keep_their_scheme_only(value: str, expected: str) -> None:
    """The value of an Authorization header goes whole, known secret or not."""
    assert {"authorization": expected} == Redactor([SECRET]).headers({"Authorization": value})


def test_headers_are_redacted_by_value_and_by_name() -> None:
    """Cookies go whole; any other header loses the secret alone."""
    headers = {"Set-Cookie": "a=b", "X-Echo": f"<{quote(SECRET)}>", f"X-{SECRET.lower()}": "1", "Date": "today"}

    assert {"set-cookie": MASK, "x-echo": f"<{MASK}>", "date": "today"}.items() <= Redactor([SECRET]).headers(
        headers
    ).items()
    assert f"x-{MASK}" in Redactor([SECRET.lower()]).headers(headers)


def test_values_are_redacted_at_any_depth() -> None:
    """Texts and names of members are cleaned; numbers and nothing stay."""
    value = {"a": [SECRET, {SECRET: (1, None, True)}], "b": 1.5}

    assert {"a": [MASK, {MASK: [1, None, True]}], "b": 1.5} == Redactor([SECRET]).value(value)


def test_repr_shows_no_secret() -> None:
    """A redactor in a traceback gives nothing away."""
    assert "Redactor()" == repr(Redactor([SECRET]))


def test_values_of_attributes_are_masked_and_nothing_else() -> None:
    """In every object called attributes, however deep and however written; the rest stays to the byte."""
    body = (
        b'{"email": "kept", "attributes": {"email": "a@b.example", "n": 1.50, "tel" : [1, {"x": 2}]},'
        b' "cartItems": [{"attributes": {"email": null, "sku": "s"}}]}'
    )
    masked = Redactor((), {"email", "tel"}).data(body)

    assert (
        b'{"email": "kept", "attributes": {"email": "[redacted]", "n": 1.50, "tel" : "[redacted]"},'
        b' "cartItems": [{"attributes": {"email": "[redacted]", "sku": "s"}}]}'
    ) == masked
    assert body == Redactor((), {"other"}).data(body)
    assert {"attributes": {"email": MASK, "n": 1}} == Redactor((), {"email"}).value(
        {"attributes": {"email": "a@b.example", "n": 1}}
    )
