"""The way to the gateway: settings, name and address, ports, certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from portal.gateway import wire
from portal.gateway.channels.fields import label_of
from portal.gateway.errors import NotSent
from portal.gateway.national.joining import reaching
from portal.gateway.national.joining.findings import Finding, bad, good, skipped, warn
from portal.gateway.transport import DEFAULT_PORT

#: The ports that the access guide opens (1.1).
GUIDE_PORTS = (443, 80)
#: Days before its end from which a certificate is to be renewed.
SOON = 30
#: Milliseconds from which a connection in an intranet is slow.
SLOW = 500


@dataclass(frozen=True, slots=True)
class Where:
    """The channel's address in parts. `bound` is the address that its host is bound to, empty without."""

    scheme: str
    host: str
    port: int
    bound: str

    @classmethod
    def of(cls, settings: wire.WireSettings) -> Where:
        parts = urlsplit(settings.base_url.strip())
        port = parts.port or DEFAULT_PORT.get(parts.scheme, 0)
        return cls(parts.scheme, parts.hostname or "", port, settings.host_address.strip())

    @property
    def is_literal(self) -> bool:
        """Whether the host is an address itself."""
        return ":" in self.host or self.host.replace(".", "").isdigit()


def check_settings(settings: wire.WireSettings) -> Finding:
    """Whether everything is filled in that the wire needs, and in the right form."""
    faults = settings.faults()
    auth = getattr(settings.switches, "auth", "")
    figures = (
        ("API 地址", settings.base_url),
        ("域名绑定的 IP", settings.host_address or "未绑定"),
        ("机构编号", settings.medins_code or "—"),
        ("就诊地区划", settings.region or "—"),
        ("鉴权方式", {"tif": "x-tif 请求头", "hmac-sha1": "hmac-sha1 请求头", "cainfo": "cainfo 签名"}.get(auth, "无")),
    )
    if faults:
        field = next(iter(faults))
        return bad("；".join(faults.values()), "请机构管理员在“系统配置”中补充", *figures, field=field)
    return good("通道已配置完整", *figures)


def check_binding(settings: wire.WireSettings) -> Finding:
    """Whether host, bound address and name service go together."""
    where = Where.of(settings)
    if where.is_literal:
        return good("API 地址直接写的是 IP，不需要绑定", ("地址", where.host))
    public = reaching.resolved(where.host)
    named = ("域名解析", "、".join(public) if public else ("没有答复" if public is None else "没有这个域名"))
    if where.bound:
        bound = ("绑定的 IP", where.bound)
        if public and where.bound not in public:
            ask = "请与医保系统承建商核对应使用哪个 IP；以绑定的为准发送"
            return warn("本机能解析这个域名，但得到的 IP 与绑定的不同", ask, bound, named, field="host_address")
        return good(f"{where.host} 绑定到 {where.bound}，只在本通道内生效，不需要修改服务器的 HOST 文件", bound, named)
    if public:
        return good("域名可以解析，不需要绑定", named)
    ask = (
        f"测试环境的网关一般没有公开域名：请在“系统配置”的“{label_of('national', 'host_address')}”中填写下发的 IP"
        "（相当于配置 HOST），并请平台管理员把域名和 IP 都列入允许的地址"
    )
    return bad(f"域名 {where.host} 在本机不能解析，也没有绑定 IP", ask, named, field="host_address")


def address_of(where: Where) -> str:
    """What to connect to; NotSent when the name leads nowhere."""
    if where.bound or where.is_literal:
        return where.bound or where.host
    found = reaching.resolved(where.host)
    if not found:
        raise NotSent(f"域名 {where.host} 不能解析，没有连接")
    return found[0]


