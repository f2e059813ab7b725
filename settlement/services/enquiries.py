"""Asking the centre without making anybody wait: a query, a job that asks, an answer that is kept sealed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from pydantic import ValidationError

from portal.access.member import Member
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.gateway.errors import NotSent, Rejected, Unknown
from portal.gateway.journal import Ask
from portal.gateway.messages import Request, faults
from portal.gateway.messages.masks import without_identities
from portal.gateway.national import compose, transaction
from portal.gateway.national.classes import current_edition
from portal.gateway.national.columns import is_secret
from portal.gateway.national.editions import Edition
from portal.jobs import start
from portal.jobs.models import LIVE, Job
from portal.vault import blind_indexes
from settlement.actions import ENQUIRED
from settlement.models import Enquiry, EnquiryState
from settlement.models.enquiry import KEPT
from settlement.rules.numbers_owned import owner_of
from settlement.rules.questions import ENVELOPE_ONLY, MOST_PAGES, NUMBERS, PAGE_ROWS, PAGING
from settlement.services.answers import masked
from settlement.services.channel import channel_settings
from settlement.services.refusals import Refused

ENQUIRE = "settlement.enquire"
NO_ANSWER = "没有得到医保中心的答复，可以再查询一次"
Door = Callable[[], AbstractContextManager[None]]
Progress = Callable[..., None]


def enquire(number: str, content: Mapping[str, Any], *, by: Member, insured_at: str = "", label: str = "") -> Enquiry:
    """Ask the centre this query in the background; the page of the enquiry shows the answer.

    `content` has the names of the transaction's table, page numbers are turned by the job; `insured_at` is the
    person's region where the query is about one; `label` what lists may show, masked. The same question while it is
    being asked returns the running one. Raises Refused with everything that is wrong, StandStill while the
    environment changes.
    """
    environment = environment_for(by)
    edition = current_edition(environment)
    if not edition.has(number) or not may_ask(number, edition):
        raise Refused(f"没有这种查询：{number}", "number")
    params = {"content": dict(content), "insured_at": insured_at, "edition": edition.digest}
    if number in ENVELOPE_ONLY:
        params["content"] = {"data": envelope_of(number, environment)}
    made = request_of(number, params, 1)
    text = json.dumps(params, ensure_ascii=False, separators=(",", ":"))
    live = Enquiry.objects.filter(environment=environment, number=number, state=EnquiryState.ASKING)
    if running := live.filter(params_index__in=blind_indexes(text)).first():
        return running
    enquiry = Enquiry(
        environment=environment,
        number=number,
        title=type(made).title[:100],
        label=label[:300],
        params=params,
        asked_by=by.user,
        asked_as=by.label[:100],
    )
    enquiry.save(force_insert=True)
    job = start(ENQUIRE, str(enquiry.pk), by=by, title=enquiry.title, params={"enquiry": str(enquiry.pk)})
    enquiry.job = job.pk
    enquiry.save(update_fields=["job"])
    record(ENQUIRED, enquiry, by=by, number=number, what=enquiry.title, label=enquiry.label or "—")
    return enquiry


def may_ask(number: str, edition: Edition) -> bool:
    """Whether this transaction only asks, and nothing else of the portal asks it for its own purposes."""
    return number in NUMBERS or (not owner_of(number) and transaction(number, edition).safe)


def repeat(enquiry: Enquiry, *, by: Member) -> Enquiry:
    """Ask the same question once more."""
    said = enquiry.params.reveal()
    return enquire(enquiry.number, said["content"], by=by, insured_at=said["insured_at"], label=enquiry.label)


def request_of(number: str, params: Mapping[str, Any], page: int) -> Request[Any]:
    """The checked message of a question, for that page of its answer; Refused with each fault and its field."""
    content = {name: _paged(node, number, params, page) for name, node in params["content"].items()}
    try:
        return compose(number, content, edition=params["edition"], insured_at=params["insured_at"])
    except ValidationError as error:
        found = [
            (str(fault.path[-1]) if fault.path else "", f"{fault.label}：{fault.sentence}")
            for fault in faults(error, transaction(number, params["edition"]))
        ]
        raise Refused.of(found) from None


def _paged(node: Any, number: str, params: Mapping[str, Any], page: int) -> Any:
    if isinstance(node, Mapping) and is_paged(number, params["edition"]):
        return {**node, "page_num": page, "page_size": PAGE_ROWS}
    return node


def is_paged(number: str, edition: str) -> bool:
    """Whether the answer comes in pages."""
    data = transaction(number, edition).model_fields.get("data")
    inner = getattr(data, "annotation", None)
    return inner is not None and set(getattr(inner, "model_fields", ())) >= PAGING


def envelope_of(number: str, environment: str) -> dict[str, Any]:
    """The input of 5101, which repeats the envelope; inside the door."""
    settings = channel_settings(environment)
    now = timezone.localtime()
    return {
        "infno": number,
        "msgid": f"{settings.medins_code:0<12.12}{now:%Y%m%d%H%M%S}0000",
        "mdtrtarea_admvs": settings.region,
        "insuplc_admdvs": settings.region,
        "recer_sys_code": str(getattr(settings.switches, "recer_sys_code", "") or "0"),
        "infver": str(getattr(settings.switches, "infver", "") or "V1.0"),
        "opter_type": "1",
        "opter": str(getattr(settings.switches, "opter", "") or "0"),
        "opter_name": str(getattr(settings.switches, "opter_name", "") or "0"),
        "inf_time": f"{now:%Y-%m-%d %H:%M:%S}",
        "fixmedins_code": settings.medins_code,
        "fixmedins_name": settings.medins_name,
    }


# --- the job


def answer_enquiry(enquiry_id: UUID, *, ask: Callable[[str], Ask], door: Door, progress: Progress) -> str:
    """Ask, and keep the answer; called by the job, outside any transaction. Returns the job's closing note."""
    with door():
        enquiry = Enquiry.objects.get(pk=enquiry_id)
        params = enquiry.params.reveal()
        first = request_of(enquiry.number, params, 1)  # its edition is found behind the door
    if not enquiry.is_asking:
        return enquiry.sentence
    try:
        told = _asked(enquiry.number, params, first, ask(enquiry.environment), progress)
        enquiry.answer, enquiry.count = told, rows_in(told)
        enquiry.state, enquiry.sentence = EnquiryState.ANSWERED, "已答复" if enquiry.count else "中心没有符合条件的记录"
    except Rejected as refusal:
        enquiry.state, enquiry.code = EnquiryState.REFUSED, refusal.code[:40]
        enquiry.sentence = discreet(refusal.sentence, params["content"])[:500]
    except (NotSent, Unknown) as error:
        enquiry.state, enquiry.sentence = EnquiryState.DOUBTFUL, f"{error.sentence}；可以再查询一次"[:500]
    enquiry.answered_at = timezone.now()
    with door():
        held = Enquiry.objects.select_for_update().filter(pk=enquiry.pk, state=EnquiryState.ASKING)
        if held.exists():  # else another runner of the same job was first
            enquiry.save()
    return f"{enquiry.get_state_display()}：{enquiry.sentence}"[:300]


