"""SM2 (GB/T 32918): signatures and encryption on gmssl, without its defects.

gmssl 3.2.2 mangles public keys that begin with 04, takes its random numbers from a predictable generator, ignores
the checksum when decrypting and does not check the range of a signature. Here keys are validated, random numbers
come from the system, hashing is OpenSSL's, and only the signature equations remain gmssl's.
"""

from __future__ import annotations

import re
import secrets
from hmac import compare_digest
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from gmssl import sm2 as gmssl_sm2

from portal.gateway.crypto import curve
from portal.gateway.crypto.errors import WrongCiphertext, WrongKey
from portal.gateway.crypto.sm3 import sm3

Order = Literal["C1C3C2", "C1C2C3"]

USER_ID = "1234567812345678"


def public_key(text: str, name: str = "SM2 公钥") -> str:
    """The key as 04 and 128 lower-case hexadecimal digits.

    Accepts it with or without the leading 04 (clearing manual 4.1 writes it with); a point off the curve or anything
    else raises WrongKey naming `name`.
    """
    text = text.strip().lower()
    if len(text) == 130 and text.startswith("04"):
        text = text[2:]
    if not re.fullmatch(r"[0-9a-f]{128}", text):
        raise WrongKey(f"{name}应为 04 开头的 130 位十六进制字符（或不带 04 的 128 位）")
    if not curve.on_curve((int(text[:64], 16), int(text[64:], 16))):
        raise WrongKey(f"{name}不是有效的 SM2 公钥（点不在曲线上），请核对是否漏抄或错抄")
    return "04" + text


def private_key(text: str, name: str = "SM2 私钥") -> str:
    """The key as 64 lower-case hexadecimal digits; WrongKey naming `name` when it is not one."""
    text = text.strip().lower()
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise WrongKey(f"{name}应为 64 位十六进制字符")
    if not 1 <= int(text, 16) <= curve.N - 2:
        raise WrongKey(f"{name}不在允许的范围内")
    return text


def check_pair(private: str, public: str, private_name: str = "SM2 私钥", public_name: str = "SM2 公钥") -> None:
    """WrongKey unless both keys are valid and belong together."""
    if SM2(private_key=private_key(private, private_name)).public_key != public_key(public, public_name):
        raise WrongKey(f"{private_name}与{public_name}不是一对")


def generate() -> tuple[str, str]:
    """A new pair (private 64 digits, public 04 + 128 digits) from the system's random numbers."""
    private = f"{secrets.randbelow(curve.N - 2) + 1:064x}"
    return private, SM2(private_key=private).public_key


class _Arithmetic(gmssl_sm2.CryptSM2):  # type: ignore[misc]  # gmssl has no types
    """gmssl's signature equations over our own, faster and blinded, multiplication."""

    def _kg(self, k: int, Point: str) -> str | None:
        point = curve.multiply(k, (int(Point[:64], 16), int(Point[64:128], 16)))
        return None if point is None else f"{point[0]:064x}{point[1]:064x}"