def check_network(settings: wire.WireSettings) -> Finding:
    """TCP to the channel's own address and port."""
    where = Where.of(settings)
    try:
        found = reaching.reached(
            address_of(where),
            where.port,
            allowed=settings.allowed_hosts,
            name=where.host,
            seconds=min(settings.connect_timeout, reaching.PATIENCE),
        )
    except NotSent as refusal:
        ask = "请平台管理员在“允许的接口地址”中登记并复核，域名和绑定的 IP 都要登记"
        if "名单" not in refusal.sentence:
            ask = "请先处理“域名与地址绑定”"
        return bad(refusal.sentence, ask, field="base_url")
    figures = (("地址", f"{found.address}:{found.port}"), ("连接用时", f"{found.seconds * 1000:.0f} 毫秒"))
    if found.problem:
        ask = "请网络管理员检查医保专网线路、防火墙和路由；专网要由本机（后台服务所在的服务器）可达，而不只是办公电脑"
        return bad(f"连不通：{found.problem}", ask, *figures, field="base_url")
    if found.seconds * 1000 > SLOW:
        return warn("可以连通，但很慢", "请网络管理员检查专网线路", *figures)
    return good("可以连通", *figures)


def check_ports(settings: wire.WireSettings) -> Finding:
    """The two ports that the guide opens: the one in use must be open, the other is told."""
    where = Where.of(settings)
    try:
        address = address_of(where)
    except NotSent as refusal:
        return skipped(refusal.sentence, "请先处理“域名与地址绑定”")
    figures: list[tuple[str, str]] = []
    own = ""
    for port in dict.fromkeys((where.port, *GUIDE_PORTS)):
        label = f"端口 {port}" + ("（使用中）" if port == where.port else "")
        try:
            found = reaching.reached(address, port, allowed=settings.allowed_hosts, name=where.host)
        except NotSent:
            figures.append((label, "不在允许的地址名单中，没有尝试"))
            own = own or ("不在允许的名单中" if port == where.port else "")
            continue
        figures.append((label, found.problem or f"开放，{found.seconds * 1000:.0f} 毫秒"))
        own = own or (found.problem if port == where.port else "")
    if own:
        ask = "接入指南规定网关开放 443 和 80 端口：请核对 API 地址中的端口，并请网络管理员放行"
        return bad(f"使用的端口 {where.port} 不可用：{own}", ask, *figures, field="base_url")
    if where.port not in GUIDE_PORTS:
        ask = "接入指南只开放 443 和 80 端口：请与承建商确认这个端口"
        return warn(f"使用的是端口 {where.port}", ask, *figures, field="base_url")
    return good(f"使用的端口 {where.port} 已开放", *figures)


def check_certificate(settings: wire.WireSettings) -> Finding:
    """Whether name, address and certificate go together."""
    where = Where.of(settings)
    if where.scheme != "https":
        return skipped("API 地址是 http，没有证书；专网内按承建商给的地址使用即可")
    try:
        found = reaching.shown(
            where.host,
            address_of(where),
            where.port,
            allowed=settings.allowed_hosts,
            ca_file=settings.ca_file,
        )
    except NotSent as refusal:
        return skipped(refusal.sentence, "请先处理“域名与地址绑定”和“网络连通”")
    if found is None:
        ask = "请核对地址用 http 还是 https、端口是 80 还是 443"
        return bad("这个端口上没有加密服务", ask, field="base_url")
    left = (found.ends - datetime.now(UTC)).days
    figures = (
        ("证书的域名", "、".join(found.names)),
        ("签发机构", found.issuer),
        ("有效期至", f"{found.ends:%Y-%m-%d}（还有 {left} 天）"),
        ("加密协议", found.version),
    )
    if found.problem:
        ask = "请与承建商核对域名和绑定的 IP；证书由专网机构签发时，请系统管理员把它的根证书装到服务器上"
        return bad(f"域名、地址和证书不一致：{found.problem}", ask, *figures, field="base_url")
    if left < SOON:
        return warn(f"证书还有 {left} 天到期", "请提醒承建商更换证书", *figures)
    return good("域名、地址和证书一致", *figures)
