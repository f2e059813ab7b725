"""Social security cards: checked, and read for people of other provinces (4.19, 4.20, 4.28, 4.29)."""

from __future__ import annotations

from injury.messages import (
    CardCheck,
    CardHolder,
    CheckCard,
    CheckElectronicCard,
    ElectronicCard,
    PlasticCard,
    ReadCard,
    ReadElectronicCard,
)
from injury.sandbox.centre import no, open_centre
from injury.sandbox.models import Person
from portal.codes import code_list
from portal.gateway.sandbox.plays import Call, Refuse, plays

VALID, INVALID, NORMAL = "1", "0", "1"


@plays(CheckCard)
def check_card(request: CheckCard, call: Call) -> CardCheck:
    """Valid, or why not: no such card, another holder, another code, lost, locked, sealed or written off."""
    open_centre(call)
    person = Person.objects.filter(party=call.party, card_no=request.aaz500).first()
    if person is None:
        why = "社保卡卡号不存在"
    elif (person.id_no, person.name) != (request.aac002, request.aac003):
        why = "社会保障号码、姓名与持卡人不符"
    elif person.card_code != request.aaz501:
        why = "卡识别码不正确"
    elif person.card_state != NORMAL:
        why = f"社保卡状态为{code_list('injury.aaz502').label(person.card_state)}"
    else:
        return CardCheck(result=VALID)
    return CardCheck(errmsg=why, result=INVALID)


@plays(CheckElectronicCard)
def check_electronic_card(request: CheckElectronicCard, call: Call) -> CardHolder:
    """Whose code it is, and the state of the plastic card, whatever it is."""
    person = _holder(call, qrcode=request.qrcode)
    return CardHolder(aac002=person.id_no, aac003=person.name, aaz502=person.card_state)


@plays(ReadElectronicCard)
def read_electronic_card(request: ReadElectronicCard, call: Call) -> ElectronicCard:
    person = _holder(call, qrcode=request.qrcode)
    return ElectronicCard(aac147=person.id_no, aac003=person.name, aaz501=person.card_code, aaz500=person.card_no)


@plays(ReadCard)
def read_card(request: ReadCard, call: Call) -> PlasticCard:
    person = _holder(call, card_no=request.aaz500, card_code=request.aaz501)
    return PlasticCard(aac147=person.id_no, aac003=person.name, baz932=person.card_until, aaz502=person.card_state)


def _holder(call: Call, **wanted: str) -> Person:
    """Whose card it is; refused with 1004, for which the specification has no code of its own."""
    open_centre(call)
    person = Person.objects.filter(party=call.party, **wanted).first()
    if person is None:
        raise Refuse("1004", no("1004").message + "：没有这张社保卡，或二维码已失效")
    return person
