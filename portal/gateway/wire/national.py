"""The national interface's wire: JSON in the envelope of the access guide, tables 2 to 4; no encryption.

When is a reply believed? It is not signed, so what counts is what table 3 makes obligatory: `infcode`, and
`inf_refmsgid` of receiver's region (6), its time (14) and number (10), with a time near ours, so that no cache or
proxy answers for the centre. A reply that repeats a `msgid` must repeat ours. Everything else is unknown. The API
gateway's own faults have `errcode` instead and are told apart by their texts (access guide 2.3).
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from portal.gateway.codecs import Garbled, JsonCodec
from portal.gateway.crypto import SM2
from portal.gateway.errors import Doubt, NotSent, Unknown
from portal.gateway.messages import Request
from portal.gateway.seals import tif
from portal.gateway.seals.national import NationalSwitches
from portal.gateway.seals.switches import Switches
from portal.gateway.wire import national_operators as operators
from portal.gateway.wire.declared import Setting
from portal.gateway.wire.files import has_files, without_files
from portal.gateway.wire.kinds import Opened, Operator, Prepared, R, Shift, Signing, Wire
from portal.gateway.wire.national_content import filled, for_people, longest, names_a_person, with_medium
from portal.gateway.wire.national_settings import SETTINGS
from portal.gateway.wire.settings import WireSettings

SHANGHAI = ZoneInfo("Asia/Shanghai")
SUCCESS = "0"
#: The gateway's texts (access guide 2.3), without their exclamation marks, and the codes they get here.
GATEWAY_FAULTS = {
    "缺少服务调用的请求头": "401.1",
    "签名时间戳超时": "401.2",
    "非法用户": "401.3",
    "签名不一致": "401.4",
}
REFMSGID = re.compile(r"[0-9]{6}(?P<at>[0-9]{14})[0-9]{10}")
#: What the envelope of a reply says beside the output; laid beside it for the business (`Received`).
BESIDE = ("inf_refmsgid", "refmsg_time", "respond_time")


class NationalWire(Wire):
    """Codec JSON, authentication by header or cainfo, transport HTTP POST. infcode 0 means success."""

    settings: ClassVar[tuple[Setting, ...]] = SETTINGS
    switches: ClassVar[type[Switches]] = NationalSwitches
    names_label = "交易路径"
    names_hint = "交易的地址不按交易编号时填写，每行一个：3260=路径"

    signing: ClassVar[Signing] = operators.SIGNING

    def signs(self, settings: WireSettings, code: str) -> bool:
        return _switches(settings).sign_in == "operator" and code not in (operators.SIGN_IN, operators.SIGN_OUT)

    def operator(self, settings: WireSettings, user_name: str = "", name: str = "") -> Operator:
        return operators.operator_of(_switches(settings), user_name, name)

    def sign_on(self, settings: WireSettings) -> Request[Any]:
        return operators.sign_on(_switches(settings), _operator(settings), settings.base_url)

    def sign_off(self, settings: WireSettings) -> Request[Any]:
        return operators.sign_off(_operator(settings), settings.sign_no)

    def number_in(self, reply: bytes) -> str:
        return operators.number_in(reply)

    def shift(self, settings: WireSettings) -> Shift:
        return operators.shift_of(_switches(settings))

    def needed(self, switches: Any) -> Collection[str]:
        wanted = {"base_url", "medins_code", "medins_name", "region"}
        if switches.auth in ("tif", "hmac-sha1"):
            wanted |= {"app_code", "secret_key"}
        return wanted | ({"private_key"} if switches.auth == "cainfo" else set())

    def new_msgid(self, settings: WireSettings, now: datetime) -> str:
        """Institution (12), time (14), number (4): 30 characters (table 2)."""
        if settings.next_stamp is None or len(settings.medins_code) != 12:
            raise NotSent("报文编号无法生成：请在系统配置中填写 12 位定点医药机构编号，请求没有发出")
        return settings.medins_code + settings.next_stamp(settings.medins_code)

    def prepare(self, settings: WireSettings, request: Request[R], msgid: str, now: datetime) -> Prepared[R]:
        kind, switches = type(request), _switches(settings)
        codec = JsonCodec(amounts=switches.numbers)
        content = filled(request, switches.numbers, switches.bytes_form)
        plain = codec.pack(without_files(request) if has_files(kind) else content)
        envelope = _envelope(settings, kind.code, msgid, now, content)
        envelope["input"] = content if switches.input_form == "object" else codec.pack(content).decode()
        headers = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"}
        return Prepared(
            settings=settings,
            request=request,
            msgid=msgid,
            url=_address(settings, kind.code),
            headers={**headers, **_proof(settings, kind.code, now)},
            plain=plain,
            body=codec.pack(envelope),
            connect_timeout=settings.connect_timeout,
            read_timeout=settings.read_timeout or float(kind.patience),
            prepared_at=now,
        )

    def open(self, prepared: Prepared[Any], body: bytes, now: datetime) -> Opened:
        try:
            members = {name.strip(): value for name, value in JsonCodec().unpack(body).items()}
        except Garbled as fault:
            raise Unknown(Doubt.SHAPE, str(fault), evidence=body) from None
        try:
            return _gateway_fault(members) or _opened(prepared, members, body, now)
        except Unknown as doubt:
            raise Unknown(doubt.reason, doubt.detail, evidence=body) from None

    def refused(self, prepared: Prepared[Any], body: bytes) -> Opened | None:
        """The API gateway may put its 401 into the HTTP status as well."""
        try:
            return _gateway_fault({name.strip(): value for name, value in JsonCodec().unpack(body).items()})
        except Garbled:
            return None

    def read(self, prepared: Prepared[Any], data: bytes) -> dict[str, Any]:
        found = JsonCodec().unpack(data)
        if "infcode" in found:
            raise Garbled("output 不是一组字段")
        if isinstance(found.get("sign_time"), str) and type(prepared.request).code == operators.SIGN_OUT:
            found["sign_time"] = {"sign_time": found["sign_time"]}  # the specification names the node like its item
        return found


def _envelope(settings: WireSettings, infno: str, msgid: str, now: datetime, content: dict[str, Any]) -> dict[str, Any]:
    """Table 2, in its order, without the input; a request's own `insuplc_admdvs` moves here from its content."""
    switches = _switches(settings)
    insured_at = str(content.pop("insuplc_admdvs", "") or "")
    if not insured_at and names_a_person(content):
        raise NotSent("请求带有人员编号，必须同时给出参保地医保区划，没有发出")
    medium = str(content.pop("dev_safe_info", "") or "")
    if medium and switches.control == "exp_content":
        with_medium(content, medium)
    operator = _operator(settings)
    envelope: dict[str, Any] = {
        "infno": infno,
        "msgid": msgid,
        "mdtrtarea_admvs": settings.region,
        "insuplc_admdvs": insured_at,
        "recer_sys_code": switches.recer_sys_code,
        "dev_no": switches.dev_no,
        "dev_safe_info": medium if medium and switches.control == "dev_safe_info" else switches.dev_safe_info,
        "cainfo": "",
        "signtype": switches.signtype or ("SM2" if switches.auth == "cainfo" else ""),
        "infver": switches.infver,
        "opter_type": operator.kind,
        "opter": operator.code,
        "opter_name": operator.name,
        "inf_time": now.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
        "fixmedins_code": settings.medins_code,
        "fixmedins_name": settings.medins_name,
        "sign_no": settings.sign_no,
    }
    if switches.auth == "cainfo":
        key = SM2(private_key=settings.private_key, user_id=switches.user_id)
        envelope["cainfo"] = tif.sign_envelope(
            envelope, key, der=switches.signature_form == "der", text=switches.signature_text
        )
    if len(JsonCodec(amounts=switches.numbers).pack(content).decode()) > (most := longest(infno)):
        raise NotSent(f"交易输入超过接口规定的 {most} 个字符，没有发出")
    return envelope


