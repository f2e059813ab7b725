"""Going through a run's cases, one after the other; begun again after a crash, it goes on with what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils import timezone
from pydantic import ValidationError

from portal.access.member import Member
from portal.access.models import Institution
from portal.audit import record as log
from portal.gateway import wire
from portal.gateway.errors import GatewayError
from portal.gateway.messages import Request, faults
from portal.gateway.national import compose, transaction
from portal.gateway.national.classes import edition_of
from portal.gateway.national.control import desk
from portal.gateway.national.control.reach import last_of
from portal.gateway.national.editions import Edition
from portal.vault.masks import mask_identity
from settlement.actions import ACCEPTANCE_ENDED
from settlement.models import AcceptanceCase, AcceptanceRun, CaseState, RunState
from settlement.rules.acceptance import HELD, REFUSED, Step, obstacle
from settlement.rules.amounts import Charge, charge_faults
from settlement.services.acceptance import contents, treatments
from settlement.services.acceptance.beginning import MOVED, RUN, script_of
from settlement.services.acceptance.calling import Caller, Came, Door, told
from settlement.services.acceptance.learning import learned
from settlement.services.acceptance.lent import lent
from settlement.services.acceptance.makers import maker_of
from settlement.services.acceptance.records import record
from settlement.services.acceptance.stage import Stage
from settlement.services.channel import channel_settings
from settlement.services.control import is_demanded
from settlement.services.refusals import Refused
from settlement.services.settling.looking import NOTHING

__all__ = ["RUN", "carry_on", "contents", "treatments"]

STOPPED = "已要求停止，没有执行"
Verdict = tuple[CaseState, str]


def carry_on(run_id: UUID, *, institution_id: int, by: Member, door: Door, progress: Callable[..., None]) -> str:
    """Make every call that is still to be made, and end the run; the job's closing note."""
    with door():
        run = AcceptanceRun.objects.get(pk=run_id)
        if not run.is_running:
            return run.note
        if Institution.objects.values_list("environment", flat=True).get(pk=institution_id) != run.environment:
            return _ended(run, RunState.STOPPED, MOVED)
        settings = channel_settings(run.environment)
        edition = edition_of(run.edition)
        cases = list(run.cases.select_related("operation").order_by("order"))
    try:
        borrow(run, door)
    except Refused as refusal:
        with door():
            return _ended(run, RunState.STOPPED, refusal.sentence)
    caller = Caller(institution_id, run.environment, by, door, settings)
    stage = stage_of(run, settings)
    steps = {one.key: one for one in script_of(edition)}
    done = {one.key: has_happened(one, stage) for one in cases}
    titles = {one.key: f"{one.number} {one.purpose}" for one in cases}
    for place, case in enumerate(cases):
        if case.state != CaseState.WAITING:
            continue
        progress(place, len(cases), f"{case.number} {case.name}：{case.purpose}"[:300])
        step = steps[case.key]
        with door():
            run.stop_asked = AcceptanceRun.objects.values_list("stop_asked", flat=True).get(pk=run.pk)
        why = obstacle(step, done, [name for name, value in stage.given.items() if value], titles.__getitem__)
        ending = bool(step.undoes) or step.key == "identity.after"
        if not why and run.stop_asked and not ending and case.operation is None:
            why = STOPPED
        verdict = (CaseState.SKIPPED, why) if why else made(case, step, stage, caller, edition)
        with door():
            keep(case, run, stage, verdict)
        done[case.key] = has_happened(case, stage)
    progress(len(cases), len(cases), "")
    with door():
        log(ACCEPTANCE_ENDED, run, by=by, number=run.number, note=summary(run))
        return _ended(run, RunState.DONE, summary(run))


def borrow(run: AcceptanceRun, door: Door) -> None:
    """Where no test person was named and the sandbox lends some: take one, and keep who it is."""
    given = dict(run.given.reveal())
    if not given.get("lender") or ("certificate" in given and given.get("item_code")):
        return
    named = {name: value for name, value in given.items() if value}
    found = {**lent(str(given["lender"])), **named}
    run.given, run.person_masked = found, mask_identity(str(found["certificate"]["certno"]))
    with door():
        run.save(update_fields=["given", "person_masked"])


def has_happened(case: AcceptanceCase, stage: Stage) -> bool:
    """Whether there is something to build on or to take back: a settlement with wrong amounts happened, too."""
    return case.state == CaseState.PASSED or f"setl:{case.key}" in stage.facts


def stage_of(run: AcceptanceRun, settings: wire.WireSettings) -> Stage:
    return Stage(
        number=run.number,
        began=run.started_at,
        given=dict(run.given.reveal()),
        facts=dict(run.facts.reveal()) if run.facts is not None else {},
        medins_code=settings.medins_code,
        medins_name=settings.medins_name,
        region=settings.region,
    )


