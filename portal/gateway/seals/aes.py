"""The work-injury gateway's cipher: AES-ECB with PKCS#5 padding in Base64, as its specification demands (spec 5).

ECB shows equal blocks and MD5 is broken; both are the other side's rules, and neither is used anywhere else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import date, datetime
from zoneinfo import ZoneInfo

from Crypto.Cipher import AES
from Crypto.Util.Padding import pad, unpad

from portal.gateway.crypto.errors import WrongCiphertext, WrongKey

SHANGHAI = ZoneInfo("Asia/Shanghai")


def key(text: str, name: str = "接口密钥") -> bytes:
    """The characters of a key as key bytes; WrongKey unless they are 16, 24 or 32."""
    found = text.strip().encode()
    if len(found) not in (16, 24, 32):
        raise WrongKey(f"{name}应为 16、24 或 32 个半角字符，现为 {len(found)} 字节")
    return found


def close(plain: bytes, secret: bytes) -> str:
    """Base64 without line breaks of AES-ECB-PKCS5(secret, plain)."""
    return base64.b64encode(_cipher(secret).encrypt(pad(plain, AES.block_size))).decode("ascii")


def open_(text: str | bytes, secret: bytes) -> bytes:
    """The plain bytes; line breaks in the Base64 are ignored. WrongCiphertext when it was not made with `secret`."""
    sealed = text.encode() if isinstance(text, str) else text
    try:
        data = base64.b64decode(b"".join(sealed.split()), validate=True)
    except binascii.Error:
        raise WrongCiphertext("报文不是 Base64 密文") from None
    if not data or len(data) % AES.block_size:
        raise WrongCiphertext("密文长度不是 16 字节的整数倍")
    try:
        return unpad(_cipher(secret).decrypt(data), AES.block_size)
    except ValueError:
        raise WrongCiphertext("密文的填充不对，密钥可能不一致") from None


def login_key(day: date | None = None) -> bytes:
    """The key of the sign-in call: the 32 characters of the upper-case MD5 of the day, YYYY-MM-DD in Shanghai."""
    return md5_upper((day or datetime.now(SHANGHAI).date()).isoformat()).encode("ascii")


def md5_upper(text: str) -> str:
    """Upper-case hexadecimal MD5, how passwords travel on this wire."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


def _cipher(secret: bytes) -> AES.EcbMode:  # type: ignore[name-defined]
    if len(secret) not in (16, 24, 32):
        raise WrongKey("AES 密钥应为 16、24 或 32 字节")
    return AES.new(secret, AES.MODE_ECB)
