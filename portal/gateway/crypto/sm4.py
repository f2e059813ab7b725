"""SM4 (GB/T 32907) by OpenSSL: CBC with PKCS#7 padding for the wire, GCM for what is kept."""

from __future__ import annotations

import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from portal.gateway.crypto.errors import WrongCiphertext, WrongIv, WrongKey

BLOCK = 16
TAG = 16


def iv(text: str, name: str = "SM4 加密 IV") -> bytes:
    """The 16 bytes of an initial vector as sites write it: 32 hexadecimal digits, or 16 ASCII characters.

    The clearing manual says the first (4.1) and prints the second as its default. Anything else raises WrongIv.
    """
    text = text.strip()
    if re.fullmatch(r"[0-9A-Fa-f]{32}", text):
        return bytes.fromhex(text)
    if re.fullmatch(r"[!-~]{16}", text):
        return text.encode("ascii")
    raise WrongIv(f"{name}应为 32 位十六进制字符，或 16 个半角字符，现为 {len(text)} 个字符")


def cbc_encrypt(key: bytes, vector: bytes, data: bytes) -> bytes:
    """SM4-CBC of `data` with PKCS#7 padding. WrongKey or WrongIv unless both are 16 bytes."""
    padder = PKCS7(BLOCK * 8).padder()
    encryptor = Cipher(_algorithm(key), modes.CBC(_vector(vector))).encryptor()
    return encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()


def cbc_decrypt(key: bytes, vector: bytes, data: bytes) -> bytes:
    """The plain bytes. WrongCiphertext when length or padding are wrong; CBC proves nothing else, so sign first."""
    if not data or len(data) % BLOCK:
        raise WrongCiphertext("密文长度不是 16 字节的整数倍")
    decryptor = Cipher(_algorithm(key), modes.CBC(_vector(vector))).decryptor()
    padded = decryptor.update(data) + decryptor.finalize()
    unpadder = PKCS7(BLOCK * 8).unpadder()
    try:
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        raise WrongCiphertext("密文的填充不对，密钥或 IV 可能不一致") from None


def gcm_encrypt(key: bytes, nonce: bytes, data: bytes, bound: bytes = b"") -> bytes:
    """SM4-GCM: ciphertext followed by the 16-byte tag. `nonce` (12 bytes) must never come twice under one key.

    `bound` is authenticated but not contained: the same must be given to decrypt.
    """
    encryptor = Cipher(_algorithm(key), modes.GCM(_nonce(nonce))).encryptor()
    encryptor.authenticate_additional_data(bound)
    return encryptor.update(data) + encryptor.finalize() + encryptor.tag


def gcm_decrypt(key: bytes, nonce: bytes, data: bytes, bound: bytes = b"") -> bytes:
    """The plain bytes; WrongCiphertext when key, nonce, `bound` or any byte of `data` differ."""
    if len(data) < TAG:
        raise WrongCiphertext("密文不完整")
    decryptor = Cipher(_algorithm(key), modes.GCM(_nonce(nonce), data[-TAG:])).decryptor()
    decryptor.authenticate_additional_data(bound)
    try:
        return decryptor.update(data[:-TAG]) + decryptor.finalize()
    except InvalidTag:
        raise WrongCiphertext("密文校验不通过，密钥不一致或内容被改动") from None


def _algorithm(key: bytes) -> algorithms.SM4:
    if len(key) != BLOCK:
        raise WrongKey("SM4 密钥应为 16 字节")
    return algorithms.SM4(key)


def _vector(vector: bytes) -> bytes:
    if len(vector) != BLOCK:
        raise WrongIv("SM4 加密 IV 应为 16 字节")
    return vector


def _nonce(nonce: bytes) -> bytes:
    if len(nonce) != 12:
        raise WrongIv("SM4-GCM 随机数应为 12 字节")
    return nonce
