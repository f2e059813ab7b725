"""The work-injury interface's wire: JSON in AES/Base64 in a form field, with a session (interface 2.2, 4.1, 4.18).

Replies are not signed. What counts is a JSON object with a result code, plain or sealed with our key; anything else is
unknown. The message id travels in a header of our own, which the centre may ignore.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from urllib3.filepost import encode_multipart_formdata

from portal.gateway.codecs import Garbled, JsonCodec
from portal.gateway.crypto import WrongCiphertext
from portal.gateway.errors import Doubt, NotSent, Unknown
from portal.gateway.messages import Request, request_class, wire_form
from portal.gateway.seals import aes
from portal.gateway.seals.aes_session import AesSessionSwitches
from portal.gateway.seals.switches import Switches
from portal.gateway.wire.declared import Setting, printable
from portal.gateway.wire.files import file_bytes, file_item, has_files, without_files
from portal.gateway.wire.kinds import Opened, Prepared, R, Sessions, Wire
from portal.gateway.wire.national_content import for_people
from portal.gateway.wire.settings import WireSettings

SHANGHAI = ZoneInfo("Asia/Shanghai")
SUCCESS = "0"
#: Where the message id travels, so that both sides' logs can be laid beside each other.
MSGID = "X-Request-Id"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"

SETTINGS = (
    Setting("base_url", "接口地址", "方法路径之前的部分，例如 https://…/nm-his"),
    Setting("user_name", "接口用户名", "向开发商申请", size=100, check=printable(1, 100)),
    Setting("password", "接口密码", "向开发商申请，保存后不再显示", "secret", 100, printable(1, 100)),
    Setting(
        "secret_key",
        "AES 密钥",
        "由开发商分配给本机构：16、24 或 32 个半角字符，保存后不再显示",
        "secret",
        32,
        aes.key,
    ),
)


class AesSessionWire(Wire):
    """Codec JSON, seal AES-ECB, transport HTTP form. Code 0 means success."""

    settings: ClassVar[tuple[Setting, ...]] = SETTINGS
    switches: ClassVar[type[Switches]] = AesSessionSwitches
    proven = "用户名、密码和密钥都正确"
    names_label = "方法名称"
    names_hint = "本地接口使用其他方法名时填写，每行一个：sendMedInfo=本地名称"
    sessions: ClassVar[Sessions] = Sessions(
        sign_in="login",
        sign_out="logout",
        expired=frozenset({"11005", "11006", "21006"}),
        taken=frozenset({"21003"}),
        gone=frozenset({"11005", "11006", "21006", "31001", "31007"}),
        lasts=timedelta(hours=2),
    )

    def __init__(self) -> None:
        self._ahead = Ahead()

    def sign_in(self, settings: WireSettings) -> Request[Any]:
        return self._signing(settings, "login")

    def sign_out(self, settings: WireSettings) -> Request[Any]:
        return self._signing(settings, "logout")

    def _signing(self, settings: WireSettings, code: str) -> Request[Any]:
        declared = request_class(settings.gateway, code)
        return declared.model_validate({"username": settings.user_name, "password": aes.md5_upper(settings.password)})

    def session_in(self, reply: bytes) -> str:
        try:
            found = JsonCodec().unpack(reply).get("sessionid")
        except Garbled:
            return ""
        text = str(found).strip() if isinstance(found, str | int) and not isinstance(found, bool) else ""
        usable = text.isascii() and text.isprintable() and " " not in text and len(text) <= 100
        return text if usable and text != self.sessions.anybody else ""

    def idle(self, settings: WireSettings) -> timedelta:
        return timedelta(minutes=_switches(settings).idle_minutes)

    def prepare(self, settings: WireSettings, request: Request[R], msgid: str, now: datetime) -> Prepared[R]:
        kind, switches = type(request), _switches(settings)
        if kind.code != "login" and not settings.session:
            raise NotSent("接口还没有登录，请求没有发出")
        codec = JsonCodec(amounts=switches.numbers)
        as_file = file_item(kind)
        if as_file:
            packed = codec.pack(wire_form(request))
            body, content_type = _form_with_file(settings, request, as_file)
        else:
            packed, body = self._ahead.take(settings, request) or _packed_and_sealed(settings, request, now)
            content_type = FORM
        headers = {"Content-Type": content_type, "Accept": "application/json", MSGID: msgid}
        if switches.session_header and kind.code != "login":
            headers["sessionid"] = settings.session
        return Prepared(
            settings=settings,
            request=request,
            msgid=msgid,
            url=_address(settings, kind.code, switches.file_path if as_file else switches.path),
            headers=headers,
            plain=codec.pack(without_files(request)) if has_files(kind) else packed,
            body=body,
            connect_timeout=settings.connect_timeout,
            read_timeout=settings.read_timeout or float(kind.patience),
            prepared_at=now,
        )

    def prepare_ahead(self, settings: WireSettings, request: Request[Any]) -> None:
        """Only what does not depend on the day: every call but the sign-in."""
        if type(request).code != "login" and settings.session and not file_item(type(request)):
            at = datetime.now(SHANGHAI)
            self._ahead.keep(settings, request, _packed_and_sealed(settings, request, at))

    def open(self, prepared: Prepared[Any], body: bytes, now: datetime) -> Opened:
        try:
            return _opened(_plain(prepared, body))
        except Unknown as doubt:
            raise Unknown(doubt.reason, doubt.detail, evidence=body) from None

    def read(self, prepared: Prepared[Any], data: bytes) -> dict[str, Any]:
        """4.28 and 4.29 call code and text resCode and resMsg."""
        members = JsonCodec().unpack(data)
        for name, other in (("code", "resCode"), ("msg", "resMsg")):
            if other in members:
                members.setdefault(name, members.pop(other))
        return members


def request_key(settings: WireSettings, code: str, now: datetime) -> bytes:
    """The key of a call: that of the day for signing in, the institution's own for everything else (2.2)."""
    if code == "login":
        return aes.login_key(now.astimezone(SHANGHAI).date())
    return aes.key(settings.secret_key, "AES 密钥")


