"""The desk's wire: JSON in GBK for the OneTrans library, carried to the bridge that calls it (OneTrans, chapter 3).

When is a reply believed? It comes from a bridge that knows our token, over its own certificate or on this machine. It
is judged in the documented order: what became of the call at the bridge, the library's return value, `code`, and of a
change the trade's own state: one that is not over and done is in doubt. What the bridge says was never handed to the
library was not sent.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from portal.gateway.codecs import Garbled, JsonCodec
from portal.gateway.desk.cards import CARDS, Init
from portal.gateway.desk.gateway import CARD_REFUSED, DESK
from portal.gateway.desk.gbk import LONGEST, gbk_faults, gbk_size
from portal.gateway.desk.station import Station
from portal.gateway.errors import Doubt, NotSent, Unknown
from portal.gateway.messages import Request, item_of, wire_form
from portal.gateway.seals.desk import DeskSwitches
from portal.gateway.seals.switches import Switches
from portal.gateway.tls import Tls
from portal.gateway.wire.declared import Setting
from portal.gateway.wire.desk_settings import SETTINGS
from portal.gateway.wire.kinds import Opened, Operator, Prepared, R, Wire
from portal.gateway.wire.settings import WireSettings

SHANGHAI = ZoneInfo("Asia/Shanghai")
SUCCESS = "000000"
#: `result` of a trade that is over and done; an answer without one has none.
TRADED = "succ"
#: Seconds more than a call may take at the bridge, until its answer is not waited for any more.
GRACE = 10
CARD_FUNCTIONS = {kind.code for kind in CARDS}
#: What is left of a doubt at the bridge, in the journal's words.
DOUBTS = {"hang": Doubt.TIMEOUT, "crashed": Doubt.RESET, "interrupted": Doubt.RESET, "overflow": Doubt.TOO_LARGE}


class DeskWire(Wire):
    """Codec JSON in GBK, transport HTTP to a bridge. Return value 0 and code 000000 mean success."""

    settings: ClassVar[tuple[Setting, ...]] = SETTINGS
    switches: ClassVar[type[Switches]] = DeskSwitches
    proven = "桥接程序和动态库都能使用"
    names_label = "交易类型"
    names_hint = "动态库使用其他交易类型名时填写，每行一个：hop.trade.query=名称"
    at_desks: ClassVar[bool] = True

    def new_msgid(self, settings: WireSettings, now: datetime) -> str:
        """Institution (12), time (14), number (4): 30 characters (table 3-1)."""
        if settings.next_stamp is None or len(settings.medins_code) != 12:
            raise NotSent("报文编号无法生成：请在系统配置中填写 12 位定点医药机构编号，请求没有发出")
        return settings.medins_code + settings.next_stamp(settings.medins_code)

    def operator(self, settings: WireSettings, user_name: str = "", name: str = "") -> Operator:
        switches = _switches(settings)
        if not user_name:
            return Operator(switches.opter, switches.opter_name, switches.opter_type)
        return Operator(_cut(user_name, 30), _cut(name or user_name, 50), switches.opter_type)

    def prepare(self, settings: WireSettings, request: Request[R], msgid: str, now: datetime) -> Prepared[R]:
        kind, switches = type(request), _switches(settings)
        if faults := gbk_faults(request):
            raise NotSent("；".join(faults.values()) + "，没有发出")
        content = wire_form(request)
        station = station_of(settings, str(content.pop(DESK, "") or ""))
        plain = JsonCodec().pack(content)
        call = _card_call(request, content, switches) if kind.code in CARD_FUNCTIONS else {}
        if not call:
            call = {"function": "OneTrans", "text": _message(settings, station, request, content, msgid, now)}
        run = int(settings.read_timeout or kind.patience)
        call |= {"id": msgid, "sent_at": int(now.timestamp()), "wait": switches.wait, "run": run}
        call |= {"keep": not kind.safe, "real": station.real}
        return Prepared(
            settings=settings,
            request=request,
            msgid=msgid,
            url=f"{station.address.rstrip('/')}/calls",
            headers=headers_for(station),
            plain=plain,
            body=JsonCodec().pack(call),
            connect_timeout=settings.connect_timeout,
            read_timeout=float(switches.wait + run + GRACE),
            prepared_at=now,
            tls=tls_of(station),
        )

    def open(self, prepared: Prepared[Any], body: bytes, now: datetime) -> Opened:
        try:
            told = JsonCodec().unpack(body)
            return _opened(prepared, told, body)
        except (Garbled, KeyError, TypeError, binascii.Error) as fault:
            detail = str(fault) if isinstance(fault, Garbled) else "不是桥接程序的答复"
            raise Unknown(Doubt.SHAPE, detail, evidence=body) from None

    def refused(self, prepared: Prepared[Any], body: bytes) -> Opened | None:
        """A bridge that does not know our token, or understands nothing, has not called its library."""
        try:
            told = JsonCodec().unpack(body)
        except Garbled:
            return None
        if told.get("state") == "not_called":
            raise NotSent(f"桥接程序没有接受请求：{told.get('sentence') or ''}请核对终端的令牌")
        return None

    def read(self, prepared: Prepared[Any], data: bytes) -> dict[str, Any]:
        return JsonCodec().unpack(data)


def _message(
    settings: WireSettings, station: Station, request: Request[Any], content: dict[str, Any], msgid: str, now: datetime
) -> str:
    """pInData of table 3-1, in its order."""
    switches, kind = _switches(settings), type(request)
    operator = settings.operator or DeskWire().operator(settings)
    data = {**content, **_filled(settings, station, request, content)}
    at = now.astimezone(SHANGHAI)
    envelope: dict[str, Any] = {"app_id": settings.app_code, "app_key": settings.secret_key}
    envelope["recer_sys_code"] = switches.recer_sys_code
    if switches.prd_id:
        envelope["prd_id"] = switches.prd_id
    envelope |= {
        "msgid": msgid,
        "timestamp": at.strftime("%Y%m%d%H%M%S") + f"{at.microsecond // 1000:03d}",
        "dev_no": station.device_no or switches.dev_no,
        "signtype": switches.signtype,
        "enc_type": switches.enc_type,
        "dept_codg": station.dept_code or switches.dept_codg,
        "dept_name": station.dept_name or switches.dept_name,
        "opter": operator.code,
        "opter_name": operator.name,
        "opter_type": operator.kind,
        "trans_type": settings.names.get(kind.code, kind.code),
        "data": data if switches.data_form == "object" else JsonCodec().pack(data).decode(),
    }
    text = JsonCodec().pack(envelope).decode()
    try:
        size = gbk_size(text)
    except ValueError as fault:
        raise NotSent(f"{fault}，没有发出") from None
    if size > LONGEST:
        raise NotSent(f"请求共 {size} 个字节，超过动态库的 {LONGEST} 个字节，没有发出")
    return text


def _filled(settings: WireSettings, station: Station, request: Request[Any], content: dict[str, Any]) -> dict[str, str]:
    """What the channel and the desk know and the request leaves empty; secrets among it never reach the journal."""
    switches = _switches(settings)
    known = {
        "payAppId": settings.user_name,
        "payAppSecret": settings.password,
        "ehc_app_id": switches.ehc_app_id,
        "ehc_app_secret": settings.iv,
        "termNo": station.term_no or switches.term_no,
        "term_id": station.term_no or switches.term_no,
    }
    declared = {item_of(type(request), name).wire for name in type(request).model_fields}
    return {name: value for name, value in known.items() if name in declared and value and not content.get(name)}


def _card_call(request: Request[Any], content: dict[str, Any], switches: DeskSwitches) -> dict[str, Any]:
    init = [switches.card_url, switches.card_user]
    if isinstance(request, Init):
        init = [request.url or init[0], request.user or init[1]]
        content = {}
    return {"function": type(request).code, "arguments": content, "init": init}


def _opened(prepared: Prepared[Any], told: dict[str, Any], body: bytes) -> Opened:
    """The bridge's answer; NotSent when the library was never given the call."""
    if told["id"] != prepared.msgid:
        raise Unknown(Doubt.NONCE, evidence=body)
    state, reason = str(told["state"]), str(told.get("reason") or "")
    if state == "not_called":
        raise NotSent(f"桥接程序没有调用动态库：{told.get('sentence') or reason}")
    if state != "returned":
        raise Unknown(DOUBTS.get(reason, Doubt.SHAPE), str(told.get("sentence") or ""), evidence=body)
    value, out = int(told["value"]), base64.b64decode(str(told.get("out") or ""), validate=True)
    if type(prepared.request).code in CARD_FUNCTIONS:
        return _card(value, out, base64.b64decode(str(told.get("sign") or ""), validate=True))
    return _business(value, out, is_change=not type(prepared.request).safe)


