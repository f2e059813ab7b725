"""SM3 (GB/T 32905) by OpenSSL."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives import hashes, hmac

#: Python's own way to OpenSSL costs a fourth for short texts, where its OpenSSL has the algorithm: copying what has
#: taken nothing yet is quicker than asking for the algorithm by name.
EMPTY = hashlib.new("sm3") if "sm3" in hashlib.algorithms_available else None


def sm3(*parts: bytes) -> bytes:
    """The 32-byte digest of the parts, one after the other."""
    if EMPTY is not None:
        quick = EMPTY.copy()
        quick.update(b"".join(parts))
        return quick.digest()
    digest = hashes.Hash(hashes.SM3())
    for part in parts:
        digest.update(part)
    return digest.finalize()


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """The 32-byte HMAC of `data`."""
    code = hmac.HMAC(key, hashes.SM3())
    code.update(data)
    return code.finalize()
