"""Who stands at the desk: hos.user.get, hos.user.third.get, and the functions of the card reader."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from portal.gateway.desk.cards import CardAnswer, ChangePin, GetQrBase, Init, ReadCardBas, ReadSfz, VerifyPin
from portal.gateway.sandbox.models import Party
from portal.gateway.sandbox.plays import Call, plays
from settlement.messages.onetrans import (
    BaseInfo,
    DecodedIdentity,
    DecodeIdentity,
    HealthCard,
    HospitalCard,
    Identity,
    Insurance,
    PersonIdentity,
    ReadIdentity,
)
from settlement.sandbox import names
from settlement.sandbox.models import Insured, Purse, Reader, Voucher
from settlement.sandbox.onetrans.desk import NO_CARD, UNKNOWN_CODE, age_of, no, reader_of

#: Which card satisfies which way of reading; 09 takes whatever lies there.
WAYS = {"01": ("code", "health"), "02": ("identity",), "03": ("social",)}
#: What the answer calls the way that was taken (就诊凭证类型字典).
TAKEN = {"code": "01", "identity": "02", "social": "03", "health": "07"}
WRONG_PINS = {"wrong": ("-5", "密码错误"), "locked": ("-6", "密码输错六次，卡片已锁定")}
#: What the national interface calls people, in the words of this one.
PERSON_TYPES = {"12": "21", "15": "50", "1401": "41"}
AIDED = "06"
PHOTO = "UEhPVE8="


@plays(ReadIdentity)
def read_identity(request: ReadIdentity, call: Call) -> Identity:
    """The person whose card lies on the reader, if it is of the way that was asked for."""
    kind, person = _shown(call.party, WAYS.get(request.mdtrt_cert_type, tuple(TAKEN)))
    common = _person(call.party, kind, person)
    if kind == "social":
        common |= {"card_code": person.card_sn, "card_no": person.card_no, "issuedeptid": "9902"}
    return Identity(**common)


@plays(DecodeIdentity)
def decode_identity(request: DecodeIdentity, call: Call) -> DecodedIdentity:
    """The person whose code is shown; cards of plastic are no business of this one."""
    kind, person = _shown(call.party, WAYS["01"])
    common = _person(call.party, kind, person)
    common.pop("cardinfo")
    return DecodedIdentity(card_type="11" if kind == "health" else "01", card_no=person.card_no, **common)


def _shown(party: Party, wanted: tuple[str, ...]) -> tuple[str, Insured]:
    reader = reader_of(party)
    if not reader.kind or reader.insured is None:
        raise no(NO_CARD, "没有检测到卡片，请放好卡片或出示二维码")
    if reader.kind not in wanted:
        raise no(UNKNOWN_CODE, f"读到的是{Reader.Kind(reader.kind).label}，与所选的读卡方式不符")
    return str(reader.kind), reader.insured


def _person(party: Party, kind: str, person: Insured) -> dict[str, Any]:
    """What both transactions tell of a person."""
    insured = list(person.insurances.order_by("pk"))
    told: dict[str, Any] = {
        "baseinfo": BaseInfo(
            psn_no=person.psn_no,
            psn_cert_type=person.psn_cert_type,
            certno=person.certno,
            psn_name=person.psn_name,
            gend=person.gend,
            naty="01",
            brdy=str(person.brdy),
            age=Decimal(age_of(person.brdy)),
        ),
        "insuinfo": [
            Insurance(
                balc=one.balance,
                insutype=one.insutype,
                psn_type=PERSON_TYPES.get(one.psn_type, one.psn_type),
                psn_insu_stas=one.psn_insu_stas,
                psn_insu_date=str(one.since),
                paus_insu_date=str(one.paused or ""),
                cvlserv_flag=one.cvlserv_flag,
                insuplc_admdvs=one.insuplc_admdvs,
                emp_name=one.emp_name,
            )
            for one in insured
        ],
        "idetinfo": [PersonIdentity(**(one | {"psn_idet_type": AIDED})) for one in person.identities],
        "cardinfo": [
            HospitalCard(balc=one.balance, card_type="03", card_no=one.patient)
            for one in Purse.objects.filter(party=party, patient=f"C{person.pk}")
        ],
        "mdtrt_cert_type": TAKEN[kind],
    }
    if kind == "code":
        told |= {"ecToken": names.voucher("token", person.pk), "insuOrg": insured[0].insuplc_admdvs}
    if kind == "health":
        told |= {"ehcinfo": [health_card(person)], "phone": person.tel}
    return told


def health_card(person: Insured) -> HealthCard:
    """The person's electronic health card."""
    drawn = names.card("ehc", person.pk)[1]
    return HealthCard(
        mindex_id=f"M{drawn}",
        ehealth_card_id=f"E{drawn}",
        phone=person.tel,
        card_type="01",
        card_no=person.card_no,
        id_type="03" if person.psn_cert_type == "08" else "01",
        id_no=person.certno,
        user_name=person.psn_name,
        user_sex=person.gend,
        mobile_phone=person.tel,
        birthday=f"{person.brdy:%Y%m%d}",
    )


