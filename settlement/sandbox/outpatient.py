"""A visit of an outpatient: registration, diagnoses, bills by charge batch, settlements, and back from any depth."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from portal.gateway.messages import Record
from portal.gateway.national import transaction
from portal.gateway.sandbox.plays import Call, Refuse, plays
from settlement.sandbox import lines
from settlement.sandbox.answers import answer
from settlement.sandbox.centre import (
    Content,
    content,
    local,
    opter_of,
    person_of,
    rows,
    seen_at,
    storable,
    visit_of,
)
from settlement.sandbox.identify import certified, entitled, is_filed, spend
from settlement.sandbox.models import Line, Settlement, Visit
from settlement.sandbox.paying import foretold, note, number, settled, settlement_of, told, undone, worked_out
from settlement.sandbox.rates import kind_of

ALL = "0000"


@plays(transaction("2201"))
def register(request: Any, call: Call) -> Record:
    """Register; a second registration under a number in use is marked as a duplicate, for centres do not mind."""
    asked = content(request).get("data", {})
    person = person_of(call, asked.get("psn_no"), locked=True)
    insurance = entitled(call, person, asked.get("insutype"), call.code)
    begins, own = seen_at(asked.get("begntime")), str(asked.get("ipt_otp_no", ""))
    spend(call, person, asked)
    again = Visit.objects.filter(party=call.party, insured=person, kind=Visit.Kind.OUTPATIENT, number=own)
    is_again = again.exclude(state=Visit.State.UNDONE).exists()
    visit = Visit.objects.create(
        party=call.party,
        insured=person,
        insurance=insurance,
        mdtrt_id=f"?{call.nonce[-29:]}",
        kind=Visit.Kind.OUTPATIENT,
        number=own,
        med_type="11",
        begins=begins,
        msgid=call.nonce,
        facts=storable(asked),
        opter=opter_of(call),
    )
    visit.mdtrt_id = number("S", insurance.insuplc_admdvs, visit.pk, begins)
    visit.save(update_fields=["mdtrt_id"])
    call.effect(
        visit.mdtrt_id,
        duplicate=is_again,
        detail={"psn_no": person.psn_no, "mdtrt_id": visit.mdtrt_id, "ipt_otp_no": own},
    )
    return answer(request, data={"mdtrt_id": visit.mdtrt_id, "psn_no": person.psn_no, "ipt_otp_no": own})


@plays(transaction("2202"))
def unregister(request: Any, call: Call) -> Record:
    asked = content(request).get("data", {})
    visit = visit_of(call, asked, Visit.Kind.OUTPATIENT)
    if visit.lines.exists():
        raise Refuse("7111", "该就诊已经上传费用明细，请先撤销费用明细（2205）")
    if asked.get("ipt_otp_no") and asked["ipt_otp_no"] != visit.number:
        raise Refuse("7103", "住院/门诊号与挂号时不一致")
    visit.state = Visit.State.UNDONE
    visit.save(update_fields=["state"])
    live = call.live("2201") | call.live("2203") | call.live("2203A")
    _note(call, visit, undoes=live.filter(detail__mdtrt_id=visit.mdtrt_id))
    return answer(request)


@plays(transaction("2203A"))
@plays(transaction("2203"))
def diagnose(request: Any, call: Call) -> Record:
    """Diagnoses and kind of the visit; sent again they are replaced until something is settled."""
    asked = content(request)
    info, found = asked.get("mdtrtinfo", {}), rows(asked, "diseinfo")
    visit = visit_of(call, info, Visit.Kind.OUTPATIENT)
    if _settled(visit).exists():
        raise Refuse("7112", "该就诊已有结算，不能再修改就诊信息")
    if not found:
        raise Refuse("7115", "至少要有一条诊断")
    med_type, disease = str(info.get("med_type", "")), str(info.get("dise_codg") or "")
    if kind_of(med_type) == "chronic":
        if not disease:
            raise Refuse("7114", "门诊慢特病就诊应填写病种编码")
        if not is_filed(visit.insured, disease, local(visit.begins)):
            raise Refuse("7114", f"没有有效的门诊慢特病备案 {disease}")
    visit.med_type, visit.diagnoses = med_type, storable(found)
    visit.leaving = storable(info)
    visit.save(update_fields=["med_type", "diagnoses", "leaving"])
    _note(call, visit, undoes=call.live(call.code).filter(detail__mdtrt_id=visit.mdtrt_id), rows=len(found))
    return answer(request)


@plays(transaction("2204"))
def upload(request: Any, call: Call) -> Record:
    """All lines of their batches together; a batch that is there already is refused."""
    asked = rows(content(request), "feedetail")
    if not asked:
        raise Refuse("7204", "没有费用明细")
    visit = visit_of(call, asked[0], Visit.Kind.OUTPATIENT)
    if any((row.get("mdtrt_id"), row.get("psn_no")) != (visit.mdtrt_id, visit.insured.psn_no) for row in asked):
        raise Refuse("7210", "一次只能上传同一次就诊的费用明细")
    diseases: dict[str, str] = {}
    for row in asked:
        batch, disease = str(row.get("chrg_bchno", "")), str(row.get("dise_codg") or "")
        if diseases.setdefault(batch, disease) != disease:
            raise Refuse("7203", f"收费批次 {batch} 中的病种编码不一致")
    known = visit.lines.filter(batch__in=diseases).values_list("batch", flat=True).first()
    if known is not None:
        raise Refuse("7202", f"收费批次 {known} 的费用明细已经上传，同一批次应一次上传")
    found = lines.made(visit, asked)
    found = found[: (len(found) + 1) // 2] if call.partial else found
    Line.objects.bulk_create(found)
    batches = sorted(diseases)
    _note(call, visit, rows=len(found), batches=batches, medfee_sumamt=lines.sums(found))
    return answer(request, result=[lines.result(one) for one in found])


@plays(transaction("2205"))
def remove(request: Any, call: Call) -> Record:
    """One batch, or with 0000 everything that is not settled."""
    asked = content(request).get("data", {})
    visit, batch = visit_of(call, asked, Visit.Kind.OUTPATIENT), str(asked.get("chrg_bchno", ""))
    chosen = visit.lines.filter(settlement=None) if batch == ALL else visit.lines.filter(batch=batch)
    if chosen.exclude(settlement=None).exists():
        raise Refuse("7205", f"收费批次 {batch} 已经结算，请先撤销结算（2208）")
    gone = list(chosen)
    if not gone:
        raise Refuse("7209", "没有可以撤销的费用明细")
    batches = {one.batch for one in gone}
    chosen.delete()
    live = [
        effect.pk
        for effect in call.live("2204").filter(detail__mdtrt_id=visit.mdtrt_id)
        if not visit.lines.filter(batch__in=effect.detail.get("batches", [])).exists()
    ]
    undoes = call.live("2204").filter(pk__in=live)
    _note(call, visit, undoes=undoes, rows=len(gone), batches=sorted(batches), medfee_sumamt=-lines.sums(gone))
    return answer(request)


@plays(transaction("2206A"))
@plays(transaction("2206"))
def foretell(request: Any, call: Call) -> Record:
    asked = content(request).get("data", {})
    visit, found = _bill(call, asked)
    certified(call, visit.insured, asked, shown=str(visit.facts.get("mdtrt_cert_no") or ""))
    return foretold(request, call, visit, worked_out(call, visit, found, asked))


@plays(transaction("2207A"))
@plays(transaction("2207"))
def settle(request: Any, call: Call) -> Record:
    asked = content(request).get("data", {})
    visit, found = _bill(call, asked)
    settlement = settled(call, visit, found, asked, batch=str(asked.get("chrg_bchno", "")))
    note(call, settlement)
    return told(request, visit, settlement)


@plays(transaction("2208"))
def take_back(request: Any, call: Call) -> Record:
    asked = content(request).get("data", {})
    visit = visit_of(call, asked, Visit.Kind.OUTPATIENT)
    return undone(request, call, visit, settlement_of(visit, asked))


def _bill(call: Call, asked: Content) -> tuple[Visit, list[Line]]:
    """The visit and the lines of the batch, none of which is settled."""
    visit = visit_of(call, asked, Visit.Kind.OUTPATIENT)
    entitled(call, visit.insured, asked.get("insutype"), call.code)
    if asked.get("insutype") != visit.insurance.insutype:
        raise Refuse("7003", "险种与挂号时不一致")
    if not visit.diagnoses:
        raise Refuse("7110", "还没有上传就诊信息（2203A）")
    if asked.get("med_type") != visit.med_type:
        raise Refuse("7110", f"医疗类别与就诊信息中的 {visit.med_type} 不一致")
    batch = str(asked.get("chrg_bchno", ""))
    found = list(visit.lines.filter(batch=batch).order_by("pk"))
    if not found:
        raise Refuse("7301", f"收费批次 {batch} 没有费用明细")
    if visit.lines.filter(batch=batch).exclude(settlement=None).exists():
        raise Refuse("7304", f"收费批次 {batch} 已经结算")
    if kind_of(visit.med_type) == "chronic" and not is_filed(visit.insured, found[0].dise_codg, local(visit.begins)):
        raise Refuse("7114", f"没有有效的门诊慢特病备案 {found[0].dise_codg}")
    return visit, found


def _settled(visit: Visit) -> QuerySet[Settlement]:
    return visit.settlements.filter(state=Settlement.State.LIVE)


def _note(call: Call, visit: Visit, *, undoes: Any = None, rows: int = 0, batches: Any = (), **amounts: Any) -> None:
    detail = {"psn_no": visit.insured.psn_no, "mdtrt_id": visit.mdtrt_id, "batches": list(batches)}
    call.effect(visit.mdtrt_id, rows=rows, undoes=undoes, detail=detail, **amounts)
