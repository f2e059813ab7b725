"""What sites do differently on the national interface; one captured sample must be enough to set these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from portal.gateway.seals.switches import Switches

#: Most characters of the envelope's own items (Guangdong access guide, table 2).
SIZES = {"recer_sys_code": 10, "dev_no": 100, "dev_safe_info": 2000, "signtype": 10, "infver": 6, "opter_type": 3}
SIZES |= {"opter": 30, "opter_name": 50}
NEEDED = ("recer_sys_code", "infver", "opter_type", "opter", "opter_name")


@dataclass(frozen=True, slots=True)
class NationalSwitches(Switches):
    """The defaults are Guangdong's.

    `auth`: how a call proves its sender; `path` is added to the address ("/" adds nothing), `{infno}` in it is the
    transaction or its name in the channel's 交易路径; `numbers`: written as text or as numbers; `input_form`: the input
    as an object or as JSON text; `nonce_form`: 32 hexadecimal digits or with dashes; `refmsgid`: `dated` also checks
    the form (region, time, number) and that its time is near ours, `present` only that there is one; `tolerance`:
    seconds it may be off.
    """

    labels: ClassVar[Mapping[str, str]] = {
        "auth": "鉴权方式",
        "path": "接口路径",
        "recer_sys_code": "接收方系统代码",
        "infver": "接口版本号",
        "opter_type": "经办人类别",
        "opter": "经办人",
        "opter_name": "经办人姓名",
        "dev_no": "设备编号",
        "dev_safe_info": "设备安全信息",
        "signtype": "签名类型",
        "numbers": "数值写法",
        "input_form": "交易输入的形式",
        "nonce_form": "校验码写法",
        "api_version": "网关接口版本（hmac-sha1）",
        "signature_form": "cainfo 签名结构",
        "signature_text": "cainfo 签名写法",
        "user_id": "SM2 用户标识",
        "refmsgid": "接收方报文ID的检查",
        "tolerance": "允许的时间差（秒）",
    }

    auth: Literal["tif", "hmac-sha1", "cainfo", "none"] = "tif"
    path: str = "/{infno}"
    recer_sys_code: str = "YBXT"
    infver: str = "V1.0"
    opter_type: str = "1"
    opter: str = "portal"
    opter_name: str = "医保结算门户"
    dev_no: str = ""
    dev_safe_info: str = ""
    signtype: str = ""
    numbers: Literal["text", "number"] = "text"
    input_form: Literal["object", "text"] = "object"
    nonce_form: Literal["hex", "uuid"] = "hex"
    api_version: str = "1.0.0"
    signature_form: Literal["raw", "der"] = "raw"
    signature_text: Literal["base64", "hex"] = "base64"
    user_id: str = "1234567812345678"
    refmsgid: Literal["dated", "present"] = "dated"
    tolerance: int = 1800

    def check(self) -> None:
        if (self.path and not self.path.startswith("/")) or "{" in self.path.replace("{infno}", ""):
            raise ValueError("接口路径应为空或以 / 开头，交易编号的位置写作 {infno}")
        for name, most in SIZES.items():
            value = getattr(self, name)
            if len(value) > most or (name in NEEDED and not value):
                raise ValueError(f"{self.labels[name]}应为 {1 if name in NEEDED else 0} 到 {most} 个字符")
        if not 1 <= self.tolerance <= 86400 or not self.user_id or not self.api_version.isascii():
            raise ValueError("时间差应在 1 秒到 1 天之间，用户标识不能为空，网关接口版本应为半角字符")