def _packed_and_sealed(settings: WireSettings, request: Request[Any], now: datetime) -> tuple[bytes, bytes]:
    """The plain content and the form with its cipher text."""
    packed = JsonCodec(amounts=_switches(settings).numbers).pack(wire_form(request))
    return packed, _sealed_form(settings, type(request).code, packed, now)


class Ahead:
    """What was packed before its turn, for the very same request and the same settings (session, key, switches)."""

    KEPT = 2

    def __init__(self) -> None:
        self._kept: list[tuple[WireSettings, Request[Any], tuple[bytes, bytes]]] = []

    def keep(self, settings: WireSettings, request: Request[Any], made: tuple[bytes, bytes]) -> None:
        self._kept = [*self._kept, (settings, request, made)][-self.KEPT :]

    def take(self, settings: WireSettings, request: Request[Any]) -> tuple[bytes, bytes] | None:
        for place, (its_settings, its_request, made) in enumerate(self._kept):
            if its_request is request:
                self._kept = self._kept[:place] + self._kept[place + 1 :]
                return made if its_settings == settings else None
        return None


def _sealed_form(settings: WireSettings, code: str, packed: bytes, now: datetime) -> bytes:
    if _switches(settings).session_body and code != "login":
        head = JsonCodec().pack({"sessionid": _session(settings)})
        packed = head[:-1] + (b"}" if packed == b"{}" else b"," + packed[1:])
    message = aes.close(packed, request_key(settings, code, now))
    # Of Base64 only these letters are quoted; quoting a discharge's invoices byte by byte would take seconds.
    quoted = message.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    return b"message=" + quoted.encode()


