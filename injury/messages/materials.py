"""Materials as a multipart form (4.18)."""

from __future__ import annotations

from typing import Literal

from injury.messages.gateway import BASE64, INJURY, Ack
from portal.gateway.messages import Exact, Request, item


class UploadMaterial(Request[Ack], code="saveInvoice", title="材料上传", gateway=INJURY, check="getPerDetail"):
    """Upload an invoice or another paper after discharge, before the claim is made (4.18).

    `file` is Base64 here; the wire sends it as a file.
    """

    file: str = item("文件", secret=True, file=True, pattern=BASE64)
    akc190: str = item("住院号/门诊号", 30, min_length=1)
    invoiceType: Literal["pdf", "png", "img", "jpg", "bmp", "gif"] = item("文件格式")
    invoiceNo: str = item("材料编号", 50, min_length=1)
    invoiceMoney: Exact = item("金额", (16, 2))
    rolltype: Literal["0", "1"] = item("就医类型")
    filetype: str = item("材料类型", 3, codes="injury.filetype")
