"""The cashier's window charges an outpatient as one (fsi.outpatient.charge): insurer, account and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway.environments.standstill import environment_for
from portal.gateway.journal import Applied, Ask, Handler, NotApplied, Operation, StillUnknown, Verdict, outcome
from portal.gateway.messages import Record
from portal.gateway.models import Desk
from portal.gateway.wire import WireSettings
from portal.vault.masks import mask_identity, mask_name
from settlement.actions import CASHIER_CHARGED, CASHIER_CHARGING, NOT_CASHIER_CHARGED
from settlement.messages import onetrans
from settlement.models import AccountType, CashierCharge, ChargeState, PatientType
from settlement.rules.money import moment
from settlement.services.cashier.asking import made, new_number
from settlement.services.cashier.looking import kept_answer
from settlement.services.cashier.proving import Centre, settlements_at
from settlement.services.cashier.recharging import last_msgid
from settlement.services.channel import onetrans_settings
from settlement.services.refusals import Refused
from settlement.services.steps import opened

#: Bytes of the institution's name that the library takes.
NAME_BYTES = 20
NOBODY = "没有对应的收费记录，须人工处理"
ASK_PEOPLE = "动态库没有查询收费结果的交易，请对照收费台、医保对账结果由两人认定"


@dataclass(frozen=True)
class Payer:
    """Who is charged, and where the visit stands; of somebody insured everything, otherwise the first part."""

    patient_type: str
    name: str
    document: str
    card_no: str
    card_type: str = ""
    document_type: str = "01"
    account_type: str = AccountType.OUTPATIENT
    person_no: str = ""
    insurance: str = ""
    insured_at: str = ""
    mdtrt_id: str = ""
    begins: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


def charge(payer: Payer, *, desk: Desk, by: Member) -> CashierCharge:
    """Open the settling window for this patient. The row and its number are committed before anything is sent.

    Raises Refused with every item at fault, and when the institution's channel cannot be used.
    """
    environment = environment_for(by)
    settings = onetrans_settings(environment)
    request = made(onetrans.ChargeOutpatient, content(payer, desk, settings, by))
    row = CashierCharge(
        environment=environment,
        desk=desk.pk,
        desk_name=desk.name,
        number=new_number("SF"),
        patient_type=payer.patient_type,
        account_type=payer.account_type,
        card_type=payer.card_type,
        card_masked=mask_identity(payer.card_no),
        person_no=payer.person_no or None,
        name_masked=mask_name(payer.name),
        document_masked=mask_identity(payer.document),
        insurance=payer.insurance,
        insured_at=payer.insured_at,
        mdtrt_id=payer.mdtrt_id,
        content=request.model_dump(mode="json", by_alias=True, exclude_none=True),
        created_by=by.user,
        created_as=by.label[:100],
    )
    row.save(force_insert=True)
    row.operation = opened(
        request,
        key=row.number,
        by=by,
        title=f"收费台收费：{row.name_masked}（{row.get_patient_type_display()}）",
        subject=row,
    )
    row.save(update_fields=["operation"])
    record(CASHIER_CHARGING, row, by=by, number=row.number, kind=row.get_patient_type_display())
    return row


def content(payer: Payer, desk: Desk, settings: WireSettings, by: Member) -> dict[str, Any]:
    """Under the names of fsi.outpatient.charge; a self-paid patient has no insurance."""
    insured = payer.patient_type != PatientType.SELF_PAID
    named = {
        "desk": str(desk.pk),
        "certno": payer.document,
        "patientType": payer.patient_type,
        "cardType": payer.card_type,
        "cardno": payer.card_no,
        "account_type": payer.account_type,
        "psn_cert_type": payer.document_type,
        "psn_name": payer.name,
        "mdtrtarea_admvs": settings.region,
        "fixmedins_code": settings.medins_code,
        "fixmedins_name": cut(settings.medins_name or str(by.institution)),
        "mdtrt_id": payer.mdtrt_id,
        "begntime": payer.begins or f"{timezone.localtime():%Y-%m-%d %H:%M:%S}",
        "extra": {"cardno": payer.card_no, **payer.extra},
    }
    if insured:
        named |= {"psn_no": payer.person_no, "insutype": payer.insurance, "insuplc_admdvs": payer.insured_at}
    return named


def cut(name: str) -> str:
    """So much of a name as the library takes, at a character's end."""
    return name.encode("gbk", "ignore")[:NAME_BYTES].decode("gbk", "ignore")


@outcome(onetrans.ChargeOutpatient)
class Charging(Handler):
    """The window charged, or it did not."""

    consequence = "打开收费台，由病人付款"

    def applied(self, operation: Operation, reply: Record | None) -> None:
        row = moved(operation)
        if row is None:
            return
        told: Any = reply or onetrans.Charged()
        row.state, row.note = ChargeState.CHARGED, ""
        row.orders = [str(one)[:64] for one in told.orderList]
        row.charge_no, row.trace_no, row.callsn = told.chargeNo[:32], told.traceNo[:64], told.callsn[:32]
        extra = told.model_extra or {}
        row.mdtrt_id = str(extra.get("mdtrt_id") or row.mdtrt_id)[:30]
        row.setl_id = str(extra.get("setl_id") or row.setl_id)[:30]
        row.charged_at = moment(told.traceTime) or timezone.now()
        row.msgid = last_msgid(operation)
        row.save()
        record(CASHIER_CHARGED, row, by=None, number=row.number, orders="、".join(row.orders) or "未说明")

    def rejected(self, operation: Operation) -> None:
        row = moved(operation)
        if row is not None:
            row.state, row.note = ChargeState.REJECTED, f"没有收费：{operation.message}"[:400]
            row.save(update_fields=["state", "note"])
            record(NOT_CASHIER_CHARGED, row, by=None, number=row.number, reason=operation.message or "未说明")

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        if (kept := kept_answer(operation)) is not None:
            return kept
        with tenant_tx(operation.institution_pk):
            row = CashierCharge.objects.filter(operation=operation).first()
            if row is None:
                return StillUnknown(NOBODY, for_people=True)
            centre = Centre.of(row, operation)
        if not centre.mdtrt_id or not centre.person_no:
            return StillUnknown(ASK_PEOPLE, for_people=True)
        shown = settlements_at(centre, ask)
        ours = next((one for one in shown if one.msgid in centre.msgids), None)
        if ours is not None:
            known = {"orderList": [], "mdtrt_id": centre.mdtrt_id, "setl_id": ours.setl_id}
            return Applied(onetrans.Charged.model_validate(known), f"医保中心（5203）有这笔结算 {ours.setl_id}")
        if not shown:
            return NotApplied(f"医保中心（5203）确认就诊 {centre.mdtrt_id} 没有结算")
        return StillUnknown(f"医保中心（5203）有同就诊的其他结算；{ASK_PEOPLE}", for_people=True)


def moved(operation: Operation) -> CashierCharge | None:
    """The charge that this operation makes, locked."""
    return CashierCharge.objects.select_for_update().filter(operation=operation).first()


def charge_obstacle(row: CashierCharge) -> str:
    """Why it cannot be taken back now; empty when it can."""
    return "" if row.state == ChargeState.CHARGED else f"这笔收费{row.shown_state}，不能撤销"


def refuse_uncharged(row: CashierCharge) -> None:
    if obstacle := charge_obstacle(row):
        raise Refused(obstacle)