def _proof(settings: WireSettings, infno: str, now: datetime) -> dict[str, str]:
    switches = _switches(settings)
    if switches.auth == "tif":
        nonce = secrets.token_hex(16)
        nonce = str(uuid.UUID(nonce)) if switches.nonce_form == "uuid" else nonce
        return tif.tif_headers(settings.app_code, settings.secret_key, nonce, now)
    if switches.auth == "hmac-sha1":
        return tif.hmac_headers(settings.app_code, settings.secret_key, infno, switches.api_version, now)
    return {}


def _address(settings: WireSettings, infno: str) -> str:
    name = settings.names.get(infno, infno).strip("/")
    path = _switches(settings).path.replace("{infno}", name)
    return (settings.base_url.strip().rstrip("/") + path).rstrip("/")


def _gateway_fault(members: Mapping[str, Any]) -> Opened | None:
    if "errcode" not in members or "infcode" in members:
        return None
    code, message = str(members["errcode"]), str(members.get("message", ""))
    listed = GATEWAY_FAULTS.get(message.strip().rstrip("!！。")) if code == "401" else None
    return Opened(listed or code, for_people(message), False, b"")


def _opened(prepared: Prepared[Any], members: Mapping[str, Any], body: bytes, now: datetime) -> Opened:
    code = members.get("infcode")
    if isinstance(code, bool) or not isinstance(code, str | int) or str(code).strip() == "":
        raise Unknown(Doubt.SHAPE, "缺少 infcode" if code is None else "infcode 不是交易状态码")
    if members.get("msgid") not in (None, "", prepared.msgid):
        raise Unknown(Doubt.NONCE)
    _check_refmsgid(_switches(prepared.settings), str(members.get("inf_refmsgid") or ""), now)
    code, message = str(code).strip(), for_people(str(members.get("err_msg") or ""))
    if code != SUCCESS:
        signed = not operators.says_not_signed(_switches(prepared.settings), message)
        return Opened(code if signed else operators.NOT_SIGNED, message, False, b"")
    output = members.get("output")
    if isinstance(output, str):
        output = _from_text(output)
    if output is None:
        output = {}
    if isinstance(output, list):  # rows that stand directly below the output
        output = {"data": output}
    beside = {name: str(members[name]) for name in BESIDE if members.get(name) not in (None, "")}
    data = JsonCodec().pack({**output, **beside}) if isinstance(output, dict) else body
    return Opened(code, message, True, data)