def made(case: AcceptanceCase, step: Step, stage: Stage, caller: Caller, edition: Edition) -> Verdict:
    """Make the call, and judge what came of it."""
    maker = maker_of(step)
    if step.expects == HELD and maker is not None:
        return held(maker(stage, step))
    came: Came
    try:
        if step.number == "9001":
            came = caller.sign_on()
        elif step.number == "9002":
            came = caller.sign_off(str(stage.facts.get("sign_no", "")))
        else:
            kind = transaction(step.number, edition)
            content = maker(stage, step) if maker else record(step, kind, stage)
            request = compose(
                step.number, {**content, **_medium(step, caller)}, edition=edition, insured_at=_region(kind, stage)
            )
            came = _sent(case, step, request, caller)
    except ValidationError as error:
        found = faults(error, transaction(step.number, edition))
        return CaseState.FAILED, "发送前检查不通过：" + "；".join(str(one) for one in found[:5])
    except GatewayError as error:
        return CaseState.FAILED, error.sentence
    _noted(case, came)
    if step.number == "9001" and came.attempt is not None:
        stage.learn("sign_no", wire.wire(caller.settings.gateway.wire).number_in(_bytes(came)))
    return judged(step, stage, came)


def _sent(case: AcceptanceCase, step: Step, request: Request[Any], caller: Caller) -> Came:
    if step.number == "9102":
        return caller.download(request)
    return caller.ask(request) if type(request).safe else caller.change(case, request)


def _region(kind: type[Request[Any]], stage: Stage) -> str:
    return stage.insured_at if "insuplc_admdvs" in kind.model_fields else ""


def _medium(step: Step, caller: Caller) -> dict[str, str]:
    """A fresh check medium where the channel's security control demands one."""
    with caller.door():
        demanded = is_demanded(step.number, caller.environment)
    if not demanded:
        return {}
    kind = "inpatient" if step.family == "inpatient" else "pharmacy" if step.family == "pharmacy" else "outpatient"
    return {"dev_safe_info": desk.obtain(caller.settings, last_of(step.number, kind)).text}


def _bytes(came: Came) -> bytes:
    raw = came.attempt.raw_reply if came.attempt else None
    return str(raw.reveal()).encode() if raw is not None else b""


def held(content: Mapping[str, Any]) -> Verdict:
    """Whether our own rules refuse it before anything is sent."""
    head = content["druginfo"]
    charges = [
        Charge(one["feedetl_sn"], one["cnt"], one["pric"], one["det_item_fee_sumamt"]) for one in content["drugdetail"]
    ]
    found = charge_faults(charges, head["medfee_sumamt"])
    if not found:
        return CaseState.FAILED, "应在发送前拦下，却没有发现问题"
    return CaseState.REFUSED, f"没有发送：{found[0].sentence}"


def judged(step: Step, stage: Stage, came: Came) -> Verdict:
    """The verdict of a call, and what the run learns from its answer."""
    if step.expects == REFUSED:
        if came.refused:
            return CaseState.REFUSED, came.sentence
        return CaseState.FAILED, "应被拒绝，却被受理" if came.succeeded else came.sentence
    nothing = came.refused and any(word in came.sentence for word in NOTHING)
    if nothing and (step.family == "queries" or step.key == "outpatient.reversed"):
        return CaseState.PASSED, f"中心没有符合条件的记录（{came.sentence}）"
    if not came.succeeded or came.reply is None:
        return CaseState.FAILED, came.sentence
    wrong = learned(stage, step, came.reply, came.msgid)
    return (CaseState.FAILED, wrong) if wrong else (CaseState.PASSED, "")


def _noted(case: AcceptanceCase, came: Came) -> None:
    attempt = came.attempt
    if attempt is None:
        return
    case.attempt, case.msgid = attempt, attempt.msgid
    case.called_at, case.took_ms = attempt.sent_at, attempt.took_ms
    case.refmsgid = str(told(attempt).get("inf_refmsgid") or "")[:40]


def keep(case: AcceptanceCase, run: AcceptanceRun, stage: Stage, verdict: Verdict) -> None:
    """Write the case's end and what was learned; inside the door."""
    case.state, case.reason, case.ended_at = verdict[0], verdict[1][:500], timezone.now()
    case.save()
    if not stage.changed:
        return
    run.facts, stage.changed = stage.facts, False
    run.balance_before = _amount(stage.person.get("balc"))
    run.balance_after = _amount(stage.facts.get("balance_after"))
    run.save(update_fields=["facts", "balance_before", "balance_after"])


def _amount(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None


def summary(run: AcceptanceRun) -> str:
    """How it ended, in a sentence; inside the door."""
    states = list(run.cases.values_list("state", flat=True))
    counts = [(label, states.count(value)) for value, label in CaseState.choices]
    said = "，".join(f"{label} {count}" for label, count in counts if count)
    balance = {True: "余额与开始时相同", False: "余额与开始时不同", None: ""}[run.is_restored]
    return f"{said}{'；' + balance if balance else ''}"


def _ended(run: AcceptanceRun, state: RunState, note: str) -> str:
    run.state, run.note, run.ended_at = state, note[:400], timezone.now()
    run.save(update_fields=["state", "note", "ended_at"])
    return run.note
