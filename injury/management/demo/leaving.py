"""The end of a stay: records, invoice, discharge, settlement sheet, papers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from injury.management.demo.walk import Walk
from injury.models import Admission, AdmissionState, DischargeRecord, Node
from injury.papers import sheet as paper
from injury.rules.discharge import ALWAYS, WANTED_FOR
from injury.rules.records import ESSENTIAL, fields_of
from injury.services import request_sheet
from injury.services.discharge import submit_discharge, undo_discharge
from injury.services.discharge_drafts import Seat, add_record, begin, draft_of, save_head, save_record
from injury.services.discharge_files import Paper, add_invoice
from injury.services.discharge_standing import facts_of
from injury.services.sheets import asked, current_sheet
from injury.services.standing import fee_standing
from portal.codes import code_list
from portal.demo import Failed
from portal.papers.pdf import render_pdf


def discharge(walk: Walk, admission: Admission, *, audited: bool, with_sheet: bool = True) -> None:
    """Ask for the sheet, write the records, add the invoice, discharge; audited, the final sheet and its papers."""
    if with_sheet:
        _sheet(walk, admission, "出院前结算单（4.16）")
    with walk.tx():
        total = fee_standing(admission).ours
        _write(walk, _now(admission), total)
        operation = submit_discharge(_now(admission), by=walk.clerk)
    walk.send(operation)
    there = walk.stay(admission.number)
    with walk.tx():
        state = _now(admission).get_state_display()
    walk.told(
        walk.label,
        f"办理出院〔{str(operation.pk)[-8:]}〕",
        f"{state} {total:,.2f}",
        f"{there['state']} {Decimal(there['total']):,.2f}",
    )
    if audited:
        walk.sandbox.act("injury", "audit", party=walk.app_code, akc190=admission.number)
        _sheet(walk, admission, "审核后结算单（4.16）")
    if with_sheet:
        _print(walk, admission)


def take_back(walk: Walk, admission: Admission) -> None:
    """The discharge is undone by two people (4.14, 4.27)."""
    with walk.tx():
        operation = undo_discharge(_now(admission), by=walk.clerk)
    walk.send(operation)
    with walk.tx():
        state = _now(admission)
    there = walk.stay(admission.number)["state"]
    walk.told(walk.label, f"撤销出院〔{str(operation.pk)[-8:]}〕", state.get_state_display(), there)
    if state.state != AdmissionState.ADMITTED:
        raise Failed(f"就诊 {admission.number}：{state.shown_state}")


def _now(admission: Admission) -> Admission:
    return Admission.objects.select_related("operation").get(pk=admission.pk)


def _write(walk: Walk, admission: Admission, total: Decimal) -> None:
    days = (walk.today - admission.admitted_on).days
    head = {
        "discharged_on": walk.today,
        "reason": "9",
        "diagnosis_code": "S82.100",
        "diagnosis": "胫骨骨折",
        "days": days,
    }
    save_head(admission, head, seat=Seat(begin(admission, by=walk.clerk).version), by=walk.clerk)
    wanted = {nodes[0] for codes, nodes in WANTED_FOR if codes & facts_of(admission, draft_of(admission)).categories}
    for node in (*ALWAYS, *sorted(wanted)):
        entry = add_record(admission, node, by=walk.clerk)
        save_record(entry, _filled(entry, walk), seat=Seat(entry.version), by=walk.clerk)
    content = render_pdf("papers/injury/demo_invoice.html", {"title": "电子发票（演示）", "total": total})
    invoice = Paper(
        "01", f"FP{admission.number}{len(walk.lines):03d}", total.quantize(Decimal("0.01")), "发票.pdf", content
    )
    add_invoice(admission, invoice, by=walk.clerk)


def _filled(entry: DischargeRecord, walk: Walk) -> dict[str, str]:
    """What the entry knows, and something invented for every item that it must have."""
    content: dict[str, str] = dict(entry.content.reveal())
    for field in fields_of(entry.node):
        if field.name in ESSENTIAL[Node(entry.node)] and not content.get(field.name):
            words: Any = str(walk.today) if field.is_day else "演示"
            content[field.name] = code_list(field.codes).choices()[0][0] if field.codes else words
    return content


def _sheet(walk: Walk, admission: Admission, step: str) -> None:
    with walk.tx():
        request_sheet(_now(admission), by=walk.clerk)
    with walk.tx():
        question = asked(admission)
    assert question is not None
    walk.answered(question)
    with walk.tx():
        sheet = current_sheet(admission)
    assert sheet is not None
    there = Decimal(walk.stay(admission.number)["total"])
    walk.told(
        walk.label, step, f"{sheet.audit_label} 总额 {sheet.total:,.2f} 自付 {sheet.self_paid:,.2f}", f"{there:,.2f}"
    )
    if sheet.total != there or sheet.findings:
        raise Failed(f"结算单：{sheet.findings or f'门户 {sheet.total}，沙箱 {there}'}")


def _print(walk: Walk, admission: Admission) -> None:
    with walk.tx():
        sheet = current_sheet(admission)
        assert sheet is not None
        made = paper.gather(sheet, by=walk.clerk)
    for fmt in paper.TYPES:
        walk.keep(paper.file_name(made, fmt), paper.write(made, fmt))
    with walk.tx():
        paper.recorded(made, "pdf", by=walk.clerk)
