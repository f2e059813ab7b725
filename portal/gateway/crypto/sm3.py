"""SM3 (GB/T 32905) by OpenSSL."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes, hmac


def sm3(*parts: bytes) -> bytes:
    """The 32-byte digest of the parts, one after the other."""
    digest = hashes.Hash(hashes.SM3())
    for part in parts:
        digest.update(part)
    return digest.finalize()


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """The 32-byte HMAC of `data`."""
    code = hmac.HMAC(key, hashes.SM3())
    code.update(data)
    return code.finalize()
