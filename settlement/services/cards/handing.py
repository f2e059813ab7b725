"""What becomes of a reading: the person goes on to the insurer's own answer (1101), or to another business."""

from __future__ import annotations

from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from portal.people import PersonHanded, register_source
from settlement.actions import CARD_TAKEN
from settlement.models import CardReading, Identification
from settlement.rules.identity import Certificate, Way, WrongCertificate
from settlement.rules.reading import certificate_of
from settlement.services.cards.reading import person_read
from settlement.services.identity import identify
from settlement.services.refusals import Refused

SOURCE = "reading"


def identify_reading(found: CardReading, *, by: Member) -> Identification:
    """Ask the centre with what was read; a reading is handed on once, then its identification is shown again."""
    found = CardReading.objects.select_for_update().get(pk=found.pk)
    if found.identification and (made := Identification.objects.filter(pk=found.identification).first()):
        return made
    person = person_read(found)
    if person is None:
        raise Refused("还没有读到身份，请先读卡")
    try:
        certificate = Certificate.of_wire(certificate_of(person), timezone.localdate())
    except WrongCertificate as wrong:
        raise Refused.of(wrong.faults) from None
    way = Way.VOUCHER if person.code else Way.CROSS_CARD if certificate.card_sn else Way.IDENTITY
    made = identify(certificate, by=by, way=way)
    CardReading.objects.filter(pk=found.pk).update(identification=made.pk)
    record(CARD_TAKEN, found, by=by, whom="医保身份识别")
    return made


def handed(row: str, /, *, by: Member, whom: str) -> PersonHanded | None:
    """Who was read, for another business's form; None when this person may not see it or nobody was read."""
    found = CardReading.objects.filter(pk=row).first()
    person = person_read(found) if found and by.may("settlement.people.identify") else None
    if found is None or person is None:
        return None
    record(CARD_TAKEN, found, by=by, whom=whom)
    return PersonHanded(person.name, person.document, person.card_no, person.card_code)


register_source(SOURCE, handed)