def _from_text(output: str) -> Any:
    """Some sites write the output as JSON text. What cannot be read stays text, which `read` then refuses."""
    try:
        if output.strip().startswith("["):
            return JsonCodec().unpack(f'{{"data":{output}}}'.encode())
        return JsonCodec().unpack(output.encode()) if output.strip() else {}
    except (Garbled, UnicodeEncodeError):
        return output


def _check_refmsgid(switches: NationalSwitches, refmsgid: str, now: datetime) -> None:
    if not refmsgid:
        raise Unknown(Doubt.SHAPE, "缺少 inf_refmsgid")
    if switches.refmsgid == "present":
        return
    parts = REFMSGID.fullmatch(refmsgid)
    try:
        at = datetime.strptime(parts["at"] if parts else "", "%Y%m%d%H%M%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        raise Unknown(Doubt.SHAPE, "inf_refmsgid 不是区划、时间和流水号") from None
    if abs(at - now) > timedelta(seconds=switches.tolerance):
        raise Unknown(Doubt.TIMESTAMP, f"相差 {int(abs(at - now).total_seconds())} 秒，请核对本机时间")


def _operator(settings: WireSettings) -> Operator:
    return settings.operator or operators.operator_of(_switches(settings), "", "")


def _switches(settings: WireSettings) -> NationalSwitches:
    if not isinstance(settings.switches, NationalSwitches):
        raise TypeError("a national channel has national switches")
    return settings.switches
