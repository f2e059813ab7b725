"""One sealed value: version (2 bytes) ‖ nonce (12) ‖ SM4-GCM ciphertext ‖ tag (16)."""

import os
from dataclasses import dataclass

from portal.gateway.crypto.errors import WrongCiphertext
from portal.gateway.crypto.sm4 import gcm_decrypt, gcm_encrypt
from portal.vault.keys import NoKey, keyring

VERSION = 2
NONCE = 12
TAG = 16
OVERHEAD = VERSION + NONCE + TAG


class BrokenSeal(ValueError):
    """A sealed value does not open where it stands: it was changed, moved from another place, or its key is gone."""


@dataclass(frozen=True)
class Place:
    """Where a value belongs; it opens nowhere else."""

    table: str
    column: str
    institution: int
    row: str

    def bound(self, version: int) -> bytes:
        return "|".join((self.table, self.column, str(self.institution), self.row, str(version))).encode()

    def __str__(self) -> str:
        return f"{self.table}.{self.column}，记录 {self.row}"


def seal(plain: bytes, place: Place) -> bytes:
    """Sealed with the current master key."""
    keys = keyring()
    version, nonce = keys.current, os.urandom(NONCE)
    key = keys.key("seal", place.institution, version)
    return version.to_bytes(VERSION, "big") + nonce + gcm_encrypt(key, nonce, plain, place.bound(version))


def unseal(sealed: bytes, place: Place) -> bytes:
    """The plain bytes; raises BrokenSeal naming the place, never the value."""
    if len(sealed) < OVERHEAD:
        raise BrokenSeal(f"密文不完整：{place}")
    version, nonce = version_of(sealed), sealed[VERSION : VERSION + NONCE]
    try:
        key = keyring().key("seal", place.institution, version)
        return gcm_decrypt(key, nonce, sealed[VERSION + NONCE :], place.bound(version))
    except WrongCiphertext:
        raise BrokenSeal(f"密文校验不通过，内容被改动或移动过：{place}") from None
    except NoKey as error:
        raise BrokenSeal(f"{error}：{place}") from None


def version_of(sealed: bytes) -> int:
    """The version of the master key a value was sealed with."""
    return int.from_bytes(sealed[:VERSION], "big")
