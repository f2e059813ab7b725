"""Reading a card at a desk: the page asks the portal, a job asks the desk's bridge, the answer is kept sealed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from portal.gateway.desk.cards import GetQrBase, ReadCardBas, ReadSfz
from portal.gateway.environments.standstill import environment_for
from portal.gateway.errors import NotSent, Rejected, Unknown
from portal.gateway.journal import Ask
from portal.gateway.messages import Request
from portal.gateway.models import Desk
from portal.jobs import start
from portal.vault.masks import mask_identity, mask_name
from settlement.actions import CARD_READ
from settlement.messages.onetrans import DecodeIdentity, ReadIdentity
from settlement.models import CardReading, ReadingState, ReadingWay
from settlement.models.cards import KEPT
from settlement.rules.cards import UnreadableCard, read_code, read_identity_card, read_social_card
from settlement.rules.reading import (
    MODES,
    Insured,
    PersonRead,
    of_code,
    of_identity_card,
    of_library,
    of_social_card,
)
from settlement.services.cashier.asking import made
from settlement.services.refusals import Refused

READ = "settlement.card.read"
#: business_type when nobody says: registering and paying an outpatient (01101, 01301).
USUAL_BUSINESS = "01301"
#: The health card's step when a code is decoded: paying at the desk.
USUAL_STEP = "0101051"
LOST = "没有得到终端的答复，可以再读一次"

Door = Callable[[], AbstractContextManager[Any]]


def read_card(way: str, *, desk: Desk, by: Member, business_type: str = "") -> CardReading:
    """Have a card or code read at this desk, in the background; Refused while the desk is reading already."""
    if way not in ReadingWay.values:
        raise Refused("没有这种读取方式", field="way")
    found = CardReading(
        environment=environment_for(by),
        desk=desk.pk,
        desk_name=desk.name,
        way=way,
        business_type=business_type or USUAL_BUSINESS,
        asked_by=by.user,
        asked_as=by.label[:100],
    )
    request_for(found)  # what cannot be asked is said now
    try:
        with transaction.atomic():
            found.save(force_insert=True)
    except IntegrityError as error:
        if "one_reading_at_a_desk" not in str(error):
            raise
        now = CardReading.objects.filter(environment=found.environment, desk=desk.pk, state=ReadingState.ASKING)
        raise Refused("这个终端正在读卡，请等它读完").behind(job=now.values_list("job", flat=True).first()) from None
    job = start(READ, str(found.pk), by=by, title="读卡", params={"reading": str(found.pk)})
    found.job = job.pk
    found.save(update_fields=["job"])
    record(CARD_READ, found, by=by, desk=desk.name, way=found.get_way_display())
    return found


def request_for(found: CardReading) -> Request[Any]:
    """What the library is asked, by the way that was chosen."""
    desk, way = str(found.desk), found.way
    if way == ReadingWay.READER_CARD:
        return ReadCardBas(desk=desk)
    if way == ReadingWay.READER_IDENTITY:
        return ReadSfz(desk=desk)
    if way == ReadingWay.READER_CODE:
        return GetQrBase(desk=desk)
    if way == ReadingWay.UNIFIED:
        values = {"business_type": found.business_type, "out_verify_time": stamp(), "treatment_code": USUAL_STEP}
        return made(DecodeIdentity, {"desk": desk, **values})
    mode = MODES[way]
    coded = {"business_type": found.business_type} if mode in ("01", "09") else {}
    return made(ReadIdentity, {"desk": desk, "mdtrt_cert_type": mode, **coded})


def stamp() -> str:
    return f"{timezone.localtime():%Y%m%d%H%M%S}"


def answer_reading(found_id: UUID, *, ask: Callable[[str], Ask], door: Door) -> str:
    """Ask the desk and keep what it read; called by the job, outside any transaction. Its closing note."""
    with door():
        found = CardReading.objects.get(pk=found_id)
        request = request_for(found)
    if not found.is_asking:
        return found.sentence
    try:
        fill(found, ask(found.environment)(request))
    except Rejected as refusal:
        found.state, found.sentence, found.code = ReadingState.REFUSED, refusal.sentence, refusal.code[:40]
    except UnreadableCard as wrong:
        found.state, found.sentence = ReadingState.REFUSED, str(wrong)
    except (NotSent, Unknown) as error:
        found.state, found.sentence = ReadingState.DOUBTFUL, f"{error.sentence}；可以再读一次"
    with door():
        return keep(found)


def fill(found: CardReading, reply: Any) -> None:
    """The person in the answer; one without a name and a number was not read."""
    person = person_in(found.way, reply)
    if not (person.document or person.code):
        found.state, found.sentence = ReadingState.REFUSED, "读到的内容中没有证件号码，请重新读卡"
        return
    found.state, found.sentence = ReadingState.KNOWN, "已读取"
    found.answer = {"person": asdict(person)}
    found.certificate_type, found.card_type = person.certificate_type[:3], person.card_type[:6]
    found.card_no, found.card_masked = person.card_no or None, mask_identity(person.card_no)[:40]
    found.person_no = person.person_no or None
    found.name_masked = mask_name(person.name) if person.name else "电子凭证"
    found.document_masked = mask_identity(person.document)
    found.insurance, found.insured_at = person.insurance[:6], person.insured_at[:6]


def person_in(way: str, reply: Any) -> PersonRead:
    if way == ReadingWay.READER_CARD:
        return of_social_card(read_social_card(reply.text))
    if way == ReadingWay.READER_IDENTITY:
        return of_identity_card(read_identity_card(reply.text))
    if way == ReadingWay.READER_CODE:
        return of_code(read_code(reply.text))
    return of_library(reply.model_dump(mode="json", by_alias=True, exclude_none=True))


def keep(found: CardReading) -> str:
    found.sentence, found.answered_at = found.sentence[:500], timezone.now()
    held = CardReading.objects.select_for_update().filter(pk=found.pk, state=ReadingState.ASKING)
    if held.exists():  # otherwise another runner of the same job was first
        found.save()
    return found.sentence


def person_read(found: CardReading) -> PersonRead | None:
    """Who was read; None while nobody was."""
    if not found.is_known or not found.answer:
        return None
    told = dict((found.answer.reveal() or {}).get("person") or {})
    told["insurances"] = tuple(Insured(**one) for one in told.get("insurances") or ())
    told["identities"] = tuple(told.get("identities") or ())
    return PersonRead(**told)


def end_lost_readings() -> int:
    """End those that no job asks any more, and forget what is older than 180 days; inside the door."""
    now = timezone.now()
    lost = CardReading.objects.filter(state=ReadingState.ASKING, asked_at__lt=now - timedelta(minutes=10))
    lost.update(state=ReadingState.DOUBTFUL, sentence=LOST, answered_at=now)
    return int(CardReading.objects.filter(asked_at__lt=now - timedelta(days=KEPT)).delete()[0])
