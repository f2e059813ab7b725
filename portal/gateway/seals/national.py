"""What sites do differently on the national interface; one captured sample must be enough to set these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
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

    `sign_in`: each operator signs in (9001) and calls carry the number, or nobody does. A shift ends after `sign_hours`
    (24 at most), at the times of the day in `sign_ends` ("08:00 20:00") and `sign_idle` minutes after the operator's
    last call. `sign_mac` and `sign_ip` stand in 9001, empty: this machine's own. `not_signed`: what the centre's
    messages say, beside the texts of signing.json, when a number is not valid, separated by |. `bytes_form`: file data
    of 9101 as signed or unsigned numbers. `control`: where the check medium of the security control goes (interface
    guide, chapter 6); none: it is not used. `control_address`: the local control that hands mediums out.
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
        "sign_in": "经办人签到（9001）",
        "sign_hours": "班次最长小时数",
        "sign_ends": "交班时间",
        "sign_idle": "空闲签退（分钟）",
        "sign_mac": "签到 MAC 地址",
        "sign_ip": "签到 IP 地址",
        "not_signed": "签到失效的提示文字",
        "bytes_form": "上传文件的字节写法",
        "control": "安全控件校验介质的位置",
        "control_address": "安全控件服务地址",
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
    sign_in: Literal["operator", "none"] = "operator"
    sign_hours: int = 24
    sign_ends: str = ""
    sign_idle: int = 30
    sign_mac: str = ""
    sign_ip: str = ""
    not_signed: str = ""
    bytes_form: Literal["signed", "unsigned"] = "signed"
    control: Literal["none", "dev_safe_info", "exp_content"] = "none"
    control_address: str = ""

    def check(self) -> None:
        if (self.path and not self.path.startswith("/")) or "{" in self.path.replace("{infno}", ""):
            raise ValueError("接口路径应为空或以 / 开头，交易编号的位置写作 {infno}")
        for name, most in SIZES.items():
            value = getattr(self, name)
            if len(value) > most or (name in NEEDED and not value):
                raise ValueError(f"{self.labels[name]}应为 {1 if name in NEEDED else 0} 到 {most} 个字符")
        if not 1 <= self.tolerance <= 86400 or not self.user_id or not self.api_version.isascii():
            raise ValueError("时间差应在 1 秒到 1 天之间，用户标识不能为空，网关接口版本应为半角字符")
        self._check_shift()
        if self.control_address and not self.control_address.startswith(("http://", "https://")):
            raise ValueError("安全控件服务地址应以 http:// 或 https:// 开头")

    def _check_shift(self) -> None:
        if not 1 <= self.sign_hours <= 24 or not 1 <= self.sign_idle <= 1440:
            raise ValueError("班次应为 1 到 24 小时，空闲签退应为 1 到 1440 分钟")
        if self.sign_in == "operator" and len(self.opter) > 20:
            raise ValueError("经办人最多 20 个字符：签到（9001）的操作员编号只有这么长")
        if len(self.sign_mac) > 20 or len(self.sign_ip) > 20:
            raise ValueError("签到 MAC 地址和 IP 地址最多 20 个字符")
        self.shift_ends()

    def shift_ends(self) -> tuple[time, ...]:
        """The times of the day when shifts end; ValueError for what is no time."""
        try:
            return tuple(sorted(time.fromisoformat(one) for one in self.sign_ends.replace("，", " ").split()))
        except ValueError:
            raise ValueError("交班时间应写作 08:00，多个以空格分开") from None
