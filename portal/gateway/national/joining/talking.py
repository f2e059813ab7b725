"""What the gateway and the centre answer: clock, keys, sign-in, the institution itself, a person's region.

Every message is one that changes nothing, and stands in the exchange log.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.gateway import client, transport, wire
from portal.gateway.channels.trials import judged
from portal.gateway.errors import NotSent, Unknown
from portal.gateway.journal.models import Attempt
from portal.gateway.journal.states import Outcome
from portal.gateway.messages import Request
from portal.gateway.national.composing import compose
from portal.gateway.national.gateway import NATIONAL
from portal.gateway.national.joining.findings import Finding, bad, good, skipped, warn
from portal.gateway.national.signing.services import as_operator
from portal.gateway.writing import exchanged

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Seconds: closer is good; the gateway refuses beyond its 30 minutes (access guide 2.3).
NEAR, GATEWAY = 60, 1800
ASK_CLOCK = "请系统管理员校准服务器时间（专网内的时间服务器由网络管理员提供）"
#: What stands behind each of the four texts of the gateway, beyond the next step that every refusal has.
CAUSES = {
    "401.1": "请求头没有到达网关：鉴权方式选错了，或中间的代理去掉了 x-tif 请求头",
    "401.2": "本机时间与网关相差超过 30 分钟",
    "401.3": "网关不认识这个应用编码（paasid）：填错了，或这个环境还没有开通",
    "401.4": "密钥（secretKey）与应用编码不是一对：填错了、带了空格，或用了另一个环境的密钥",
}


def own_facts(settings: wire.WireSettings) -> Request[Any]:
    """1201 about the institution itself: changes nothing, and every institution may ask it."""
    facts = {"fixmedins_type": "1", "fixmedins_name": settings.medins_name, "fixmedins_code": settings.medins_code}
    return compose("1201", {"medinsinfo": facts})


def check_clock(settings: wire.WireSettings) -> Finding:
    """How far this machine's clock is from the reply's own times: the Date header and refmsg_time."""
    try:
        prepared = wire.prepare(settings, own_facts(settings), wire.new_msgid(settings))
        began = wire.clock()
        body, date = b"", ""
        try:
            answer = transport.post(
                prepared.url,
                prepared.body,
                prepared.headers,
                connect_timeout=prepared.connect_timeout,
                read_timeout=min(prepared.read_timeout, 30.0),
                allowed=settings.allowed_hosts,
                ca_file=settings.ca_file,
                address=settings.host_address,
            )
            body, date = answer.body, {key.lower(): value for key, value in answer.headers.items()}.get("date", "")
        except Unknown as doubt:
            body = doubt.evidence
        ended = wire.clock()
    except NotSent as refusal:
        return skipped(f"没有得到答复：{refusal.sentence}", "请先处理前面的步骤")
    middle = began + (ended - began) / 2
    found = [one for one in (_of_header(date), _of_body(body)) if one is not None]
    if not found:
        return skipped("答复中没有时间，无法比较", "请系统管理员自行核对服务器时间")
    figures = [("本机时间", f"{middle:%Y-%m-%d %H:%M:%S}")]
    figures += [(label, f"{at:%Y-%m-%d %H:%M:%S}（{_apart(at - middle)}）") for label, at, _ in found]
    # A header counts whole seconds, so the finer of the two decides.
    _, at, grain = min(found, key=lambda one: one[2])
    off = max(abs((at - middle).total_seconds()) - grain, 0.0)
    if off > GATEWAY:
        return bad("本机时间相差超过 30 分钟，网关会拒绝所有请求", ASK_CLOCK, *figures, field="clock")
    if off > NEAR:
        return warn(f"本机时间相差 {off:.0f} 秒，还在网关允许的 30 分钟之内", ASK_CLOCK, *figures, field="clock")
    return good(f"本机时间与医保网关相差 {off:.0f} 秒", *figures)


def _of_header(date: str) -> tuple[str, datetime, float] | None:
    try:
        return ("网关时间（Date）", parsedate_to_datetime(date).astimezone(SHANGHAI), 1.0) if date else None
    except (TypeError, ValueError):
        return None


def _of_body(body: bytes) -> tuple[str, datetime, float] | None:
    """refmsg_time (17 digits), else the time in inf_refmsgid."""
    try:
        members = {str(key).strip(): value for key, value in json.loads(body).items()}
    except (ValueError, AttributeError, UnicodeDecodeError):
        return None
    told = "".join(filter(str.isdigit, str(members.get("refmsg_time") or "")))
    told = told or str(members.get("inf_refmsgid") or "")[6:20]
    try:
        at = datetime.strptime(told[:14], "%Y%m%d%H%M%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
    if len(told) >= 17 and told[14:17].isdigit():
        return ("中心时间（refmsg_time）", at + timedelta(milliseconds=int(told[14:17])), 0.0)
    return ("中心时间（refmsg_time）", at, 1.0)


def _apart(off: timedelta) -> str:
    seconds = off.total_seconds()
    return "相同" if abs(seconds) < 1 else f"{'快' if seconds > 0 else '慢'} {abs(seconds):.0f} 秒"


def check_keys(settings: wire.WireSettings, institution_id: int, environment: str) -> Finding:
    """Whether the gateway accepts the signature: a query goes past it, whatever the centre then says."""
    attempt, exchange = exchanged(settings, own_facts(settings), institution_id, environment)
    verdict = judged(NATIONAL.name, exchange)
    ids = (attempt.msgid,)
    figures = [("答复", f"{exchange.code or '—'}　{exchange.message or exchange.sentence}"[:120])]
    figures.append(("用时", f"{exchange.seconds * 1000:.0f} 毫秒"))
    if verdict.is_good:
        return good("网关接受了签名，应用编码和密钥正确", *figures, msgids=ids)
    if cause := CAUSES.get(exchange.code):
        step = exchange.refusal.next_step if exchange.refusal else ""
        return bad(f"{cause}（网关答复“{exchange.message}”）", step, *figures, field=verdict.field, msgids=ids)
    return bad(verdict.sentence, "请按说明核对“系统配置”", *figures, field=verdict.field, msgids=ids)


def check_signing(settings: wire.WireSettings, institution_id: int, environment: str) -> Finding:
    """9001 and 9002 as the channel's own operator, under a number of its own: nobody who works is disturbed."""
    kind = wire.wire(settings.gateway.wire)
    if not kind.signs(settings, ""):
        return skipped("本通道设置为不签到", "当地要求签到时，请在“系统配置”的报文开关中改为“经办人签到”")
    settings = as_operator(settings, None)
    assert settings.operator is not None
    signed, exchange = exchanged(settings, kind.sign_on(settings), institution_id, environment)
    number = kind.number_in(exchange.raw_reply) if exchange.outcome is wire.Outcome.OK else ""
    operator = ("操作员", f"{settings.operator.code} {settings.operator.name}")
    if not number:
        said = exchange.sentence if exchange.outcome is not wire.Outcome.OK else "答复中没有签到编号（sign_no）"
        ask = "请与医保经办核对：操作员是否需要先登记，签到要求的 MAC 和 IP 是否与登记的一致"
        return bad(f"签到（9001）没有成功：{said}", ask, operator, field="switches", msgids=(signed.msgid,))
    leaving, out = exchanged(
        replace(settings, sign_no=number), kind.sign_off(replace(settings, sign_no=number)), institution_id, environment
    )
    figures = (operator, ("签到编号", f"{number[:2]}***{number[-2:]}"), ("签退", out.sentence or "—"))
    ids = (signed.msgid, leaving.msgid)
    if out.outcome is not wire.Outcome.OK:
        half = warn(f"签到成功，签退（9002）没有成功：{out.sentence}", "请与医保经办核对", *figures)
        return replace(half, msgids=ids)
    return good("签到（9001）和签退（9002）都成功", *figures, msgids=ids)


