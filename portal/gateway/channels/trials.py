"""测试连接: one query with settings that are not saved yet, and what it means in one sentence (design 5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from portal.access.door import tenant_tx
from portal.access.member import Member
from portal.audit import record
from portal.gateway import wire
from portal.gateway.channels.actions import TRIED
from portal.gateway.channels.faults import presets
from portal.gateway.channels.fields import fields_of, label_of, wire_of
from portal.gateway.channels.models import ChannelTrial, wire_settings
from portal.gateway.channels.services import candidate
from portal.gateway.client import refuse_inside_transaction
from portal.gateway.errors import Doubt
from portal.gateway.messages import Request, gateway, request_class, requests, sample
from portal.gateway.national.signing.trying import tried as signed_and_tried
from portal.gateway.sessions.trying import is_taken, tried
from portal.jobs import start

KIND = "gateway.channel.try"
#: A trial whose job was lost says so after this long (seconds).
LONGEST = 180
#: A query for a trial need not have the patience of a real one.
READ_TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`field` is the setting to look at, empty when none can be named."""

    is_good: bool
    sentence: str
    field: str = ""


def start_trial(gateway_name: str, environment: str, given: Mapping[str, Any], *, by: Member) -> ChannelTrial:
    """Test these values over the stored ones, as a job. Raises ChannelFault when they cannot even be saved."""
    values = candidate(gateway_name, environment, given)
    trial = ChannelTrial.objects.create(gateway=gateway_name, environment=environment, values=values, by_label=by.label)
    record(TRIED, trial, by=by, channel=str(trial))
    start(KIND, str(trial.pk), by=by, title=f"测试连接：{trial}", params={"trial": str(trial.pk)})
    return trial


def run_trial(institution_id: int, trial_id: str) -> Verdict:
    """Send the query outside any transaction, and keep the verdict; the values are forgotten."""
    with tenant_tx(institution_id):
        trial = ChannelTrial.objects.get(pk=trial_id)
        if trial.ended_at is not None or trial.values is None:
            return Verdict(bool(trial.is_good), trial.sentence, trial.field)
        values = trial.values.reveal()
        settings = _settings(trial, values)
    refuse_inside_transaction()
    verdict = _tried(settings, trial, institution_id)
    with tenant_tx(institution_id):
        trial.is_good, trial.sentence, trial.field = verdict.is_good, verdict.sentence[:500], verdict.field
        trial.values, trial.ended_at = None, timezone.now()
        trial.save()
    return verdict


def _settings(trial: ChannelTrial, values: Mapping[str, Any]) -> wire.WireSettings:
    patience = values.get("read_timeout") or READ_TIMEOUT
    return wire_settings(trial.gateway, {**values, "read_timeout": patience}, trial.environment)


def _tried(settings: wire.WireSettings, trial: ChannelTrial, institution_id: int) -> Verdict:
    name = trial.gateway
    if wire_of(name).sessions is None:
        return judged(name, signed_and_tried(settings, partial(probe, name)))
    exchange = tried(settings, partial(probe, name), institution_id, trial.environment)
    if exchange is None:
        return Verdict(False, "接口正在由另一个任务登录，请稍后再测")
    if is_taken(settings, exchange):
        said = "地址正确，但这个用户正在其他程序中登录，没有测完：请先在那里退出，或在“接口登录”页面接管后再测"
        return Verdict(False, said, "user_name")
    return judged(name, exchange)


def probe(gateway_name: str) -> Request[Any]:
    """A query that changes nothing and costs little: the one that channel.json names, else the gateway's first, for
    last year and the first row or page."""
    if named := presets(gateway_name).get("probe"):
        return request_class(gateway(gateway_name), named["code"]).model_validate(named["content"])
    query = next(one for one in requests(gateway(gateway_name)) if one.safe)
    last_year = str(timezone.localdate().year - 1)
    wanted: dict[str, Any] = {"year": last_year, "trt_year": last_year, "trt_month": "01"}
    wanted |= {"page": 1, "size": 1, "startrow": 1}
    return query.model_validate(_chosen(sample(query).model_dump(by_alias=True, exclude_none=True), wanted))


