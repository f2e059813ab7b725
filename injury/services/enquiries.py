"""Asking the centre without making anybody wait: an enquiry, a job that asks, an answer that is kept sealed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.utils import timezone
from pydantic import ValidationError

from injury.actions import ENQUIRED
from injury.messages import INJURY
from injury.models import Enquiry, EnquiryState
from injury.models.enquiry import KEPT
from injury.services.refusals import Refused
from portal.access.member import Member
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.gateway.errors import NotSent, Rejected, Unknown
from portal.gateway.journal import Ask
from portal.gateway.journal.services import subject_text
from portal.gateway.messages import Record, Request, faults, request_class
from portal.jobs import start
from portal.jobs.models import LIVE, Job
from portal.vault import blind_indexes

ENQUIRE = "injury.enquire"
NO_ANSWER = "没有得到工伤中心的答复，可以再查询一次"

#: Asks what a chain needs, step by step: params, ask, progress(done, total) → answer, number of rows found.
Run = Callable[[dict[str, Any], Ask, Callable[[int, int], None]], tuple[dict[str, Any], int]]
#: Stores what an answer brought, inside the door, in the transaction that keeps the answer; returns how many rows.
Taken = Callable[[Enquiry, Any], int]
T = TypeVar("T", bound=Taken)


@dataclass(frozen=True)
class Chain:
    """Several questions that belong together."""

    name: str
    title: str
    run: Run


_chains: dict[str, Chain] = {}
_taking: dict[str, Taken] = {}
#: Codes that only say that there is nothing to show (5.2): 4.4, 4.15, 4.21.
NOTHING = {("getCure", "190002"), ("getPerDetail", "230003"), ("getBSTdjyba", "300004")}


def chain(name: str, title: str) -> Callable[[Run], Run]:
    """Declare a chain of questions that `enquire(name, …)` asks."""

    def declare(run: Run) -> Run:
        _chains[name] = Chain(name, title, run)
        return run

    return declare


def taking(kind: type[Request[Any]] | str) -> Callable[[T], T]:
    """Declare what is stored when an enquiry of this kind is answered: `function(enquiry, reply)`."""

    def declare(taken: T) -> T:
        _taking[kind if isinstance(kind, str) else kind.code] = taken
        return taken

    return declare


def enquire(
    kind: type[Request[Any]] | str,
    params: dict[str, Any],
    *,
    by: Member,
    about: models.Model | str = "",
    label: str = "",
    title: str = "",
) -> Enquiry:
    """Ask the centre this query (or chain) in the background; the page of the enquiry shows the answer.

    `params` are the query's items by their wire names; `about` the row it is about; `label` what lists show of it,
    masked. The same question while it is being asked returns the running enquiry. Raises Refused with every item that
    the declaration refuses, TypeError for a changing transaction, StandStill while the environment changes.
    """
    name, called = _named(kind)
    if not isinstance(kind, str):
        _checked(kind, params)
    environment = environment_for(by)
    text = json.dumps(params, ensure_ascii=False, separators=(",", ":"))
    live = Enquiry.objects.filter(environment=environment, kind=name, state=EnquiryState.ASKING)
    running = live.filter(params_index__in=blind_indexes(text), about=subject_text(about)).first()
    if running:
        return running
    enquiry = Enquiry(
        environment=environment,
        kind=name,
        title=title or called,
        about=subject_text(about),
        label=label,
        params=params,
        asked_by=by.user,
        asked_as=by.label[:100],
    )
    enquiry.save(force_insert=True)
    job = start(ENQUIRE, str(enquiry.pk), by=by, title=enquiry.title, params={"enquiry": str(enquiry.pk)})
    enquiry.job = job.pk
    enquiry.save(update_fields=["job"])
    record(ENQUIRED, enquiry, by=by, what=enquiry.title, label=label or "—")
    return enquiry


def repeat(enquiry: Enquiry, *, by: Member) -> Enquiry:
    """Ask the same question once more."""
    kind = enquiry.kind if enquiry.kind in _chains else request_class(INJURY.name, enquiry.kind)
    return enquire(kind, enquiry.params.reveal(), by=by, about=enquiry.about, label=enquiry.label, title=enquiry.title)


def _named(kind: type[Request[Any]] | str) -> tuple[str, str]:
    if isinstance(kind, str):
        return kind, _chains[kind].title
    if not kind.safe:
        raise TypeError(f"{kind.__name__} changes something: open an operation for it")
    return kind.code, kind.title


def _checked(kind: type[Request[Any]], params: dict[str, Any]) -> None:
    try:
        kind(**params)
    except ValidationError as error:
        found = [
            (str(fault.path[-1]) if fault.path else "", f"{fault.label}：{fault.sentence}")
            for fault in faults(error, kind)
        ]
        raise Refused("；".join(sentence for _, sentence in found), faults=found) from None


def answer_enquiry(
    enquiry_id: UUID, *, ask: Callable[[str], Ask], door: Any, progress: Callable[[int, int], None]
) -> str:
    """Ask, and keep the answer; called by the job, outside any transaction. Returns the job's closing note."""
    with door():
        enquiry = Enquiry.objects.get(pk=enquiry_id)
        params = enquiry.params.reveal()
    if not enquiry.is_asking:
        return enquiry.sentence
    reply: Any = None
    try:
        if enquiry.kind in _chains:
            reply, count = _chains[enquiry.kind].run(params, ask(enquiry.environment), progress)
            enquiry.answer, enquiry.count = reply, count
        else:
            reply = ask_once(ask(enquiry.environment), request_class(INJURY.name, enquiry.kind)(**params))
            enquiry.answer = reply.model_dump(mode="json", by_alias=True)
        enquiry.state, enquiry.sentence = EnquiryState.ANSWERED, "已答复"
    except Rejected as refusal:
        enquiry.state, enquiry.sentence, enquiry.code = EnquiryState.REFUSED, refusal.sentence, refusal.code[:40]
        enquiry.next_step = next_step(refusal.code)
    except (NotSent, Unknown) as error:
        enquiry.state, enquiry.sentence = EnquiryState.DOUBTFUL, f"{error.sentence}；可以再查询一次"
    with door():
        _keep(enquiry, reply)
    return f"{enquiry.get_state_display()}：{enquiry.sentence}" if not enquiry.is_answered else _told(enquiry)


