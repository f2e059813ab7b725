"""What sites do differently with the OneTrans library; one captured sample must be enough to set these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from portal.gateway.seals.switches import Switches

#: Most bytes in GBK of the message's own items (table 3-1) and of what the wire fills in.
SIZES = {"recer_sys_code": 10, "prd_id": 32, "dev_no": 100, "signtype": 10, "enc_type": 5, "dept_codg": 20}
SIZES |= {"dept_name": 30, "opter": 30, "opter_name": 50, "opter_type": 3, "term_no": 30, "ehc_app_id": 32}
NEEDED = {"recer_sys_code", "signtype", "enc_type", "dept_codg", "dept_name", "opter", "opter_name", "opter_type"}
NEEDED |= {"term_no"}


@dataclass(frozen=True, slots=True)
class DeskSwitches(Switches):
    """The defaults are those of the specification's examples.

    `signtype` and `enc_type` tell the library how to sign and encrypt towards its platform; it does so itself.
    `data_form`: the business part as an object (as the examples print it) or as JSON text. A desk's own department,
    terminal and device number take the place of those here. `card_url` and `card_user` are the arguments of the card
    library's Init. `wait`: seconds that a call may stand in the bridge's queue.
    """

    labels: ClassVar[Mapping[str, str]] = {
        "recer_sys_code": "接收方系统代码",
        "prd_id": "产品编号",
        "signtype": "签名类型",
        "enc_type": "加密类型",
        "dept_codg": "医保科室编号",
        "dept_name": "医保科室名称",
        "opter": "经办人",
        "opter_name": "经办人姓名",
        "opter_type": "经办人类别",
        "dev_no": "设备编号",
        "term_no": "终端编号",
        "ehc_app_id": "电子健康卡应用编号",
        "card_url": "读卡库初始化地址",
        "card_user": "读卡库使用地区",
        "data_form": "业务入参的形式",
        "wait": "排队最长秒数",
    }

    recer_sys_code: str = "MBS_LOCAL"
    prd_id: str = ""
    signtype: str = "SM3"
    enc_type: str = "SM4"
    dept_codg: str = "01"
    dept_name: str = "医保办"
    opter: str = "portal"
    opter_name: str = "医保结算门户"
    opter_type: str = "1"
    dev_no: str = ""
    term_no: str = "portal"
    ehc_app_id: str = ""
    card_url: str = ""
    card_user: str = ""
    data_form: Literal["object", "text"] = "object"
    wait: int = 60

    def check(self) -> None:
        for name, most in SIZES.items():
            value = getattr(self, name)
            if len(value.encode("gbk", "replace")) > most or (name in NEEDED and not value):
                least = 1 if name in NEEDED else 0
                raise ValueError(f"{self.labels[name]}应为 {least} 到 {most} 个字节（汉字占两个）")
        if not 1 <= self.wait <= 300:
            raise ValueError("排队最长秒数应为 1 到 300")
        if len(self.card_url) > 1000 or len(self.card_user) > 60:
            raise ValueError("读卡库初始化地址最多 1000 个字符，使用地区最多 60 个字符")