def _chosen(content: Any, wanted: Mapping[str, Any]) -> Any:
    """The content with the wanted values wherever an item has one of their names."""
    if isinstance(content, dict):
        return {name: wanted[name] if name in wanted else _chosen(inner, wanted) for name, inner in content.items()}
    return [_chosen(one, wanted) for one in content] if isinstance(content, list) else content


def judged(gateway_name: str, exchange: wire.Exchange[Any]) -> Verdict:
    """One sentence for people about what came of the query."""
    proven = wire_of(gateway_name).proven
    if exchange.outcome is wire.Outcome.NOT_SENT:
        return Verdict(False, f"地址不可达：{exchange.sentence}", "base_url")
    field = presets(gateway_name)["fields"].get(exchange.code, "")
    if field:
        said = f"医保中心答复 {exchange.code}：{exchange.message}"
        sentence = presets(gateway_name).get("sentences", {}).get(exchange.code)
        pointing = _named(gateway_name, sentence) if sentence else _pointing(gateway_name, field)
        return Verdict(False, f"{pointing}（{said}）", field)
    if exchange.outcome is wire.Outcome.UNKNOWN:
        return _doubtful(gateway_name, exchange)
    took = f"，用时 {exchange.seconds:.1f} 秒"
    if exchange.outcome is wire.Outcome.REJECTED:
        return Verdict(True, f"连接正常：{proven}{took}。试查的答复是“{exchange.message}”，不影响使用")
    if exchange.outcome is wire.Outcome.OK_UNPARSED:
        return Verdict(False, f"{proven}，但{exchange.sentence}", "switches")
    return Verdict(True, f"连接正常：{proven}{took}")


def _doubtful(gateway_name: str, exchange: wire.Exchange[Any]) -> Verdict:
    if exchange.reason is Doubt.CODE:
        said = f"医保中心答复 {exchange.code}：{exchange.message}" if exchange.message else exchange.sentence
        return Verdict(False, f"地址和密钥正确，但试查没有成功（{said}）")
    field, sentence = _DOUBTS.get(exchange.reason or Doubt.SHAPE, ("base_url", "地址上没有医保接口，请核对 API 地址"))
    if exchange.reason is Doubt.DECRYPTION and "iv" not in fields_of(gateway_name):
        field, sentence = "secret_key", "答复无法解密，请核对{secret_key}"
    return Verdict(False, f"{_named(gateway_name, sentence)}（{exchange.sentence}）", field)


def _pointing(gateway_name: str, field: str) -> str:
    return _named(gateway_name, _POINTING.get(field, f"请核对{{{field}}}"))


def _named(gateway_name: str, sentence: str) -> str:
    """The sentence with the gateway's own names of the settings in braces."""
    return re.sub(r"\{(\w+)\}", lambda found: label_of(gateway_name, found[1]), sentence)


#: The refusals that point at a setting; which code points where is data beside the gateway (channel.json).
_POINTING = {
    "app_code": "{app_code}不被认可，请核对医保中心分配的标识",
    "private_key": "签名不正确：{private_key}与医保中心登记的公钥不一致",
    "secret_key": "签名不正确，请核对{secret_key}",
    "iv": "医保中心无法解密：请核对{iv}和{provider_public_key}",
    "switches": "请求头不完整，请在{switches}中核对鉴权方式",
    "clock": "时钟偏差：本机时间与医保中心相差超过规定，请校准本机时间",
}
_DOUBTS = {
    Doubt.TIMEOUT: ("base_url", "地址可以连接，但接口没有答复，请核对 API 地址和端口"),
    Doubt.RESET: ("base_url", "连接被对方中断，请核对 API 地址和端口"),
    Doubt.SIGNATURE: ("provider_public_key", "答复的签名不正确，请核对{provider_public_key}"),
    Doubt.DECRYPTION: ("iv", "答复无法解密，请核对{iv}和{private_key}"),
    Doubt.TIMESTAMP: ("clock", "时钟偏差：本机时间与医保中心相差超过规定，请校准本机时间"),
    Doubt.NONCE: ("base_url", "答复与本次请求不对应，地址上可能有缓存或代理"),
}


def is_lost(trial: ChannelTrial) -> bool:
    """Whether the job of a trial will not answer any more."""
    return trial.ended_at is None and trial.started_at < timezone.now() - timedelta(seconds=LONGEST)
