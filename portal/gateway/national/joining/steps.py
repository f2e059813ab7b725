"""The steps of joining, in the order in which one needs the other, and how each is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from portal.gateway import wire
from portal.gateway.errors import NotSent
from portal.gateway.national.joining import network, talking
from portal.gateway.national.joining.findings import Finding, bad
from portal.gateway.writing import refuse_inside_transaction


@dataclass(frozen=True, slots=True)
class Joining:
    """Whose channel is checked; `certificate`: a test person's, under the names of 1101, empty without one."""

    settings: wire.WireSettings
    institution_id: int
    environment: str
    certificate: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is called, what it shows, and how it is taken."""

    key: str
    title: str
    shows: str
    take: Callable[[Joining], Finding]


def _here(act: Callable[[wire.WireSettings], Finding]) -> Callable[[Joining], Finding]:
    return lambda one: act(one.settings)


def _there(act: Callable[[wire.WireSettings, int, str], Finding]) -> Callable[[Joining], Finding]:
    return lambda one: act(one.settings, one.institution_id, one.environment)


def _person(one: Joining) -> Finding:
    return talking.check_person(one.settings, one.institution_id, one.environment, one.certificate)


_ALL = (
    Step("settings", "通道配置", "地址、机构编号、区划、密钥都已填写，格式正确", _here(network.check_settings)),
    Step(
        "binding",
        "域名与地址绑定",
        "测试网关一般没有公开域名，要把域名绑定到下发的 IP（相当于配置 HOST）",
        _here(network.check_binding),
    ),
    Step("network", "网络连通", "从后台服务器经医保专网连到网关", _here(network.check_network)),
    Step("ports", "端口", "网关开放 443 和 80 端口", _here(network.check_ports)),
    Step(
        "certificate",
        "域名、地址和证书",
        "https 时证书属于这个域名，没有过期，受本机信任",
        _here(network.check_certificate),
    ),
    Step(
        "clock", "时间偏差", "本机时间与答复的时间相差不超过 1 分钟（网关最多允许 30 分钟）", _here(talking.check_clock)
    ),
    Step("keys", "应用编码和密钥", "用 1201 试查一次，网关接受签名", _there(talking.check_keys)),
    Step("signing", "签到签退", "9001 得到签到编号，9002 交回", _there(talking.check_signing)),
    Step("institution", "机构信息", "1201：中心登记的机构与通道一致", _there(talking.check_institution)),
    Step("person", "测试人员的参保地", "1101：识别测试人员，取得参保地区划", _person),
)
STEPS: Mapping[str, Step] = {one.key: one for one in _ALL}


def check(key: str, joining: Joining) -> Finding:
    """Take that step, outside any transaction; what goes wrong on the way is a finding, too."""
    refuse_inside_transaction()
    try:
        return STEPS[key].take(joining)
    except NotSent as refusal:
        return bad(refusal.sentence, "请先处理前面没有通过的步骤")
