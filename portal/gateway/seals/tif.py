"""How a call of the national interface proves who sends it (design 2.3): in headers, or in `cainfo` of the envelope.

- x-tif (Guangdong access guide 2.2, table 2): lower-case hexadecimal SHA-256 of timestamp + secret + nonce + timestamp;
- hmac-sha1: Base64 of HMAC-SHA1 over the four `_api_` headers in the order of their names;
- cainfo: SM2 over the envelope without cainfo and input.

Replies are not signed on this interface.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from portal.gateway.crypto import SM2
from portal.gateway.crypto.sm2 import from_der, to_der

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TIF_HEADERS = ("x-tif-paasid", "x-tif-signature", "x-tif-timestamp", "x-tif-nonce")


def tif_signature(timestamp: str, secret: str, nonce: str) -> str:
    """The value of x-tif-signature; `timestamp` is unix seconds as text."""
    return hashlib.sha256(f"{timestamp}{secret}{nonce}{timestamp}".encode()).hexdigest()


def tif_headers(paasid: str, secret: str, nonce: str, now: datetime) -> dict[str, str]:
    """The four headers of a call; the nonce must not come again within ten minutes."""
    timestamp = str(_units(now, timedelta(seconds=1)))
    return {
        "x-tif-paasid": paasid,
        "x-tif-signature": tif_signature(timestamp, secret, nonce),
        "x-tif-timestamp": timestamp,
        "x-tif-nonce": nonce,
    }


def hmac_headers(access_key: str, secret: str, infno: str, version: str, now: datetime) -> dict[str, str]:
    """The `_api_` headers of a call; the time stamp has milliseconds."""
    headers = {
        "_api_access_key": access_key,
        "_api_name": infno,
        "_api_timestamp": str(_units(now, timedelta(milliseconds=1))),
        "_api_version": version,
    }
    return {**headers, "_api_signature": hmac_signature(headers, secret)}


def hmac_signature(headers: Mapping[str, str], secret: str) -> str:
    """Base64 of the HMAC over `name=value` joined by & in the order of the names; the signature itself is left out."""
    text = "&".join(f"{name}={headers[name]}" for name in sorted(headers) if name != "_api_signature")
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode("ascii")


def signed_text(envelope: Mapping[str, object]) -> bytes:
    """What `cainfo` signs: `name=value` of every member but cainfo and input, sorted by name, joined by &."""
    members = sorted(name for name in envelope if name not in ("cainfo", "input"))
    return "&".join(f"{name}={envelope[name]}" for name in members).encode()


def sign_envelope(envelope: Mapping[str, object], key: SM2, *, der: bool = False, text: str = "base64") -> str:
    """The value of cainfo. `der`: ASN.1 instead of r ‖ s; `text`: "base64" or "hex"."""
    signature = key.sign(signed_text(envelope))
    signature = to_der(signature) if der else signature
    return signature.hex() if text == "hex" else base64.b64encode(signature).decode("ascii")


def is_signed(envelope: Mapping[str, object], key: SM2, *, der: bool = False, text: str = "base64") -> bool:
    """Whether cainfo is the sender's signature over this envelope."""
    try:
        cainfo = str(envelope.get("cainfo", ""))
        signature = bytes.fromhex(cainfo) if text == "hex" else base64.b64decode(cainfo, validate=True)
    except (ValueError, binascii.Error):
        return False
    return key.verify(from_der(signature) if der else signature, signed_text(envelope))


def _units(now: datetime, unit: timedelta) -> int:
    if now.tzinfo is None:
        raise ValueError("now must be aware of its time zone")
    return (now - EPOCH) // unit
