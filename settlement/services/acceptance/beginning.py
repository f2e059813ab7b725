"""Beginning, stopping and going on with an acceptance run; what is filled in at first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.access.member import Member
from portal.access.models.institution import Environment
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.gateway.errors import NotSent
from portal.gateway.national import NATIONAL, current_edition
from portal.gateway.national.catalogue import Entry, entries
from portal.gateway.national.editions import Edition
from portal.jobs import Job, start
from portal.jobs.models import LIVE
from portal.vault.masks import mask_identity
from settlement.actions import ACCEPTANCE_BEGUN, ACCEPTANCE_RESUMED, ACCEPTANCE_STOPPED
from settlement.models import AcceptanceCase, AcceptanceRun, CatalogueEntry, OwnItem, RunState
from settlement.rules.acceptance import FAMILIES, Step, families_of, planned, usual
from settlement.rules.acceptance_script import script
from settlement.services.catalogue.store import catalogues_of
from settlement.services.channel import channel_settings
from settlement.services.refusals import Refused

RUN = "settlement.acceptance"
ONLY_TESTS = "验收只能在测试环境进行；当前是正式环境，没有调用任何交易"
MOVED = "本机构已切换到正式环境，验收已中断；切回测试环境后可以继续"
LOST = "后台任务中断，可以继续"
#: What stands in the form when nothing better is known; the centre's test environment may want others.
USUAL = {
    "department_code": "A03",
    "department_name": "内科",
    "doctor_code": "D510100000001",
    "doctor_name": "测试医师",
    "diagnosis_code": "J06.900",
    "diagnosis_name": "急性上呼吸道感染",
    "disease_code": "M03900",
    "disease_name": "高血压",
}


@dataclass(frozen=True)
class Offered:
    """One family with its numbers: number, name, and whether it is enabled at first."""

    key: str
    title: str
    numbers: list[tuple[str, str, bool]]


def script_of(edition: Edition) -> list[Step]:
    return _script(entries(edition))


def _script(rows: Collection[Entry]) -> list[Step]:
    known = {one.number for one in rows if one.known != "missing"}
    return script(known, {one.number for one in rows if one.safe})


def the_script(environment: str) -> list[Offered]:
    """The families with what can be enabled, in the edition in use; inside the door."""
    rows = entries(current_edition(environment))
    names = {one.number: one.name for one in rows}
    steps = _script(rows)
    first = usual({one.number for one in steps}, {one.number for one in rows if one.priority == 1})
    return [
        Offered(family, FAMILIES[family], [(number, names[number], number in first) for number in numbers])
        for family, numbers in families_of(steps).items()
        if numbers
    ]


def usual_given(environment: str) -> dict[str, str]:
    """What the form is filled with at first: an item that was charged before, else of the downloaded catalogue."""
    mine = OwnItem.objects.filter(environment=environment).exclude(item_code="").order_by("-used_at")
    item = mine.values_list("item_code", flat=True).first()
    if item is None:
        rows = CatalogueEntry.objects.filter(catalogue__in=catalogues_of(environment).filter(number="1301"))
        item = rows.filter(replaced_in=None).values_list("code", flat=True).order_by("code").first()
    return {**USUAL, "item_code": str(item or "")}


def begin_run(numbers: Collection[str], given: Mapping[str, Any], *, by: Member) -> AcceptanceRun:
    """A run of these numbers, begun in the background. Refused in production, without a number, while one runs."""
    environment = environment_for(by)
    if environment != Environment.TEST:
        raise Refused(ONLY_TESTS)
    edition = current_edition(environment)
    steps = planned(script_of(edition), set(numbers))
    if not steps:
        raise Refused("请至少启用一个交易", field="numbers")
    try:
        channel = channel_settings(environment)
    except NotSent as refusal:
        raise Refused(refusal.sentence) from None
    shown = str(given.get("certificate", {}).get("certno", ""))
    run = AcceptanceRun(
        environment=environment,
        number=f"YS{timezone.localtime():%y%m%d%H%M%S}",
        families=[family for family in FAMILIES if any(one.family == family and not one.support for one in steps)],
        numbers=sorted(set(numbers)),
        channel={
            "title": NATIONAL.title,
            "address": channel.base_url,
            "bound": channel.host_address,
            "app_code": channel.app_code,
            "medins_code": channel.medins_code,
            "medins_name": channel.medins_name,
            "region": channel.region,
        },
        edition=edition.digest,
        edition_title=edition.title[:100],
        person_masked=mask_identity(shown) if shown else "",
        given=dict(given),
        created_by=by.user,
        created_as=by.label[:100],
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        now = AcceptanceRun.objects.filter(environment=environment, state=RunState.RUNNING)
        raise Refused("已有验收正在进行，完成或停止后再开始").behind(
            job=now.values_list("job", flat=True).first()
        ) from None
    names = {one.number: one.name for one in entries(edition)}
    AcceptanceCase.objects.bulk_create(
        AcceptanceCase(
            environment=environment,
            run=run,
            order=order,
            key=one.key,
            family=one.family,
            number=one.number,
            name=names[one.number][:100],
            purpose=one.purpose,
            expects=one.expects,
            support=one.support,
        )
        for order, one in enumerate(steps, 1)
    )
    _start(run, by)
    record(ACCEPTANCE_BEGUN, run, by=by, number=run.number, count=len(steps), numbers="、".join(run.numbers))
    return run


def _start(run: AcceptanceRun, by: Member) -> None:
    job = start(RUN, str(run.pk), by=by, title=f"接入验收 {run.number}", params={"run": str(run.pk)})
    run.job = job.pk
    run.save(update_fields=["job"])


def stop_run(run: AcceptanceRun, *, by: Member) -> None:
    """Make no further calls, but take back what was done."""
    if not AcceptanceRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(stop_asked=True):
        raise Refused("验收已经结束")
    record(ACCEPTANCE_STOPPED, run, by=by, number=run.number)


def go_on(run: AcceptanceRun, *, by: Member) -> AcceptanceRun:
    """Go on with a run that was interrupted."""
    if environment_for(by) != Environment.TEST:
        raise Refused(ONLY_TESTS)
    found = AcceptanceRun.objects.select_for_update().get(pk=run.pk)
    if found.state != RunState.STOPPED:
        raise Refused(f"验收{found.get_state_display()}，不能继续")
    found.state, found.note, found.ended_at = RunState.RUNNING, "", None
    try:
        with transaction.atomic():
            found.save(update_fields=["state", "note", "ended_at"])
    except IntegrityError:
        raise Refused("已有验收正在进行，完成或停止后再继续") from None
    _start(found, by)
    record(ACCEPTANCE_RESUMED, found, by=by, number=found.number)
    return found


def end_lost_acceptance() -> None:
    """Runs whose job is gone wait for somebody to go on with them; inside the door."""
    before = timezone.now() - timedelta(seconds=30)
    live = Job.objects.filter(kind=RUN, state__in=LIVE).values_list("pk", flat=True)
    lost = AcceptanceRun.objects.filter(state=RunState.RUNNING, started_at__lt=before).exclude(job__in=list(live))
    lost.update(state=RunState.STOPPED, note=LOST, ended_at=timezone.now())
