"""Master keys, read from a file outside the database and the repository, and the keys derived from them."""

import json
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

Purpose = Literal["seal", "index"]
SIZES: dict[Purpose, int] = {"seal": 16, "index": 32}  # SM4 takes 16 bytes, HMAC-SM3 a digest's length
LAST_VERSION = 0xFFFF  # two bytes in front of every ciphertext


class NoKey(RuntimeError):
    """The master key file is missing, unreadable, malformed, or lacks a version that a row was sealed with."""


@dataclass(frozen=True)
class Keyring:
    """Master keys by version; new values are sealed with the highest."""

    masters: dict[int, bytes]

    @property
    def current(self) -> int:
        return max(self.masters)

    def key(self, purpose: Purpose, institution: int, version: int) -> bytes:
        """The key of one institution (0 = the platform); raises NoKey for a version this machine does not have."""
        try:
            master = self.masters[version]
        except KeyError:
            raise NoKey(f"主密钥文件中没有第 {version} 版密钥，请从其他服务器复制最新的主密钥文件") from None
        return _derived(master, purpose, institution)


def keyring() -> Keyring:
    """The master keys as the file holds them now.

    Looked at on every use (one stat call), so that running processes seal with a new version as soon as it exists.
    """
    path = Path(settings.MASTER_KEY_FILE)
    try:
        seen = path.stat()
        return _read(path, (seen.st_mtime_ns, seen.st_ino, seen.st_size))
    except OSError as error:
        raise NoKey(f"无法读取主密钥文件 {path}：{error.strerror}") from error


@lru_cache(maxsize=4)
def _read(path: Path, seen: tuple[int, int, int]) -> Keyring:
    return Keyring(parsed(path.read_text()))


def parsed(text: str) -> dict[int, bytes]:
    """Master keys from the file's text `{"1": "<32 hex digits>", …}`; raises NoKey without repeating any of it."""
    try:
        entries = json.loads(text)
        keys = {int(version): _master(key) for version, key in entries.items()}
    except (ValueError, AttributeError, TypeError):
        raise NoKey('主密钥文件格式不对，应为 {"1": "32 位十六进制"}') from None
    if not keys or not all(0 < version <= LAST_VERSION for version in keys):
        raise NoKey("主密钥文件中没有可用的版本")
    return keys


def _master(text: str) -> bytes:
    if not re.fullmatch(r"[0-9a-fA-F]{32}", text):
        raise ValueError
    return bytes.fromhex(text)


@lru_cache(maxsize=20_000)
def _derived(master: bytes, purpose: Purpose, institution: int) -> bytes:
    """HKDF-SM3: one institution's key says nothing about another's."""
    kdf = HKDF(hashes.SM3(), SIZES[purpose], salt=None, info=f"yibao {purpose} {institution}".encode())
    return kdf.derive(master)


def add_version() -> int:
    """Write a new random master key into the file and return its version.

    The new file replaces the old one at once and complete, with mode 0400; earlier versions stay, since rows and
    backups still need them.
    """
    path = Path(settings.MASTER_KEY_FILE)
    masters = dict(keyring().masters)
    version = max(masters) + 1
    masters[version] = os.urandom(16)
    text = json.dumps({str(number): key.hex() for number, key in sorted(masters.items())})
    write_secret(path, text)
    return version


def write_secret(path: Path, text: str) -> None:
    """Replace a secret file atomically and durably; readable by its owner only, mode 0400."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