def _asked(number: str, params: Mapping[str, Any], first: Request[Any], ask: Ask, progress: Progress) -> dict[str, Any]:
    """Every page of the answer as one, under the names of the wire."""
    told: dict[str, Any] = ask(first).model_dump(mode="json", by_alias=True)
    if not is_paged(number, ""):
        return told
    rows = list(told.get("data") or [])
    for page in range(2, MOST_PAGES + 1):
        if len(rows) < PAGE_ROWS * (page - 1):
            break
        progress(page - 1, None, f"已取得 {len(rows):,} 条")
        following = first.model_copy(update={"data": first.data.model_copy(update={"page_num": page})})  # type: ignore[attr-defined]
        rows += ask(following).model_dump(mode="json", by_alias=True).get("data") or []
    return {**told, "data": rows}


def discreet(sentence: str, content: Any) -> str:
    """The centre's words without what identifies a person: it likes to repeat the number it was asked about."""
    for wire, value in _secrets(content):
        sentence = sentence.replace(value, masked(wire, value))
    return without_identities(sentence)


def _secrets(content: Any) -> Iterator[tuple[str, str]]:
    if isinstance(content, Mapping):
        for wire, value in content.items():
            if isinstance(value, str) and value and is_secret(wire):
                yield wire, value
            else:
                yield from _secrets(value)
    elif isinstance(content, list):
        for one in content:
            yield from _secrets(one)


def rows_in(answer: Mapping[str, Any]) -> int:
    """How many rows an answer has: those of its longest list, or one where it has none."""
    lists = [len(value) for value in answer.values() if isinstance(value, list)]
    return (
        max(lists) if lists else int(any(isinstance(value, dict) and any(value.values()) for value in answer.values()))
    )


def forget_old_enquiries() -> None:
    """Delete what is older than 180 days, and end what no job asks any more; inside the door."""
    asking = Enquiry.objects.filter(state=EnquiryState.ASKING, asked_at__lt=timezone.now() - timedelta(minutes=1))
    for enquiry in asking:
        if enquiry.job is None or not Job.objects.filter(pk=enquiry.job, state__in=LIVE).exists():
            Enquiry.objects.filter(pk=enquiry.pk, state=EnquiryState.ASKING).update(
                state=EnquiryState.DOUBTFUL, sentence=NO_ANSWER, answered_at=timezone.now()
            )
    Enquiry.objects.filter(asked_at__lt=timezone.now() - timedelta(days=KEPT)).delete()
