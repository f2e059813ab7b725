"""Identifying whoever comes to the desk: 1101 with what they show, 2001 for each insurance, kept sealed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.gateway.errors import NotSent, Rejected, Unknown
from portal.gateway.journal import Ask
from portal.gateway.national import compose
from portal.jobs import start
from portal.vault.masks import mask_identity, mask_name
from settlement.actions import IDENTIFIED, INSURANCE_CHOSEN
from settlement.models import Identification, IdentificationState
from settlement.models.identity import KEPT
from settlement.rules.identity import Certificate, Way
from settlement.services.channel import channel_settings
from settlement.services.control import keep_for, medium_at_desk
from settlement.services.people import PersonShown, read_person, usable_first
from settlement.services.refusals import Refused
from settlement.services.visits import Patient
from settlement.services.vouchers import read_voucher

IDENTIFY = "settlement.identify"
#: med_type by the institution's kind, when nobody says which: what 2001 is asked for.
PHARMACY_VISIT, OUTPATIENT_VISIT = "41", "11"
LOST = "没有得到医保中心的答复，可以再识别一次"

Door = Callable[[], AbstractContextManager[Any]]


def identify(
    certificate: Certificate,
    *,
    by: Member,
    way: Way | str = "",
    med_type: str = "",
    about: str = "",
    medium: str = "",
) -> Identification:
    """Ask the centre who this is and what they are entitled to, in the background.

    `med_type` is the kind of visit that entitlements are asked for, `about` the number of the visit that a fresh
    certificate is shown for; `medium` a check medium that was got by hand, for the last transaction of such a visit or,
    of an inpatient, for 1101. Refused when an e-voucher's code has been read before; StandStill while the environment
    changes.
    """
    found = Identification(
        environment=environment_for(by),
        way=str(way),
        certificate=certificate.wire(),
        certificate_type=certificate.type,
        med_type=med_type or usual_med_type(by),
        about=about,
        asked_by=by.user,
        asked_as=by.label[:100],
    )
    found.save(force_insert=True)
    if certificate.is_voucher:
        read_voucher(certificate.number, found)
    if medium:
        keep_for("1101", medium, med_type=found.med_type, about=str(found.pk), by=by)
    _start(found, by)
    record(IDENTIFIED, found, by=by, way=Way(way).label if way else certificate.type, certificate=masked(certificate))
    return found


def ask_again(found: Identification, *, by: Member) -> Identification:
    """Ask once more after no answer came; an e-voucher goes on with the same code, which nobody else may use."""
    if found.state != IdentificationState.DOUBTFUL:
        if found.certificate_type == "01":
            raise Refused("医保电子凭证码只能使用一次，请病人刷新后重新扫描", field="code")
        return identify(certificate_of(found), by=by, way=found.way, med_type=found.med_type, about=found.about)
    found.state, found.sentence, found.code = IdentificationState.ASKING, "", ""
    found.save(update_fields=["state", "sentence", "code"])
    _start(found, by)
    return found


def _start(found: Identification, by: Member) -> None:
    job = start(IDENTIFY, str(found.pk), by=by, title="识别参保人", params={"identification": str(found.pk)})
    found.job = job.pk
    found.save(update_fields=["job"])


def usual_med_type(by: Member) -> str:
    """The kind of visit that the institution usually has."""
    kind = str(getattr(by.institution, "kind", ""))
    return PHARMACY_VISIT if kind == "pharmacy" else OUTPATIENT_VISIT


def certificate_of(found: Identification) -> Certificate:
    """What was shown."""
    return Certificate.of_wire(found.certificate.reveal(), timezone.localdate())


def masked(certificate: Certificate) -> str:
    """The certificate as lists and the log may show it."""
    return "电子凭证" if certificate.is_voucher else mask_identity(certificate.document or certificate.number)


# --- the job


def answer_identification(found_id: UUID, *, ask: Callable[[str], Ask], door: Door) -> str:
    """Ask 1101 and 2001, and keep the answers; called by the job, outside any transaction. Its closing note."""
    with door():
        found = Identification.objects.get(pk=found_id)
        certificate = certificate_of(found)
        own_code = _own_code(found.environment)
    if not found.is_asking:
        return found.sentence
    asking = ask(found.environment)
    try:
        medium = medium_at_desk("1101", found.pk, door=door)
        more = {"dev_safe_info": medium} if medium else {}
        reply: Any = asking(compose("1101", {"data": certificate.wire(), **more}))
        answer = reply.model_dump(mode="json", by_alias=True)
        person = read_person(answer, {})
        if not person.person_no or not person.insurances:
            found.state, found.sentence = IdentificationState.REFUSED, "医保中心的答复中没有人员编号或参保信息"
        else:
            found.entitlements = _entitlements(asking, person, found.med_type, own_code)
            _fill(found, answer, person)
    except Rejected as refusal:
        found.state, found.sentence, found.code = IdentificationState.REFUSED, refusal.sentence, refusal.code[:40]
    except (NotSent, Unknown) as error:
        found.state, found.sentence = IdentificationState.DOUBTFUL, f"{error.sentence}；可以再识别一次"
    with door():
        return _keep(found)


def _fill(found: Identification, answer: dict[str, Any], person: PersonShown) -> None:
    found.state, found.sentence = IdentificationState.KNOWN, "已识别"
    found.answer, found.person_no = answer, person.person_no
    found.name_masked, found.document_masked = mask_name(person.name), mask_identity(person.document)
    chosen = usable_first(read_person(answer, found.entitlements.reveal() if found.entitlements else {}))
    found.insurance, found.insured_at = chosen.insurance, chosen.insured_at


def _entitlements(asking: Ask, person: PersonShown, med_type: str, own_code: str) -> dict[str, Any]:
    """What 2001 says for each insurance that is in force: rows, or why it was refused. Never stops the rest."""
    told: dict[str, Any] = {}
    for one in person.insurances:
        if not one.is_in_force or one.key in told:
            continue
        content = {
            "psn_no": person.person_no,
            "insutype": one.insurance,
            "fixmedins_code": own_code,
            "med_type": med_type,
            "begntime": f"{timezone.localtime():%Y-%m-%d %H:%M:%S}",
        }
        try:
            reply: Any = asking(compose("2001", {"data": content}, insured_at=one.insured_at))
            told[one.key] = {"rows": [row.model_dump(mode="json", by_alias=True) for row in reply.trtinfo]}
        except Rejected as refusal:
            told[one.key] = {"refused": refusal.sentence}
        except (NotSent, Unknown) as error:
            told[one.key] = {"unknown": error.sentence}
    return told


def _own_code(environment: str) -> str:
    """The institution's code at the centre, which some messages name once more in their content."""
    try:
        return channel_settings(environment).medins_code
    except NotSent:
        return ""  # then nothing is sent, and the sentence says why


