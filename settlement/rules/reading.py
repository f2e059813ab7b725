"""What a card reading tells, whichever function read it: one shape, and the certificate it makes; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from settlement.rules.cards import IdentityCard, SocialCard
from settlement.rules.identity import E_VOUCHER, IDENTITY_CARD, RESIDENT, SOCIAL_CARD

#: mdtrt_cert_type of hos.user.get by what the clerk chose.
MODES = {"choose": "09", "card": "03", "identity": "02", "code": "01"}
#: Certificate types of an answer (mdtrt_cert_type): 02 identity card, 03 social card, 01 and 04 to 09 codes.
IDENTITY, SOCIAL = "02", "03"


@dataclass(frozen=True)
class Insured:
    """One insurance of the person."""

    insurance: str
    insured_at: str
    state: str
    person_type: str
    balance: str
    employer: str = ""


@dataclass(frozen=True)
class PersonRead:
    """The person as the library told; what it did not tell is empty. Never shown in `repr`."""

    name: str
    document: str
    document_type: str = "01"
    person_no: str = ""
    gender: str = ""
    nation: str = ""
    born_on: str = ""
    certificate_type: str = ""
    card_type: str = ""
    card_no: str = ""
    card_code: str = ""
    token: str = ""
    code: str = ""
    insured_at: str = ""
    phone: str = ""
    insurances: tuple[Insured, ...] = ()
    identities: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"PersonRead({self.certificate_type})"

    @property
    def insurance(self) -> str:
        return self.insurances[0].insurance if self.insurances else ""


def of_library(answer: Mapping[str, Any]) -> PersonRead:
    """From hos.user.get or hos.user.third.get."""
    base = _one(answer.get("baseinfo"))
    health, hospital = _one(answer.get("ehcinfo")), _one(answer.get("cardinfo"))
    insurances = tuple(_insured(one) for one in _rows(answer.get("insuinfo")))
    return PersonRead(
        name=_text(base, "psn_name") or _text(health, "user_name"),
        document=(_text(base, "certno") or _text(health, "id_no")).upper(),
        document_type=_text(base, "psn_cert_type") or "01",
        person_no=_text(base, "psn_no"),
        gender=_text(base, "gend"),
        nation=_text(base, "naty"),
        born_on=_text(base, "brdy")[:10],
        certificate_type=_text(answer, "mdtrt_cert_type"),
        card_type=_text(answer, "card_type") or _text(hospital, "card_type"),
        card_no=_text(answer, "card_no") or _text(hospital, "card_no") or _text(health, "card_no"),
        card_code=_text(answer, "card_code"),
        token=_text(answer, "ecToken"),
        insured_at=_text(answer, "insuOrg") or (insurances[0].insured_at if insurances else ""),
        phone=_text(answer, "phone") or _text(health, "phone"),
        insurances=insurances,
        identities=tuple(_text(one, "psn_idet_type") for one in _rows(answer.get("idetinfo"))),
    )


def of_social_card(card: SocialCard) -> PersonRead:
    """From the card reader's ReadCardBas."""
    return PersonRead(
        name=card.name,
        document=card.id_no.upper(),
        certificate_type=SOCIAL,
        card_no=card.card_no,
        card_code=card.card_code,
        insured_at=card.region,
    )


def of_identity_card(card: IdentityCard) -> PersonRead:
    """From the card reader's ReadSFZ."""
    return PersonRead(
        name=card.name,
        document=card.id_no.upper(),
        gender=card.sex,
        nation=card.nation,
        born_on=card.born_on,
        certificate_type=IDENTITY,
    )


def of_code(code: str) -> PersonRead:
    """From the card reader's GetQRBase: who it is the centre knows."""
    return PersonRead(name="", document="", certificate_type=E_VOUCHER, code=code)


def certificate_of(read: PersonRead) -> dict[str, str]:
    """What 1101 is asked with, by its own names; empty when the reading names nobody.

    A social card with its code is shown as such, a code that the reader scanned as an e-voucher; everything else proves
    the identity number that was read.
    """
    if read.code:
        return {"mdtrt_cert_type": E_VOUCHER, "mdtrt_cert_no": read.code}
    if read.certificate_type == SOCIAL and read.card_no and read.card_code and read.document:
        return {
            "mdtrt_cert_type": SOCIAL_CARD,
            "mdtrt_cert_no": read.card_no,
            "card_sn": read.card_code,
            "psn_cert_type": RESIDENT,
            "certno": read.document,
            "psn_name": read.name,
        }
    if not read.document:
        return {}
    return {"mdtrt_cert_type": IDENTITY_CARD, "mdtrt_cert_no": read.document, "psn_name": read.name}


def _insured(row: Mapping[str, Any]) -> Insured:
    return Insured(
        insurance=_text(row, "insutype"),
        insured_at=_text(row, "insuplc_admdvs"),
        state=_text(row, "psn_insu_stas"),
        person_type=_text(row, "psn_type"),
        balance=_text(row, "balc"),
        employer=_text(row, "emp_name"),
    )


def _rows(value: Any) -> Sequence[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        return [value]
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _one(value: Any) -> Mapping[str, Any]:
    rows = _rows(value)
    return rows[0] if rows else {}


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).strip()
