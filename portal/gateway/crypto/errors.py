"""What can be wrong with a key, an initial vector or a ciphertext. Sentences name the thing, never its value."""

from __future__ import annotations


class CryptoFault(ValueError):
    """Base of the faults below; `str()` is fit for a person."""


class WrongKey(CryptoFault):
    """A key of the wrong length or alphabet, out of range, off the curve, or not matching its partner."""


class WrongIv(CryptoFault):
    """An initial vector that is not 16 bytes."""


class WrongCiphertext(CryptoFault):
    """A ciphertext that was not made with this key, or was changed on the way."""