def check_institution(settings: wire.WireSettings, institution_id: int, environment: str) -> Finding:
    """1201: what the centre knows of the institution, beside what the channel says."""
    attempt = client.ask_by_hand(own_facts(settings), institution_id=institution_id, environment=environment)
    if attempt.outcome != Outcome.OK:
        return _unanswered("1201", attempt)
    told = output_of(attempt).get("medinsinfo")
    row: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
    code, name = str(row.get("fixmedins_code") or ""), str(row.get("fixmedins_name") or "")
    figures = (
        ("中心登记的编号", code or "—"),
        ("中心登记的名称", name or "—"),
        ("通道的编号", settings.medins_code),
        ("通道的名称", settings.medins_name),
        ("医院等级", str(row.get("hosp_lv") or "—")),
    )
    if code and code != settings.medins_code:
        ask = "请核对“系统配置”中的定点医药机构编号"
        return bad("中心登记的机构编号与通道不一致", ask, *figures, field="medins_code", msgids=(attempt.msgid,))
    if not code:
        return warn("中心没有给出机构编号", "请向医保经办核实机构是否已登记", *figures)
    if name and not (name.startswith(settings.medins_name) or settings.medins_name.startswith(name)):
        return warn("中心登记的机构名称与通道不同", "请核对名称；接口规定最多 20 个字符", *figures, field="medins_name")
    return good("中心登记的机构与通道一致", *figures, msgids=(attempt.msgid,))


