"""Discharge with medical records and invoices (4.13, 4.14)."""

from __future__ import annotations

from typing import Literal

from injury.messages.gateway import INJURY, URL_SAFE, Ack, Day
from injury.messages.records import (
    MOST,
    AdmissionNote,
    CtReport,
    DischargeNote,
    FrontPage,
    MriReport,
    OperationNote,
    UltrasoundReport,
    XRayReport,
)
from portal.gateway.messages import Exact, Part, Request, item


class Invoice(Part):
    """One electronic invoice; the file is URL-safe Base64 of a PDF, and nothing may be missing (4.13, error 110023)."""

    body: str = item("发票文件", secret=True, file=True, pattern=URL_SAFE)
    invoiceType: Literal["pdf"] = item("发票类型")
    invoiceNo: str = item("发票编号", 50, min_length=1)
    invoiceMoney: Exact = item("发票金额", (16, 4))


class AdmissionNoteNode(Part):
    """The node around admission notes."""

    km02: list[AdmissionNote] = item("入院记录", many=(0, MOST), default=[])


class DischargeNoteNode(Part):
    """The node around discharge notes."""

    km03: list[DischargeNote] = item("出院记录", many=(0, MOST), default=[])


class OperationNoteNode(Part):
    """The node around operations."""

    km04: list[OperationNote] = item("手术记录", many=(0, MOST), default=[])


class FrontPageNode(Part):
    """The node around front pages."""

    km05: list[FrontPage] = item("病案首页", many=(0, MOST), default=[])


class UltrasoundReportNode(Part):
    """The node around ultrasound reports."""

    km06: list[UltrasoundReport] = item("B超报告单", many=(0, MOST), default=[])


class XRayReportNode(Part):
    """The node around X-ray reports."""

    km07: list[XRayReport] = item("X光报告单", many=(0, MOST), default=[])


class CtReportNode(Part):
    """The node around CT reports."""

    km08: list[CtReport] = item("CT报告单", many=(0, MOST), default=[])


class MriReportNode(Part):
    """The node around MRI reports."""

    km09: list[MriReport] = item("核磁报告单", many=(0, MOST), default=[])


class InvoiceNode(Part):
    """The node around invoices."""

    km12: list[Invoice] = item("电子发票", many=(0, MOST), default=[])


class Discharge(
    Request[Ack],
    code="leaveHos",
    title="出院及电子病历信息上传",
    gateway=INJURY,
    undo="leaveHosUndo",
    check="getPerDetail",
):
    """Discharge with records and invoices (4.13)."""

    akc190: str = item("住院号/门诊号", 30, min_length=1)
    aac002: str = item("身份证号", 18, secret=True, min_length=1)
    aac003: str = item("姓名", 30, secret=True, min_length=1)
    akc194: Day = item("出院日期")
    akc195: str = item("出院原因", 255, codes="injury.akc195", min_length=1)
    akc196: str = item("出院诊断疾病编码", 255, min_length=1)
    ints: str = item("住院天数", pattern=r"^[0-9]{1,10}$")
    km02s: AdmissionNoteNode | None = item("入院记录", default=None)
    km03s: DischargeNoteNode | None = item("出院记录", default=None)
    km04s: OperationNoteNode | None = item("手术记录", default=None)
    km05s: FrontPageNode | None = item("病案首页", default=None)
    km06s: UltrasoundReportNode | None = item("B超报告单", default=None)
    km07s: XRayReportNode | None = item("X光报告单", default=None)
    km08s: CtReportNode | None = item("CT报告单", default=None)
    km09s: MriReportNode | None = item("核磁报告单", default=None)
    km12s: InvoiceNode | None = item("电子发票", default=None)


class UndoDischarge(
    Request[Ack],
    code="leaveHosUndo",
    title="撤销出院及电子病历信息上传",
    gateway=INJURY,
    undo="leaveHos",
    check="getPerDetail",
):
    """Take a discharge back while nobody has audited it (4.14)."""

    akc190: str = item("住院号/门诊号", 30, min_length=1)
