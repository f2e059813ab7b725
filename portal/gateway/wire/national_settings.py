"""What a channel to the national interface needs, for its form and its checks (access guide 2.1, 2.2 and table 2)."""

from __future__ import annotations

import ipaddress

from portal.gateway.crypto import private_key
from portal.gateway.wire.declared import Setting, digits, printable


def _ip(value: str, label: str) -> None:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        raise ValueError(f"{label}应为 IP 地址") from None


def _name(value: str, label: str) -> None:
    if not 1 <= len(value) <= 20:
        raise ValueError(f"{label}应为 1 到 20 个字符（接口规定），请写简称")


SETTINGS = (
    Setting("base_url", "API 地址", "由医保系统承建商提供，可带应用账户编码和公共路径"),
    Setting("host_address", "域名绑定的 IP", "没有域名解析时填写，例如 10.97.240.206", size=45, check=_ip),
    Setting("app_code", "应用编码（paasid）", "创建账户时由平台生成", size=100, check=printable(1, 100)),
    Setting(
        "secret_key",
        "密钥（secretKey）",
        "创建账户时由平台生成，保存后不再显示",
        "secret",
        200,
        printable(1, 200),
    ),
    Setting("medins_code", "定点医药机构编号", "与医保平台登记的一致", size=12, check=printable(12, 12), like="code"),
    Setting("medins_name", "定点医药机构名称", "接口规定最多 20 个字符", size=20, check=_name, like="name"),
    Setting("region", "就医地医保区划", "6 位区划代码", size=6, check=digits(6), like="region"),
    Setting(
        "private_key",
        "机构 SM2 私钥（cainfo）",
        "只在鉴权方式为 cainfo 时需要：64 位十六进制字符，保存后不再显示",
        "secret",
        64,
        private_key,
        rare=True,
    ),
)
