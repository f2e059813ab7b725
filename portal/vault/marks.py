"""Short names of a secret: a fingerprint to compare by eye, a keyed index to search by."""

from portal.access.door import current_institution
from portal.gateway.crypto.sm3 import hmac_sm3, sm3
from portal.vault.keys import keyring

VERSION = 2
INDEX_SIZE = VERSION + 32


def fingerprint(text: str) -> str:
    """The first 8 hex digits of SM3 in two groups, for "已设置，指纹 1a2b-3c4d": both sides can compare it by eye.

    For values as random as a key. Never for identity numbers or passwords, which could be guessed from it.
    """
    digest = sm3(text.encode()).hex()
    return f"{digest[:4]}-{digest[4:8]}"


def blind_index(text: str, institution: int | None = None) -> bytes:
    """HMAC-SM3 of the text under the institution's key, behind two bytes that name the key's version: 34 bytes.

    Equal texts of one institution get equal indexes; two institutions' indexes cannot be compared. Without
    `institution` that of the open door counts, or the platform.
    """
    return _index(text, institution, keyring().current)


def blind_indexes(text: str, institution: int | None = None) -> list[bytes]:
    """The text's index under every version of the master key: search `…__in` these while keys are being rotated."""
    return [_index(text, institution, version) for version in sorted(keyring().masters, reverse=True)]


def _index(text: str, institution: int | None, version: int) -> bytes:
    owner = (current_institution() or 0) if institution is None else institution
    key = keyring().key("index", owner, version)
    return version.to_bytes(VERSION, "big") + hmac_sm3(key, text.encode())