def _business(value: int, out: bytes, *, is_change: bool = False) -> Opened:
    """First the return value, then `code`, then a change's own state (接口规则, 判断逻辑)."""
    try:
        text = out.decode("gb18030")
    except UnicodeDecodeError:
        raise Unknown(Doubt.SHAPE, "动态库的答复不是 GBK 编码", evidence=out) from None
    if value != 0:
        return Opened(f"return{value}", text.strip()[:200], False, out)
    try:
        members = JsonCodec().unpack(text.encode())
    except Garbled as fault:
        raise Unknown(Doubt.SHAPE, str(fault), evidence=out) from None
    code = members.get("code")
    if isinstance(code, bool) or not isinstance(code, str | int) or str(code).strip() == "":
        raise Unknown(Doubt.SHAPE, "答复没有返回码", evidence=out)
    code = f"{code:06d}" if isinstance(code, int) else code.strip()
    message = str(members.get("err_msg") or "").strip()
    if code != SUCCESS:
        return Opened(code, message, False, text.encode())
    data = members.get("data")
    if isinstance(data, str):
        data = _from_text(data)
    if is_change and isinstance(data, dict) and str(data.get("result") or TRADED) != TRADED:
        return Opened(f"result-{data['result']}"[:40], str(data.get("resultDesc") or message), False, text.encode())
    plain = JsonCodec().pack(data) if isinstance(data, dict) else text.encode() if data else b"{}"
    return Opened(code, message, True, plain)