@plays(Init)
def init(request: Init, call: Call) -> CardAnswer:
    return CardAnswer()


@plays(ReadCardBas)
def read_card(request: ReadCardBas, call: Call) -> CardAnswer:
    """Eleven parts after the number that the documented example begins with."""
    person = _lies(call.party, Reader.Kind.SOCIAL, "卡片上电失败")
    parts = (
        *("1", person.card_sn[:6] if person.card_sn[:6].isdigit() else "990200", person.certno, person.card_no),
        *(person.card_sn, person.psn_name, "00814E43238697159900BF7C7A", "1.00", "20201001", "20301001"),
        *("990200813475", ""),
    )
    return CardAnswer(text="|".join(parts) + "|", signature=f"SIGN{person.pk:08d}")


@plays(ReadSfz)
def read_identity_card(request: ReadSfz, call: Call) -> CardAnswer:
    person = _lies(call.party, Reader.Kind.IDENTITY, "没有找到身份证")
    parts = (
        *(person.certno, person.psn_name, "男" if person.gend == "1" else "女", "汉", f"{person.brdy:%Y%m%d}"),
        *("澄屿市翎溪区一号", "澄屿市公安局", "20200101-20400101", PHOTO),
    )
    return CardAnswer(text="^".join(parts) + "^", signature=f"SIGN{person.pk:08d}")


@plays(GetQrBase)
def read_code(request: GetQrBase, call: Call) -> CardAnswer:
    """A fresh e-voucher code each time, which the national party takes once."""
    person = _lies(call.party, Reader.Kind.CODE, "等待超时，没有扫到二维码")
    number = Voucher.objects.filter(insured=person).count()
    code = names.voucher(f"desk:{person.pk}", number)
    Voucher.objects.create(insured=person, code=code)
    return CardAnswer(text=code, signature=f"SIGN{person.pk:08d}")


@plays(VerifyPin)
def verify_pin(request: VerifyPin, call: Call) -> CardAnswer:
    _pin(call.party)
    return CardAnswer()


@plays(ChangePin)
def change_pin(request: ChangePin, call: Call) -> CardAnswer:
    reader = _pin(call.party)
    reader.changed_pins += 1
    reader.save(update_fields=["changed_pins"])
    return CardAnswer()


def _pin(party: Party) -> Reader:
    """What the patient types is right or wrong, or the card is locked, as the control door said."""
    _lies(party, Reader.Kind.SOCIAL, "卡片上电失败")
    reader = reader_of(party, locked=True)
    if reader.pin in WRONG_PINS:
        raise no(*WRONG_PINS[reader.pin])
    return reader


def _lies(party: Party, kind: Reader.Kind, otherwise: str) -> Insured:
    reader = reader_of(party)
    if reader.kind != kind or reader.insured is None:
        raise no("-4", otherwise)
    insured: Insured = reader.insured
    return insured
