"""Secrets at rest: SM4-GCM columns bound to their row, keyed indexes for equality search, masks (design 4.5)."""

from portal.vault.fields import BlindIndex, SealedField, SealedJson, closed_for
from portal.vault.marks import blind_index, blind_indexes, fingerprint
from portal.vault.masks import mask_identity, mask_name, mask_phone
from portal.vault.seal import BrokenSeal
from portal.vault.sealed import Sealed, SealedData

__all__ = [
    "BlindIndex",
    "BrokenSeal",
    "Sealed",
    "SealedData",
    "SealedField",
    "SealedJson",
    "blind_index",
    "blind_indexes",
    "closed_for",
    "fingerprint",
    "mask_identity",
    "mask_name",
    "mask_phone",
]
