"""SM2, SM3 and SM4. Wrong keys, initial vectors and ciphertexts are `Wrong…` errors with a sentence for people."""

from portal.gateway.crypto.errors import CryptoFault, WrongCiphertext, WrongIv, WrongKey
from portal.gateway.crypto.sm2 import SM2, check_pair, generate, private_key, public_key
from portal.gateway.crypto.sm3 import hmac_sm3, sm3
from portal.gateway.crypto.sm4 import (
    cbc_decrypt,
    cbc_encrypt,
    gcm_decrypt,
    gcm_encrypt,
    iv,
)

__all__ = [
    "SM2",
    "CryptoFault",
    "WrongCiphertext",
    "WrongIv",
    "WrongKey",
    "cbc_decrypt",
    "cbc_encrypt",
    "check_pair",
    "gcm_decrypt",
    "gcm_encrypt",
    "generate",
    "hmac_sm3",
    "iv",
    "private_key",
    "public_key",
    "sm3",
]
