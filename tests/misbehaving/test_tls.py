"""A server with TLS is judged if both sides can prove who they are, and else one line says what is wrong."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.misbehaving.conftest import Run
from tests.misbehaving.target import target_file
from tests.misbehaving.test_survival import begun, survived

HERE = "127.0.0.1"

Issued = Mapping[str, trustme.LeafCert]


def expired(authority: trustme.CA, name: str) -> trustme.LeafCert:
    """A certificate that was good for a year, long ago."""
    begins, ends = datetime(2019, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
    return authority.issue_cert(name, not_before=begins, not_after=ends)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Who vouches for the server, and for the clients that it lets in."""
    return trustme.CA()


@pytest.fixture(scope="module")
def issued(authority: trustme.CA) -> Issued:
    """Certificates of servers."""
    return {
        "good": authority.issue_cert(HERE),
        "of another host": authority.issue_cert("elsewhere.example"),
        "expired": expired(authority, HERE),
    }


@pytest.fixture
def files(authority: trustme.CA, tmp_path: Path) -> Path:
    """The folder of the target file, with what it may name."""
    stranger = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    stranger.cert_pem.write_to_path(str(tmp_path / "other-ca.pem"))
    leaves = {
        "ours": authority.issue_cert("ours@example.org"),
        "late": expired(authority, "late@example.org"),
        "strange": stranger.issue_cert("strange@example.org"),
    }
    for name, leaf in leaves.items():
        leaf.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / f"{name}.pem"))
    leaves["ours"].private_key_pem.write_to_path(str(tmp_path / "ours.key"))
    leaves["ours"].cert_chain_pems[0].write_to_path(str(tmp_path / "ours.crt"))
    return tmp_path


def context(leaf: trustme.LeafCert, clients: trustme.CA | None = None) -> ssl.SSLContext:
    """How a server shows a certificate, and whose clients alone it lets in, if that matters to it."""
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(found)
    if clients is not None:
        found.verify_mode = ssl.CERT_REQUIRED
        clients.configure_trust(found)
    return found


def naming(folder: Path, **tls: str) -> Callable[..., Path]:
    """Makes the target file with its table about TLS."""

    def write(place: Path, url: str, limits: Mapping[str, float]) -> Path:
        file = target_file(place, url, limits)
        lines = ["", "[tls]", *(f'{name} = "{folder / value}"' for name, value in tls.items())]
        file.write_text(file.read_text() + "\n".join(lines) + "\n")
        return file

    return write


@pytest.mark.parametrize(
    "tls",
    [{}, {"client_certificate": "ours.pem"}, {"client_certificate": "ours.crt", "client_key": "ours.key"}],
    ids=["no client's", "in one file", "in two files"],
)
def test_server_of_an_authority_of_its_own_is_judged(
    recording: Callable[..., Any], run: Run, authority: trustme.CA, issued: Issued, files: Path, tls: dict[str, str]
) -> None:
    """Each request comes through TLS, in workers too, and with the certificate of the client where one is asked for."""
    with recording(tls=context(issued["good"], authority if tls else None)) as server:
        ended = run(server.url, "wiring", mode="workers", file=naming(files, ca_file="ca.pem", **tls))

    assert 0 == ended.code, ended.said
    assert survived(ended)
    assert len(server.passed) > 10


@pytest.mark.parametrize(
    ("leaf", "tls", "words"),
    [
        ("good", {}, "certificate verify failed"),
        ("good", {"ca_file": "other-ca.pem"}, "certificate verify failed"),
        ("of another host", {"ca_file": "ca.pem"}, f"certificate is not valid for '{HERE}'"),
        ("expired", {"ca_file": "ca.pem"}, "certificate has expired"),
    ],
    ids=["unknown to the system", "of a stranger", "of another host", "expired"],
)
def test_server_that_cannot_prove_who_it_is_is_sent_nothing(
    recording: Callable[..., Any], issued: Issued, files: Path,
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
    leaf: str, tls: dict[str, str], words: str,
) -> None:  # fmt: skip
    """The key least of all; one line says what is wrong with the certificate, and the exit code is 3."""
    with recording(tls=context(issued[leaf])) as server:
        code, told = begun(server.url, files, monkeypatch, capfd, file=naming(files, **tls))

    assert 3 == code
    assert told.startswith(f"talonproof: the certificate of {server.url} is not to be trusted: ")
    assert words in told
    assert told.endswith("(nothing was sent)")
    assert [] == server.passed


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["TLS 1.2", "TLS 1.3"])
@pytest.mark.parametrize("shown", ["late.pem", "strange.pem"])
def test_certificate_of_ours_that_the_server_does_not_accept_is_named(
    recording: Callable[..., Any], authority: trustme.CA, issued: Issued, files: Path,
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
    version: ssl.TLSVersion, shown: str,
) -> None:  # fmt: skip
    """As with a wrong key, the exit code is 2."""
    asking = context(issued["good"], authority)
    asking.maximum_version = version
    with recording(tls=asking) as server:
        file = naming(files, ca_file="ca.pem", client_certificate=shown)
        code, told = begun(server.url, files, monkeypatch, capfd, file=file)

    assert 2 == code
    assert f"talonproof: {server.url} does not accept {files / shown}: " in told
    assert told.endswith("(it is that of [tls] client_certificate)")
    assert [] == server.passed


def test_server_that_asks_for_a_certificate_is_told_from_one_that_is_not_there(
    recording: Callable[..., Any], authority: trustme.CA, issued: Issued, files: Path,
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """One line says where to name it, and the exit code is 2."""
    with recording(tls=context(issued["good"], authority)) as server:
        code, told = begun(server.url, files, monkeypatch, capfd, file=naming(files, ca_file="ca.pem"))

    assert 2 == code
    assert f"talonproof: {server.url} asks for a certificate of its clients: " in told
    assert told.endswith("([tls] client_certificate names one)")
    assert [] == server.passed


@pytest.mark.parametrize(("name", "content"), [("ca_file", "ca.pem"), ("client_certificate", "ours.pem")])
def test_file_that_holds_no_certificate_is_refused(
    files: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], name: str, content: str
) -> None:
    """One line names it before anybody is asked, and the exit code is 2."""
    (files / content).write_text("no certificate")
    code, told = begun(f"https://{HERE}:9", files, monkeypatch, capfd, file=naming(files, **{name: content}))

    assert 2 == code
    assert f"[tls] {name}: {files / content} " in told


def test_speaking_plainly_to_a_server_with_tls_is_no_answer(
    recording: Callable[..., Any], issued: Issued, files: Path,
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Where the address of the target should have begun with https, the exit code is 3."""
    with recording(tls=context(issued["good"])) as server:
        code, told = begun(server.url.replace("https:", "http:"), files, monkeypatch, capfd)

    assert 3 == code
    assert "nothing answers at http://" in told