def ask_once(ask: Ask, request: Request[Any]) -> Any:
    """The reply; an empty one when the centre answers with the code that means that there is nothing."""
    try:
        return ask(request)
    except Rejected as refusal:
        if (type(request).code, refusal.code) not in NOTHING:
            raise
        return type(request).reply()()


def _keep(enquiry: Enquiry, reply: Any) -> None:
    enquiry.sentence = enquiry.sentence[:500]
    enquiry.next_step = enquiry.next_step[:300]
    enquiry.answered_at = timezone.now()
    held = Enquiry.objects.select_for_update().filter(pk=enquiry.pk, state=EnquiryState.ASKING)
    if not held.exists():
        return  # another runner of the same job was first
    if enquiry.is_answered and enquiry.kind in _taking:
        enquiry.count = _taking[enquiry.kind](enquiry, reply)
    enquiry.save()


def _told(enquiry: Enquiry) -> str:
    return f"已答复，{enquiry.count:,} 条" if enquiry.count else "已答复"


def next_step(code: str) -> str:
    """What a clerk does about this refusal; empty for a code that nobody documented."""
    known = INJURY.refusals.get(code)
    return known.next_step if known else ""


def reply_of(enquiry: Enquiry) -> Record | None:
    """The answer of a single query as its declared reply; None while there is none, or for a chain."""
    if not enquiry.answer or enquiry.kind in _chains:
        return None
    reply: Record = request_class(INJURY.name, enquiry.kind).reply().model_validate(enquiry.answer.reveal())
    return reply


def latest(kind: type[Request[Any]] | str, about: models.Model | str, *, answered: bool = False) -> Enquiry | None:
    """The newest enquiry of this kind about this row; with `answered`, the newest that was answered."""
    found = Enquiry.objects.filter(kind=_named(kind)[0], about=subject_text(about))
    return (found.filter(state=EnquiryState.ANSWERED) if answered else found).first()


def forget_old_enquiries() -> int:
    """Delete what is older than 180 days, and end what no job asks any more; inside the door. Returns how many went."""
    _end(Enquiry.objects.filter(state=EnquiryState.ASKING, asked_at__lt=timezone.now() - timedelta(minutes=1)))
    old = Enquiry.objects.filter(asked_at__lt=timezone.now() - timedelta(days=KEPT))
    return old.delete()[0]


def _end(asking: Iterable[Enquiry]) -> None:
    for enquiry in asking:
        if enquiry.job is None or not Job.objects.filter(pk=enquiry.job, state__in=LIVE).exists():
            Enquiry.objects.filter(pk=enquiry.pk, state=EnquiryState.ASKING).update(
                state=EnquiryState.DOUBTFUL, sentence=NO_ANSWER, answered_at=timezone.now()
            )
