"""How a client reaches its target: the certificates that it trusts and shows, and the proxy that it goes through."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

from talonproof.errors import ConfigError

if TYPE_CHECKING:
    from talonproof.target import Way


def reached(way: Way) -> dict[str, Any]:
    """The arguments of an httpx client, or of its transport; ConfigError for a certificate that cannot be used."""
    found: dict[str, Any] = {"proxy": way.proxy} if way.proxy else {}
    if way.ca_file or way.client_certificate:
        found["verify"] = _context(way)
    return found


def _context(way: Way) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=way.ca_file or None)
    except (ssl.SSLError, OSError) as error:
        message = f"[tls] ca_file: {way.ca_file} holds no certificates: {error}"
        raise ConfigError(message, hint="certificates in PEM") from None
    if way.client_certificate:
        try:
            context.load_cert_chain(way.client_certificate, way.client_key or None, password=_no_password)
        except (ssl.SSLError, OSError, ValueError) as error:
            message = f"[tls] client_certificate: {way.client_certificate} cannot be used: {error}"
            raise ConfigError(message, hint="a certificate in PEM with its key, which has no password") from None
    return context


def _no_password() -> str:
    """Nobody is asked: a run must not stop to wait."""
    return ""