class SM2:
    """One party's key: with a private key it signs and decrypts, with a public key it verifies and encrypts.

    Given the private key alone, the public key is derived. Wrong or unmatched keys raise WrongKey. `user_id` is the
    signer's distinguishing identifier (GB/T 32918.2 5.5), by custom 1234567812345678.
    """

    def __init__(
        self, *, private_key: str | None = None, public_key: str | None = None, user_id: str = USER_ID
    ) -> None:
        self._secret = int(_private(private_key), 16) if private_key else 0
        if not private_key and not public_key:
            raise WrongKey("缺少 SM2 密钥")
        self.public_key = _public(public_key) if public_key else ""
        if self._secret:
            x, y = _finite(curve.multiply(self._secret, curve.G))
            derived = f"04{x:064x}{y:064x}"
            if self.public_key not in ("", derived):
                raise WrongKey("SM2 私钥与公钥不是一对")
            self.public_key = derived
        self._point = (int(self.public_key[2:66], 16), int(self.public_key[66:], 16))
        self._gmssl = _Arithmetic(f"{self._secret:064x}" if self._secret else None, "", mode=1)
        self._gmssl.public_key = self.public_key[2:]  # set directly: the constructor mangles it
        self._za = _za(user_id, self.public_key)

    def __repr__(self) -> str:
        return f"SM2({'private' if self._secret else 'public'})"

    def digest(self, message: bytes) -> bytes:
        """SM3(ZA ‖ message), what a signature is made over (GB/T 32918.2 6.1)."""
        return sm3(self._za, message)

    def sign(self, message: bytes, *, k: int | None = None) -> bytes:
        """r ‖ s, 64 bytes. `k` is for known-answer tests only; it is otherwise drawn anew."""
        if not self._secret:
            raise WrongKey("没有 SM2 私钥，不能签名")
        digest = self.digest(message)
        while True:
            drawn = secrets.randbelow(curve.N - 1) + 1 if k is None else k
            signature = self._gmssl.sign(digest, f"{drawn:064x}")
            if signature:  # None: r or s came out as zero, draw again
                return bytes.fromhex(signature)
            if k is not None:
                raise ValueError("no signature exists for this k")

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether r ‖ s is this key's signature of `message`; False also for a wrong length or range."""
        if len(signature) != 64:
            return False
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        if not (0 < r < curve.N and 0 < s < curve.N) or (r + s) % curve.N == 0:
            return False
        try:
            return bool(self._gmssl.verify(signature.hex(), self.digest(message)))
        except TypeError:  # gmssl has no text for the point at infinity: no valid signature leads there
            return False

    def encrypt(self, data: bytes, *, order: Order = "C1C3C2", prefix: bool = False, k: int | None = None) -> bytes:
        """Encrypt to this key (GB/T 32918.4). `prefix` keeps the 04 before C1. `k` is for known-answer tests only."""
        if not data:
            raise ValueError("SM2 encrypts at least one byte")
        while True:
            drawn = secrets.randbelow(curve.N - 1) + 1 if k is None else k
            c1 = _bytes(curve.multiply(drawn, curve.G))
            shared = _bytes(curve.multiply(drawn, self._point))
            stream = _stream(shared, len(data))
            if any(stream):  # all zero would send the data as they are
                break
        c2 = bytes(a ^ b for a, b in zip(data, stream, strict=True))
        c3 = sm3(shared[:32], data, shared[32:])
        return (b"\x04" if prefix else b"") + c1 + (c3 + c2 if order == "C1C3C2" else c2 + c3)

    def decrypt(self, data: bytes, *, order: Order = "C1C3C2", prefix: bool = False) -> bytes:
        """The plain bytes. WrongCiphertext when C1 is no point or the checksum C3 differs in any bit."""
        if not self._secret:
            raise WrongKey("没有 SM2 私钥，不能解密")
        if prefix:
            if data[:1] != b"\x04":
                raise WrongCiphertext("SM2 密文应以 04 开头")
            data = data[1:]
        if len(data) <= 96:
            raise WrongCiphertext("SM2 密文不完整")
        point = (int.from_bytes(data[:32], "big"), int.from_bytes(data[32:64], "big"))
        if not curve.on_curve(point):
            raise WrongCiphertext("SM2 密文无效（C1 不在曲线上）")
        rest = data[64:]
        c3, c2 = (rest[:32], rest[32:]) if order == "C1C3C2" else (rest[-32:], rest[:-32])
        shared = _bytes(curve.multiply(self._secret, point))
        stream = _stream(shared, len(c2))
        plain = bytes(a ^ b for a, b in zip(c2, stream, strict=True))
        if not compare_digest(sm3(shared[:32], plain, shared[32:]), c3):
            raise WrongCiphertext("SM2 密文校验不通过，密钥不一致或内容被改动")
        return plain


def to_der(signature: bytes) -> bytes:
    """r ‖ s as ASN.1 SEQUENCE { r, s }."""
    return encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))


def from_der(signature: bytes) -> bytes:
    """ASN.1 SEQUENCE { r, s } as r ‖ s; empty (which no key verifies) when it is not one."""
    try:
        r, s = decode_dss_signature(signature)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    except (ValueError, OverflowError):
        return b""


def _za(user_id: str, key: str) -> bytes:
    user = user_id.encode()
    table = gmssl_sm2.default_ecc_table
    return sm3((len(user) * 8).to_bytes(2, "big"), user, bytes.fromhex(table["a"] + table["b"] + table["g"] + key[2:]))


def _stream(shared: bytes, length: int) -> bytes:
    blocks = (sm3(shared, n.to_bytes(4, "big")) for n in range(1, length // 32 + 2))
    return b"".join(blocks)[:length]


def _finite(point: curve.Point | None) -> curve.Point:
    if point is None:  # the curve has prime order: only a multiple of the order leads here
        raise WrongKey("SM2 密钥无效")
    return point


def _bytes(point: curve.Point | None) -> bytes:
    x, y = _finite(point)
    return x.to_bytes(32, "big") + y.to_bytes(32, "big")


# The class names its arguments after these.
_private, _public = private_key, public_key