def _from_text(data: str) -> Any:
    """Some libraries write the business part as JSON text. What cannot be read stays text, which `read` refuses."""
    try:
        return JsonCodec().unpack(data.encode()) if data.strip() else {}
    except Garbled:
        return data


def _card(value: int, out: bytes, sign: bytes) -> Opened:
    text = out.decode("gb18030", "replace")
    if value != 0:
        return Opened(f"{CARD_REFUSED}{value}", text.strip()[:200], False, out)
    answer = {"text": text, "signature": sign.decode("gb18030", "replace")}
    return Opened("0", "", True, JsonCodec().pack(answer))


def station_of(settings: WireSettings, key: str) -> Station:
    """The desk's bridge, or the channel's own; NotSent when there is none of that key."""
    if not key:
        return settings.stations.get("") or Station("", "默认", settings.base_url, settings.private_key)
    found = settings.stations.get(key)
    if found is None:
        raise NotSent("没有登记这个终端，或它已停用，请求没有发出")
    return found


def headers_for(station: Station) -> dict[str, str]:
    return {
        "Content-Type": "application/json; charset=utf-8",
        "Accept": "application/json",
        "Authorization": f"Bearer {station.token}",
    }


def tls_of(station: Station) -> Tls | None:
    """Only the desk's own certificate is believed, and it knows the portal by the portal's."""
    if not station.certificate:
        return None
    return Tls(station.certificate, station.client_certificate, station.client_key)


def _cut(text: str, most: int) -> str:
    """As many characters as fit, without those that GBK does not have."""
    return text.encode("gbk", "ignore")[:most].decode("gbk", "ignore")


def _switches(settings: WireSettings) -> DeskSwitches:
    if not isinstance(settings.switches, DeskSwitches):
        raise TypeError("a desk channel has desk switches")
    return settings.switches


__all__ = ["DeskWire", "headers_for", "station_of", "tls_of"]
