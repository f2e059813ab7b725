"""A code that the owner of an electronic health card scans, and asking until they have answered (ehc.ehealthcard.*)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.gateway.errors import NotSent, Rejected, Unknown
from portal.gateway.journal import Ask
from portal.gateway.models import Desk
from portal.jobs import Job, start
from portal.vault.masks import mask_identity, mask_name
from settlement.actions import CARD_AUTH_ASKED, CARD_AUTH_ENDED
from settlement.messages.onetrans import Authorization, AuthorizeHealthCard, QueryAuthorization
from settlement.models import AuthState, HealthCardAuth
from settlement.models.cards import KEPT
from settlement.services.cards.reading import Door, stamp
from settlement.services.cashier.asking import made, new_number

AUTHORISE = "settlement.card.authorise"
LOOK = "settlement.card.auth_look"
#: How long a code is offered, and the pause between two questions.
VALID = timedelta(minutes=5)
PAUSE = timedelta(seconds=3)
ENDS = {"succ": AuthState.GRANTED, "fail": AuthState.FAILED, "cancel": AuthState.CANCELLED}


def begin_authorisation(treatment_code: str, *, desk: Desk, by: Member, office_code: str = "") -> HealthCardAuth:
    """Have a code made for a patient to scan; its number is committed first, and everything is asked by it."""
    found = HealthCardAuth(
        environment=environment_for(by),
        desk=desk.pk,
        desk_name=desk.name,
        number=new_number("SQ"),
        treatment_code=treatment_code,
        office_code=office_code,
        expires_at=timezone.now() + VALID,
        asked_by=by.user,
        asked_as=by.label[:100],
    )
    url_request(found)  # what cannot be asked is said now
    found.save(force_insert=True)
    job = start(AUTHORISE, str(found.pk), by=by, title="生成授权二维码", params={"auth": str(found.pk)})
    found.job = job.pk
    found.save(update_fields=["job"])
    record(CARD_AUTH_ASKED, found, by=by, number=found.number, stage=treatment_code)
    return found


def url_request(found: HealthCardAuth) -> AuthorizeHealthCard:
    values = {
        "desk": str(found.desk),
        "out_authorize_no": found.number,
        "out_authorize_time": stamp(),
        "treatment_code": found.treatment_code,
        "office_code": found.office_code,
    }
    return made(AuthorizeHealthCard, values)


def make_code(found_id: UUID, *, ask: Callable[[str], Ask], door: Door) -> str:
    """Ask for the code; called by the job, outside any transaction."""
    with door():
        found = HealthCardAuth.objects.get(pk=found_id)
        request = url_request(found)
    if found.state != AuthState.ASKING:
        return found.sentence
    try:
        address = ask(found.environment)(request).ehealth_authurl
        found.state = AuthState.WAITING if address else AuthState.REFUSED
        found.address, found.sentence = address or None, "请病人扫码授权" if address else "答复中没有授权码值"
    except Rejected as refusal:
        found.state, found.sentence = AuthState.REFUSED, refusal.sentence
    except (NotSent, Unknown) as error:
        found.state, found.sentence = AuthState.REFUSED, f"{error.sentence}；可以重新生成"
    return keep(found, AuthState.ASKING, door)


def look_again(found: HealthCardAuth, *, by: Member) -> Job | None:
    """Ask whether the patient has answered, unless somebody just did; None when it is not the time."""
    now = timezone.now()
    if found.state != AuthState.WAITING or (found.looked_at and now - found.looked_at < PAUSE):
        return None
    if now > found.expires_at:
        sentence = "病人没有在五分钟内授权"
        waiting = HealthCardAuth.objects.filter(pk=found.pk, state=AuthState.WAITING)
        if waiting.update(state=AuthState.EXPIRED, sentence=sentence, ended_at=now, address=None):
            record(CARD_AUTH_ENDED, found, by=by, number=found.number, what=sentence)
        return None
    HealthCardAuth.objects.filter(pk=found.pk).update(looked_at=now, looks=found.looks + 1)
    return start(LOOK, str(found.pk), by=by, title="查询授权结果", params={"auth": str(found.pk)})


def look_once(found_id: UUID, *, ask: Callable[[str], Ask], door: Door) -> str:
    """Ask for the result; called by the job. No answer leaves it waiting."""
    with door():
        found = HealthCardAuth.objects.get(pk=found_id)
        request = made(QueryAuthorization, {"desk": str(found.desk), "out_authorize_no": found.number})
    if found.state != AuthState.WAITING:
        return found.sentence
    try:
        told = ask(found.environment)(request)
    except (Rejected, NotSent, Unknown) as error:
        return f"没有得到答复：{error.sentence}"
    fill(found, told)
    return keep(found, AuthState.WAITING, door) if not found.is_waiting else "病人还没有授权"


def fill(found: HealthCardAuth, told: Authorization) -> None:
    """What the patient decided; with consent, who they are."""
    found.state = ENDS.get(told.auth_status, AuthState.WAITING)
    found.sentence = str(AuthState(found.state).label)
    if found.state == AuthState.GRANTED:
        found.answer = told.model_dump(mode="json", by_alias=True, exclude_none=True)
        found.name_masked, found.document_masked = mask_name(told.user_name), mask_identity(told.id_no)


def keep(found: HealthCardAuth, before: str, door: Door) -> str:
    with door():
        held = HealthCardAuth.objects.select_for_update().filter(pk=found.pk, state=before)
        if held.exists():
            found.sentence = found.sentence[:500]
            if not found.is_waiting:
                found.ended_at, found.address = timezone.now(), None
                record(CARD_AUTH_ENDED, found, by=None, number=found.number, what=found.sentence)
            found.save()
    return found.sentence


def person_granted(found: HealthCardAuth) -> dict[str, Any]:
    """What the card's owner let us know, by the wire's names."""
    return dict(found.answer.reveal() or {}) if found.answer else {}


def forget_old_grants() -> int:
    """Ends what nobody waits for, and forgets after 180 days; inside the door."""
    now = timezone.now()
    lost = HealthCardAuth.objects.filter(state__in=[AuthState.ASKING, AuthState.WAITING], expires_at__lt=now - VALID)
    lost.update(state=AuthState.EXPIRED, sentence="没有等到病人授权", ended_at=now)
    return int(HealthCardAuth.objects.filter(asked_at__lt=now - timedelta(days=KEPT)).delete()[0])
