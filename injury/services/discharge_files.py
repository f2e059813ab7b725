"""Files with a number and an amount: invoices that go with a discharge, materials after it (4.13, 4.18, 4.26).

A number is used once, by whichever of both: `InvoiceNumber` holds it. A file that was never sent gives it back.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from injury.actions import FILE_ADDED, FILE_DROPPED
from injury.models import Admission, Discharge, Flow, Invoice, InvoiceNumber, Material
from injury.models.discharge import Attached
from injury.rules.discharge import INVOICE
from injury.rules.files import DISCHARGE_TYPES, ending_of, file_fault, number_fault
from injury.services.discharge_drafts import begin
from injury.services.refusals import Refused
from portal.access.member import Member
from portal.audit import record
from portal.codes import code_list

#: Files of one discharge, and of one admission's materials.
MOST_FILES = 30
MOST_AMOUNT = Decimal("99999999999999.99")


@dataclass(frozen=True, slots=True)
class Paper:
    """A file as somebody gave it; amount in yuan. `kind` is FILETYPE."""

    kind: str
    number: str
    amount: Decimal
    file_name: str
    content: bytes


def paper_faults(paper: Paper, allowed: tuple[str, ...]) -> list[tuple[str, str]]:
    """Everything that is wrong with it, by field, before anything is stored or sent."""
    found = []
    if paper.kind not in code_list("injury.filetype"):
        found.append(("kind", "请选择材料类型"))
    if fault := number_fault(paper.number):
        found.append(("number", f"编号{fault}"))
    if paper.amount < 0 or paper.amount > MOST_AMOUNT or paper.amount != paper.amount.quantize(Decimal("0.01")):
        found.append(("amount", "金额应为 0 以上、最多两位小数的数"))
    elif paper.kind == INVOICE and not paper.amount:
        found.append(("amount", "发票金额应大于 0"))
    if fault := file_fault(paper.file_name, paper.content, allowed):
        found.append(("file", fault))
    return found


def add_invoice(admission: Admission, paper: Paper, *, by: Member) -> Invoice:
    """Put an invoice (for another province also another paper) beside the draft; PDF only.

    Raises Refused with every fault by field, and naming where a number was used before.
    """
    discharge = begin(admission, by=by)
    admission = discharge.admission
    faults = paper_faults(paper, DISCHARGE_TYPES)
    if paper.kind != INVOICE and admission.flow != Flow.CROSS:
        faults.append(("kind", "省内出院只能附发票，其他材料请在出院后用材料上传"))
    if discharge.invoices.count() >= MOST_FILES:
        faults.append(("file", f"最多 {MOST_FILES} 个文件，其余的请在出院后用材料上传"))
    faults += taken(admission, paper.number)
    if faults:
        raise Refused("；".join(sentence for _, sentence in faults), faults[0][0], faults)
    invoice = Invoice(discharge=discharge)
    keep(invoice, admission, paper, by=by)
    return invoice


def drop_invoice(invoice: Invoice, *, by: Member) -> None:
    """Take an invoice out of the draft; its number is free again unless the centre may know it."""
    discharge = begin(invoice.discharge.admission, by=by)
    drop(invoice, discharge.admission, by=by)


def keep(row: Attached, admission: Admission, paper: Paper, *, by: Member) -> None:
    """Store a checked paper on `row` and take its number; raises Refused when somebody took it this moment."""
    row.environment = admission.environment
    row.kind, row.number, row.amount = paper.kind, paper.number, paper.amount
    row.file_type, row.file_name = ending_of(paper.file_name), paper.file_name[-100:]
    row.content = base64.urlsafe_b64encode(paper.content).decode("ascii")
    row.size, row.sha256 = len(paper.content), hashlib.sha256(paper.content).hexdigest()
    row.added_as = by.label[:100]
    try:
        with transaction.atomic():
            claim(admission, paper.number)
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused(f"编号 {paper.number} 刚刚已被使用，请核对", "number") from None
    digest = row.sha256[:16]
    told: dict[str, Any] = {
        "kind": row.kind_label,
        "paper": row.number,
        "amount": f"{row.amount:,.2f}",
        "digest": digest,
    }
    record(FILE_ADDED, row, by=by, number=admission.number, **told)


def claim(admission: Admission, number: str) -> None:
    """Take the number for this admission; Refused when another has it."""
    mine = {"environment": admission.environment, "number": number}
    held, _ = InvoiceNumber.objects.select_related("admission").get_or_create(**mine, defaults={"admission": admission})
    if held.admission_id != admission.pk:
        raise Refused(f"编号 {number} 已用于{_place(held.admission)}，一张发票只能用一次", "number")


def _place(admission: Admission) -> str:
    return f"就诊 {admission.number}（{admission.name_masked}）"


def drop(row: Attached, admission: Admission, *, by: Member) -> None:
    """Remove a stored file; its number is free again unless it was sent."""
    record(FILE_DROPPED, row, by=by, number=admission.number, kind=row.kind_label, paper=row.number)
    InvoiceNumber.objects.filter(environment=row.environment, number=row.number, was_sent=False).delete()
    row.delete()


def taken(admission: Admission, number: str) -> list[tuple[str, str]]:
    """Where this number is used already, as a fault of the field; nothing when it is free for this admission."""
    held = InvoiceNumber.objects.filter(environment=admission.environment, number=number)
    found = held.select_related("admission").first()
    if found is None:
        return []
    if found.admission_id != admission.pk:
        return [("number", f"编号 {number} 已用于{_place(found.admission)}，一张发票只能用一次")]
    mine = {"environment": admission.environment, "number": number}
    if Invoice.objects.filter(**mine).exists():
        return [("number", f"编号 {number} 已在本次就诊随出院上传的发票中")]
    if Material.objects.filter(**mine).exists():
        return [("number", f"编号 {number} 已在本次就诊的材料中")]
    return []


def mark_sent(admission: Admission, numbers: list[str]) -> None:
    """From now on the centre may know these numbers: they stay this admission's for ever."""
    InvoiceNumber.objects.filter(environment=admission.environment, number__in=numbers).update(was_sent=True)


def invoices_of(discharge: Discharge) -> list[Invoice]:
    """The files that go with it, without their contents."""
    return list(discharge.invoices.defer("content"))


def bytes_of(row: Attached) -> bytes:
    """The file itself."""
    return base64.urlsafe_b64decode(str(row.content.reveal()))
