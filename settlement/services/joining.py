"""Joining a province: the channel is checked step by step by a job, and every step's finding is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from portal.access.member import Member
from portal.audit import record
from portal.gateway.channels.models import Channel
from portal.gateway.environments.standstill import environment_for
from portal.gateway.errors import NotSent
from portal.gateway.national import NATIONAL
from portal.gateway.national.joining import STEPS, Finding, Joining, Step, Verdict, check
from portal.jobs import Job, start
from portal.jobs.models import LIVE
from settlement.actions import JOINING_ASKED
from settlement.models import JoiningCheck, JoiningState
from settlement.services.channel import channel_settings
from settlement.services.refusals import Refused

CHECK = "settlement.joining"
#: Of each step, this many are shown again.
HISTORY = 8
Door = Callable[[], AbstractContextManager[None]]
NO_CHANNEL = "请机构管理员先在“系统配置”中填写医保接口的通道"


@dataclass(frozen=True)
class StepShown:
    """One step with what was found last, whether that still holds for the settings of today, and what came before."""

    step: Step
    last: JoiningCheck | None
    is_old: bool
    history: list[JoiningCheck]


def begin_check(keys: Collection[str], certificate: Mapping[str, str] | None = None, *, by: Member) -> Job:
    """Take these steps in the background, in their order. Raises Refused without a step, or while a check runs."""
    environment = environment_for(by)
    wanted = [key for key in STEPS if key in keys]
    if not wanted:
        raise Refused("请至少选择一步", field="steps")
    if Job.objects.filter(kind=CHECK, key=environment, state__in=LIVE).exists():
        raise Refused("接入检查正在进行，完成后再检查")
    made = []
    for key in wanted:
        row = JoiningCheck(
            environment=environment,
            step=key,
            certificate=dict(certificate) if certificate and key == "person" else None,
            channel_version=_version(environment),
            asked_by=by.user,
            asked_as=by.label[:100],
        )
        row.save(force_insert=True)
        made.append(row)
    ids = [str(row.pk) for row in made]
    title = STEPS[wanted[0]].title if len(wanted) == 1 else f"{len(wanted)} 步"
    job = start(CHECK, environment, by=by, title=f"接入检查：{title}", params={"checks": ids})
    JoiningCheck.objects.filter(pk__in=ids).update(job=job.pk)
    record(JOINING_ASKED, job, by=by, steps="、".join(STEPS[key].title for key in wanted))
    return job


def take_checks(ids: Collection[str], institution_id: int, *, door: Door, progress: Callable[..., None]) -> str:
    """Take each that waits; called by the job, outside any transaction. Returns the job's closing note."""
    counts = dict.fromkeys(JoiningState, 0)
    for place, check_id in enumerate(ids):
        with door():
            row = JoiningCheck.objects.get(pk=UUID(check_id))
        if row.is_waiting:
            progress(place, len(ids), STEPS[row.step].title)
            row = _taken(row, institution_id, door)
        counts[JoiningState(row.state)] += 1
    progress(len(ids), len(ids), "")
    said = [f"{count} 步{state.label}" for state, count in counts.items() if count]
    return "，".join(said)


def _taken(row: JoiningCheck, institution_id: int, door: Door) -> JoiningCheck:
    began = time.monotonic()
    with door():
        certificate = dict(row.certificate.reveal()) if row.certificate is not None else {}
        version = _version(row.environment)
        try:
            settings = channel_settings(row.environment)
        except NotSent as refusal:
            found = Finding(Verdict.BAD, refusal.sentence, NO_CHANNEL)
        else:
            found = Finding(Verdict.SKIPPED, "")
    if found.verdict is Verdict.SKIPPED:
        found = check(row.step, Joining(settings, institution_id, row.environment, certificate))
    changes: dict[str, Any] = {
        "state": found.verdict.value,
        "sentence": found.sentence[:500],
        "next_step": found.next_step[:500],
        "figures": [list(one) for one in found.figures],
        "field": found.field,
        "msgids": list(found.msgids),
        "took_ms": int((time.monotonic() - began) * 1000),
        "channel_version": version,
        "certificate": None,
        "checked_at": timezone.now(),
    }
    for name, value in changes.items():
        setattr(row, name, value)
    with door():
        row.save(update_fields=list(changes))
    return row


def _version(environment: str) -> int:
    rows = Channel.objects.filter(gateway=NATIONAL.name, environment=environment)
    return int(rows.values_list("version", flat=True).first() or 0)


def running_check(environment: str) -> Job | None:
    return Job.objects.filter(kind=CHECK, key=environment, state__in=LIVE).first()


def steps_shown(environment: str) -> list[StepShown]:
    """Every step with its last findings; inside the door."""
    rows: dict[str, list[JoiningCheck]] = {key: [] for key in STEPS}
    recent = JoiningCheck.objects.filter(environment=environment).defer("certificate")
    for row in recent.order_by("-asked_at", "-id")[: HISTORY * len(STEPS) * 2]:
        if row.step in rows and len(rows[row.step]) <= HISTORY:
            rows[row.step].append(row)
    version = _version(environment)
    return [
        StepShown(
            step=step,
            last=rows[key][0] if rows[key] else None,
            is_old=bool(rows[key]) and not rows[key][0].is_waiting and rows[key][0].channel_version != version,
            history=rows[key][1:],
        )
        for key, step in STEPS.items()
    ]


def end_lost_checks() -> None:
    """Steps that no job takes any more; inside the door."""
    lost = JoiningCheck.objects.filter(state=JoiningState.WAITING, asked_at__lt=timezone.now() - timedelta(minutes=10))
    live = Job.objects.filter(kind=CHECK, state__in=LIVE).values_list("pk", flat=True)
    lost.exclude(job__in=list(live)).update(
        state=JoiningState.SKIPPED,
        sentence="检查中断，没有得到结果",
        next_step="请再检查一次",
        certificate=None,
        checked_at=timezone.now(),
    )
