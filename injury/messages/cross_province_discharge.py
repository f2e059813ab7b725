"""Discharge of a worker insured in another province (4.26, 4.27)."""

from __future__ import annotations

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


class CrossProvinceInvoice(Part):
    """One electronic invoice or other paper; nothing may be missing (4.26, error 350028)."""

    body: str = item("发票文件", secret=True, file=True, pattern=URL_SAFE)
    invoiceNo: str = item("发票编号", 50, min_length=1)
    invoiceMoney: Exact = item("发票金额", (16, 4))
    filetype: str = item("材料类型", 3, codes="injury.filetype", min_length=1)


class CrossProvinceAdmissionNoteNode(Part):
    """The node around admission notes."""

    bskm02: list[AdmissionNote] = item("入院记录", many=(0, MOST), default=[])


class CrossProvinceDischargeNoteNode(Part):
    """The node around discharge notes."""

    bskm03: list[DischargeNote] = item("出院记录", many=(0, MOST), default=[])


class CrossProvinceOperationNoteNode(Part):
    """The node around operations."""

    bskm04: list[OperationNote] = item("手术记录", many=(0, MOST), default=[])


class CrossProvinceFrontPageNode(Part):
    """The node around front pages."""

    bskm05: list[FrontPage] = item("病案首页", many=(0, MOST), default=[])


class CrossProvinceUltrasoundReportNode(Part):
    """The node around ultrasound reports."""

    bskm06: list[UltrasoundReport] = item("B超报告单", many=(0, MOST), default=[])


class CrossProvinceXRayReportNode(Part):
    """The node around X-ray reports."""

    bskm07: list[XRayReport] = item("X光报告单", many=(0, MOST), default=[])


class CrossProvinceCtReportNode(Part):
    """The node around CT reports."""

    bskm08: list[CtReport] = item("CT报告单", many=(0, MOST), default=[])


class CrossProvinceMriReportNode(Part):
    """The node around MRI reports."""

    bskm09: list[MriReport] = item("核磁报告单", many=(0, MOST), default=[])


class CrossProvinceInvoiceNode(Part):
    """The node around invoices."""

    bskm12: list[CrossProvinceInvoice] = item("电子发票", many=(0, MOST), default=[])


class DischargeCrossProvince(
    Request[Ack],
    code="offsiteLeaveHos",
    title="异地就医办理出院",
    gateway=INJURY,
    undo="offsiteLeaveHosUndo",
    check="getJSSheet",
):
    """Discharge with records and papers (4.26)."""

    akc190: str = item("住院号/门诊号", 30, min_length=1)
    aac002: str = item("身份证号", 18, secret=True, min_length=1)
    aac003: str = item("姓名", 30, secret=True, min_length=1)
    aae031: Day = item("出院日期")
    akc194: str = item("出院诊断疾病编码", 50, min_length=1)
    akc195: str = item("出院诊断说明", 200, min_length=1)
    akc202: str = item("出院原因", 255, codes="injury.akc195", min_length=1)
    ints: str = item("住院天数", pattern=r"^[0-9]{1,10}$")
    bskm02s: CrossProvinceAdmissionNoteNode | None = item("入院记录", default=None)
    bskm03s: CrossProvinceDischargeNoteNode | None = item("出院记录", default=None)
    bskm04s: CrossProvinceOperationNoteNode | None = item("手术记录", default=None)
    bskm05s: CrossProvinceFrontPageNode | None = item("病案首页", default=None)
    bskm06s: CrossProvinceUltrasoundReportNode | None = item("B超报告单", default=None)
    bskm07s: CrossProvinceXRayReportNode | None = item("X光报告单", default=None)
    bskm08s: CrossProvinceCtReportNode | None = item("CT报告单", default=None)
    bskm09s: CrossProvinceMriReportNode | None = item("核磁报告单", default=None)
    bskm12s: CrossProvinceInvoiceNode | None = item("电子发票", default=None)


class UndoCrossProvinceDischarge(
    Request[Ack],
    code="offsiteLeaveHosUndo",
    title="异地就医办理出院撤销",
    gateway=INJURY,
    undo="offsiteLeaveHos",
    check="getJSSheet",
):
    """Take the discharge back before the claim is made (4.27)."""

    akc190: str = item("住院号/门诊号", 30, min_length=1)
