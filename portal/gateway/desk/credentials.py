"""What a desk and the portal know each other by: a token, and a certificate for each side, made here."""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

#: A desk's computer lives shorter; another settings file makes other certificates.
YEARS = 10


@dataclass(frozen=True)
class Credentials:
    """`key` is the bridge's and leaves with the settings file; the portal keeps everything else."""

    token: str = field(repr=False)
    certificate: str = ""
    key: str = field(default="", repr=False)
    client_certificate: str = ""
    client_key: str = field(default="", repr=False)


def make(address: str) -> Credentials:
    """New ones for a bridge at this address; certificates only where there is a network between."""
    token = secrets.token_urlsafe(36)
    parts = urlsplit(address)
    if parts.scheme != "https":
        return Credentials(token)
    certificate, key = _certificate(parts.hostname or "")
    client_certificate, client_key = _certificate("portal")
    return Credentials(token, certificate, key, client_certificate, client_key)


def _certificate(name: str) -> tuple[str, str]:
    """A self-signed certificate with its key, as PEM: whoever has it in its hand needs no authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.SubjectAlternativeName([_named(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return made.public_bytes(pem).decode(), private.decode()


def _named(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