def _form_with_file(settings: WireSettings, request: Request[Any], name: str) -> tuple[bytes, str]:
    """4.18: the file and its items as parts of a form, in clear: the specification seals none of them."""
    content = wire_form(request)
    wire_name = type(request).model_fields[name].alias or name
    file = file_bytes(str(content.pop(wire_name)))
    fields: dict[str, Any] = {"sessionid": settings.session} if _switches(settings).session_body else {}
    fields |= {one: f"{value:f}" if isinstance(value, Decimal) else str(value) for one, value in content.items()}
    file_name = f"{wire_name}.{content.get('invoiceType', 'bin')}"
    fields[wire_name] = (file_name, file, "application/octet-stream")
    return encode_multipart_formdata(fields, _boundary(file))


def _boundary(file: bytes) -> str:
    """Words that do not stand in the file."""
    number = 0
    while f"--form-part-{number}".encode() in file:
        number += 1
    return f"form-part-{number}"


def _session(settings: WireSettings) -> str | int:
    if _switches(settings).session_form == "text":
        return settings.session
    if not (settings.session.isascii() and settings.session.isdecimal()):
        raise NotSent("sessionid 不是数字，请在系统配置的开关中改为按文本传送，请求没有发出")
    return int(settings.session)


def _plain(prepared: Prepared[Any], body: bytes) -> bytes:
    """The reply's JSON, opened if it was sealed; Unknown when it is neither."""
    text, allowed = body.strip().removeprefix(b"\xef\xbb\xbf"), _switches(prepared.settings).replies
    if text.startswith(b"{"):
        if allowed == "sealed":
            raise Unknown(Doubt.SHAPE, "答复没有加密")
        return text
    if allowed == "plain":
        raise Unknown(Doubt.SHAPE, "答复不是 JSON")
    sealed = text[1:-1] if len(text) > 1 and text[:1] == text[-1:] == b'"' else text
    if not sealed or not all(chr(one) in LETTERS for one in sealed):
        raise Unknown(Doubt.SHAPE, "答复既不是 JSON 也不是密文")
    return _unsealed(prepared, sealed.replace(b"\\r", b"").replace(b"\\n", b""))


LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\\\r\n")


def _unsealed(prepared: Prepared[Any], sealed: bytes) -> bytes:
    code, settings = type(prepared.request).code, prepared.settings
    keys = [request_key(settings, code, prepared.prepared_at), aes.key(settings.secret_key, "AES 密钥")]
    for key in dict.fromkeys(keys):
        try:
            opened = aes.open_(sealed, key)
        except WrongCiphertext:
            continue
        if opened.strip()[:1] == b"{":  # one wrong key in 256 leaves a padding that looks right
            return opened
    raise Unknown(Doubt.DECRYPTION)


def _opened(plain: bytes) -> Opened:
    members = _members(plain)
    codes = {_code(members[name]) for name in ("code", "resCode") if members.get(name) is not None}
    if len(codes) != 1 or "" in codes:
        raise Unknown(Doubt.SHAPE, "答复中没有返回代码" if not codes else "返回代码无法辨认")
    (code,) = codes
    message = members.get("msg") or members.get("resMsg") or ""
    return Opened(code, for_people(message if isinstance(message, str) else ""), code == SUCCESS, plain)


def _members(plain: bytes) -> dict[str, Any]:
    try:
        return JsonCodec().unpack(plain)
    except Garbled as fault:
        raise Unknown(Doubt.SHAPE, str(fault)) from None


def _code(value: object) -> str:
    """A code as text, whether it came as number or text; empty when it is neither."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return str(int(value))
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _address(settings: WireSettings, code: str, path: str) -> str:
    name = settings.names.get(code, code).strip("/")
    return settings.base_url.strip().rstrip("/") + path.replace("{method}", name)


def _switches(settings: WireSettings) -> AesSessionSwitches:
    if not isinstance(settings.switches, AesSessionSwitches):
        raise TypeError("a channel with sessions has its own switches")
    return settings.switches