def _keep(found: Identification) -> str:
    found.sentence, found.answered_at = found.sentence[:500], timezone.now()
    held = Identification.objects.select_for_update().filter(pk=found.pk, state=IdentificationState.ASKING)
    if held.exists():  # otherwise another runner of the same job was first
        found.save()
    return found.sentence


def end_lost_identifications() -> int:
    """End those that no job asks any more, and forget what is older than 180 days; inside the door."""
    now = timezone.now()
    lost = Identification.objects.filter(state=IdentificationState.ASKING, asked_at__lt=now - timedelta(minutes=10))
    lost.update(state=IdentificationState.DOUBTFUL, sentence=LOST, answered_at=now)
    return int(Identification.objects.filter(asked_at__lt=now - timedelta(days=KEPT)).delete()[0])


# --- what visits take from it


def person_shown(found: Identification) -> PersonShown | None:
    """The person with insurances, balances and entitlements; None while there is no answer."""
    if not found.is_known or not found.answer:
        return None
    return read_person(found.answer.reveal(), found.entitlements.reveal() if found.entitlements else {})


def choose_insurance(found: Identification, key: str, *, by: Member) -> None:
    """Go by this insurance (`InsuranceShown.key`); Refused for one that the person does not have."""
    person = person_shown(found)
    chosen = next((one for one in person.insurances if one.key == key), None) if person else None
    if chosen is None:
        raise Refused("没有这项参保信息", field="insurance")
    found.insurance, found.insured_at = chosen.insurance, chosen.insured_at
    found.save(update_fields=["insurance", "insured_at"])
    record(INSURANCE_CHOSEN, found, by=by, insurance=chosen.label)


def patient_of(found: Identification) -> Patient:
    """Whom a visit begins for, by the chosen insurance; Refused while nobody is known."""
    person = person_shown(found)
    if person is None:
        raise Refused("病人还没有识别成功，请先识别身份", field="identification")
    chosen = next(
        one for one in person.insurances if (one.insurance, one.insured_at) == (found.insurance, found.insured_at)
    )
    shown = certificate_of(found)
    return Patient(
        person_no=person.person_no,
        name=person.name,
        document=person.document,
        insurance=chosen.insurance,
        insured_at=chosen.insured_at,
        certificate_type=shown.type,
        certificate_no=shown.number,
        card_sn=shown.card_sn,
        document_type=person.document_type,
        person_type=chosen.person_type,
        gender=person.gender,
        born_on=_day(person.born_on),
        identification=found.pk,
    )


def fresh_certificate(found: Identification, person_no: str) -> Mapping[str, str]:
    """What was shown anew for a settlement, under the wire's names; Refused when it is somebody else's."""
    person = person_shown(found)
    if person is None:
        raise Refused("重新出示的凭证还没有识别成功", field="certificate")
    if person.person_no != person_no:
        raise Refused("重新出示的凭证不是本次就诊的病人", field="certificate")
    own = {"psn_cert_type": person.document_type, "certno": person.document, "psn_name": person.name}
    return {**own, **certificate_of(found).wire()}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