def check_person(
    settings: wire.WireSettings, institution_id: int, environment: str, certificate: Mapping[str, str]
) -> Finding:
    """1101 with a test person's certificate: known, insured where, and from here or from elsewhere."""
    if not certificate:
        return skipped("没有填写测试人员的证件", "请填写测试人员的身份证号后再检查这一步")
    request = compose("1101", {"data": dict(certificate)})
    attempt = client.ask_by_hand(request, institution_id=institution_id, environment=environment)
    if attempt.outcome != Outcome.OK:
        return _unanswered("1101", attempt)
    told = output_of(attempt)
    rows = told.get("insuinfo") or []
    rows = [one for one in (rows if isinstance(rows, list) else [rows]) if isinstance(one, Mapping)]
    regions = list(dict.fromkeys(str(one.get("insuplc_admdvs") or "") for one in rows if one.get("insuplc_admdvs")))
    figures = (
        ("参保险种", "、".join(dict.fromkeys(str(one.get("insutype")) for one in rows)) or "—"),
        ("参保地区划", "、".join(regions) or "—"),
        ("就诊地区划", settings.region),
    )
    if not regions:
        return bad("答复中没有参保地区划", "请换一个参保状态正常的测试人员", *figures, msgids=(attempt.msgid,))
    here = any(one[:4] == settings.region[:4] for one in regions)
    same = any(one[:2] == settings.region[:2] for one in regions)
    where = "本地参保" if here else "省内异地参保" if same else "跨省异地参保"
    return good(f"识别成功，{where}；交易会带上参保地区划", *figures, msgids=(attempt.msgid,))


def output_of(attempt: Attempt) -> dict[str, Any]:
    """The output of an answer that succeeded, as it came; empty when nobody can read it."""
    try:
        found = json.loads(str(attempt.raw_reply.reveal())) if attempt.raw_reply is not None else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _unanswered(number: str, attempt: Attempt) -> Finding:
    code = attempt.code.partition(".")[0]
    ask = "请先处理“密钥”" if code == "401" else "请按答复的说明处理；报文在“接口报文”中可以查到"
    words = f"{number} 没有成功：{attempt.message or attempt.get_outcome_display()}"
    return bad(words, ask, ("答复", attempt.code or "—"), msgids=(attempt.msgid,))
