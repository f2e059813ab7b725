"""材料上传: papers by themselves, after discharge and before the claim is made (4.18).

Nothing at the centre lists materials. A lost reply is therefore not provable by a query: a repeated number is refused
there, but finding that out would be another upload. Two people decide after they have asked the insurer.
"""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from injury.actions import MATERIAL_DONE, MATERIAL_REJECTED, MATERIAL_REQUESTED
from injury.messages import UploadMaterial
from injury.models import Admission, Invoice, Material, MaterialState
from injury.rules.discharge import INVOICE, cents
from injury.rules.files import MATERIAL_TYPES
from injury.services.discharge_drafts import draft_of
from injury.services.discharge_files import MOST_FILES, Paper, bytes_of, drop, keep, mark_sent, paper_faults, taken
from injury.services.discharge_standing import material_obstacle
from injury.services.refusals import Refused
from injury.services.standing import fee_standing
from injury.services.steps import locked, opened
from portal.access.member import Member
from portal.audit import record
from portal.gateway.journal import Ask, Handler, Operation, StillUnknown, Verdict, outcome

#: After so many looks people decide: no query will ever tell.
LOOKS = 2
NO_PROOF = "工伤接口没有查询已上传材料的方法，编号重复时的拒绝也不能当作查询：请在经办平台核对这份材料后由两人认定"
UNSENT = (MaterialState.READY, MaterialState.REFUSED)


def add_material(admission: Admission, paper: Paper, *, by: Member) -> Material:
    """Store a paper that is to be uploaded; nothing is sent yet. Raises Refused with every fault by field."""
    admission = locked(admission)
    if sentence := material_obstacle(admission, draft_of(admission)):
        raise Refused(sentence)
    faults = paper_faults(paper, MATERIAL_TYPES) + taken(admission, paper.number) + too_much(admission, paper)
    if Material.objects.filter(admission=admission).count() >= MOST_FILES:
        faults.append(("file", f"最多 {MOST_FILES} 份材料"))
    if faults:
        raise Refused("；".join(sentence for _, sentence in faults), faults[0][0], faults)
    material = Material(admission=admission)
    keep(material, admission, paper, by=by)
    return material


def too_much(admission: Admission, paper: Paper) -> list[tuple[str, str]]:
    """Invoices may not come to more than the fees (110025); nothing for other papers."""
    if paper.kind != INVOICE:
        return []
    standing = fee_standing(admission)
    total = cents(standing.centre if standing.centre is not None else standing.ours)
    have = invoiced(admission)
    if have + paper.amount <= total:
        return []
    return [("amount", f"发票合计将为 {have + paper.amount:,.2f} 元，超过费用合计 {total:,.2f} 元（110025）")]


def invoiced(admission: Admission) -> Decimal:
    """Yuan of all invoices of the stay: with its discharge, and among its materials, sent or not."""
    along = Invoice.objects.filter(discharge__admission=admission, kind=INVOICE)
    after = Material.objects.filter(admission=admission, kind=INVOICE)
    zero = Decimal("0.00")
    return sum((rows.aggregate(sum=Sum("amount", default=zero))["sum"] for rows in (along, after)), zero)


def drop_material(material: Material, *, by: Member) -> None:
    """Remove a paper that the centre does not have. Raises Refused for one that it has, or may have."""
    admission = locked(material.admission)
    material = _locked(material)
    if material.state not in UNSENT:
        raise Refused(f"{material}{material.shown_state}，不能移除")
    drop(material, admission, by=by)


def upload_material(material: Material, *, by: Member) -> Operation:
    """Send one paper; a second call while it is on its way returns the same operation.

    Raises Refused before discharge, after the audit, and for a paper that the centre has.
    """
    admission = locked(material.admission)
    material = _locked(material)
    if material.state == MaterialState.SENDING and material.operation is not None:
        return material.operation
    if sentence := material_obstacle(admission, draft_of(admission)):
        raise Refused(sentence)
    if material.state not in UNSENT:
        raise Refused(f"{material}{material.shown_state}")
    values: dict[str, Any] = {"invoiceType": material.file_type, "rolltype": admission.roll, "filetype": material.kind}
    operation = opened(
        UploadMaterial(
            file=base64.b64encode(bytes_of(material)).decode("ascii"),
            akc190=admission.number,
            invoiceNo=material.number,
            invoiceMoney=material.amount,
            **values,
        ),
        key=f"{admission.number}/{material.number}",
        by=by,
        title=f"上传材料 {admission.number}（{admission.name_masked}）：{material}，{material.amount:,.2f} 元",
        expected={"amount": material.amount, "sha256": material.sha256[:16]},
        subject=admission,
    )
    material.state, material.operation, material.note = MaterialState.SENDING, operation, ""
    material.save(update_fields=["state", "operation", "note"])
    mark_sent(admission, [material.number])
    told: dict[str, Any] = {"kind": material.kind_label, "paper": material.number, "amount": f"{material.amount:,.2f}"}
    record(MATERIAL_REQUESTED, material, by=by, number=admission.number, **told)
    return operation


def upload_all(admission: Admission, *, by: Member) -> list[Operation]:
    """Send every paper of the admission that was not sent yet, or not taken."""
    waiting = Material.objects.filter(admission=admission, state__in=UNSENT).defer("content").order_by("id")
    return [upload_material(one, by=by) for one in waiting]


def materials_of(admission: Admission) -> list[Material]:
    """All papers of an admission, without their contents, newest first."""
    rows = Material.objects.filter(admission=admission).select_related("operation")
    return list(rows.defer("content", "operation__request", "operation__reply"))


def _locked(material: Material) -> Material:
    rows = Material.objects.select_for_update(of=("self",)).select_related("operation")
    return rows.defer("operation__request", "operation__reply").get(pk=material.pk)


@outcome(UploadMaterial)
class Uploading(Handler):
    """The centre has the paper, or it does not."""

    labels = {"amount": "金额（元）", "sha256": "文件 SHA-256（前 16 位）"}
    consequence = "发送到工伤中心"

    def applied(self, operation: Operation, reply: Any) -> None:
        self._end(operation, MaterialState.ACCEPTED, "", accepted_at=timezone.now())

    def rejected(self, operation: Operation) -> None:
        self._end(operation, MaterialState.REFUSED, operation.message)

    def _end(self, operation: Operation, state: str, note: str, **changes: Any) -> None:
        found = Material.objects.filter(operation=operation).select_related("admission").defer("content").first()
        if found is None:
            return  # found in the spool after a restore: people decide
        admission = locked(found.admission)
        Material.objects.filter(pk=found.pk, operation=operation).update(state=state, note=note[:400], **changes)
        told: dict[str, Any] = {"kind": found.kind_label, "paper": found.number}
        if state == MaterialState.ACCEPTED:
            record(MATERIAL_DONE, found, by=None, number=admission.number, **told)
        else:
            record(MATERIAL_REJECTED, found, by=None, number=admission.number, reason=note, **told)

    def investigate(self, operation: Operation, ask: Ask) -> Verdict:
        """No query tells it; what the wire brought late is looked at before this is asked."""
        return StillUnknown(NO_PROOF, for_people=operation.looks + 1 >= LOOKS)
