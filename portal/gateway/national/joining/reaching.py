"""Plain connections for the check: name service, TCP, TLS. Nothing is sent but the greeting of TLS.

Only an address that the platform's list allows is connected to, as for messages.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import NameOID

from portal.gateway.transport import DEFAULT_PORT, check_address

#: Seconds for a connection, and for the name service.
PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Reached:
    """One try to connect; `problem` is empty when it succeeded."""

    address: str
    port: int
    seconds: float
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """The certificate that an address showed for a name; `problem` says why it is not to be trusted."""

    names: tuple[str, ...]
    issuer: str
    ends: datetime
    version: str
    problem: str = ""


def resolved(host: str, seconds: float = PATIENCE) -> list[str] | None:
    """The addresses that this machine's name service has for a host; None when it does not answer in time."""
    found: list[str] = []
    answered = threading.Event()

    def ask() -> None:
        with suppress(OSError, UnicodeError):  # no such name: an empty list
            found.extend(sorted({str(one[4][0]) for one in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}))
        answered.set()

    threading.Thread(target=ask, daemon=True).start()
    return found if answered.wait(seconds) else None


def reached(address: str, port: int, *, allowed: Collection[str], name: str, seconds: float = PATIENCE) -> Reached:
    """Connect once and hang up. NotSent unless name and address are both on the list with this port."""
    refuse_foreign(address, port, allowed, name)
    began = time.monotonic()
    try:
        with socket.create_connection((address, port), timeout=seconds):
            problem = ""
    except TimeoutError:
        problem = f"{seconds:.0f} 秒内没有连通"
    except ConnectionRefusedError:
        problem = "端口没有开放（对方拒绝连接）"
    except OSError as error:
        problem = {101: "没有到这个网络的路由", 113: "没有到这台主机的路由"}.get(error.errno or 0, "无法连接")
    return Reached(address, port, time.monotonic() - began, problem)


def refuse_foreign(address: str, port: int, allowed: Collection[str], name: str) -> None:
    """NotSent unless the list allows both the name and the address with this port."""
    scheme = "https" if port == DEFAULT_PORT["https"] else "http"
    for host in {name, address}:
        check_address(f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}", allowed)


def shown(
    name: str,
    address: str,
    port: int,
    *,
    allowed: Collection[str],
    ca_file: str | None = None,
    seconds: float = PATIENCE,
) -> Shown | None:
    """The certificate of this address for this name, and whether it may be trusted; None when it shows none."""
    refuse_foreign(address, port, allowed, name)
    seen = _seen(name, address, port, seconds)
    if seen is None:
        return None
    certificate, version = seen
    return Shown(
        names=_names(certificate),
        issuer=_common(certificate.issuer),
        ends=certificate.not_valid_after_utc,
        version=version,
        problem=_problem(name, address, port, ca_file, seconds),
    )


def _seen(name: str, address: str, port: int, seconds: float) -> tuple[x509.Certificate, str] | None:
    """Whatever it shows, trusted or not; nothing is said to it beyond the greeting."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((address, port), timeout=seconds) as plain,
            context.wrap_socket(plain, server_hostname=name) as secure,
        ):
            raw = secure.getpeercert(binary_form=True)
            return (x509.load_der_x509_certificate(raw), secure.version() or "") if raw else None
    except (OSError, ValueError):
        return None


def _problem(name: str, address: str, port: int, ca_file: str | None, seconds: float) -> str:
    context = ssl.create_default_context(cafile=ca_file)
    try:
        with (
            socket.create_connection((address, port), timeout=seconds) as plain,
            context.wrap_socket(plain, server_hostname=name),
        ):
            return ""
    except ssl.SSLCertVerificationError as error:
        return _PROBLEMS.get(error.verify_code, f"证书不受信任（{error.verify_message}）")
    except OSError:
        return "加密连接没有建立"


#: OpenSSL's codes of verification.
_PROBLEMS = {
    9: "证书还没有生效，请核对本机时间",
    10: "证书已过期",
    18: "证书是自签的，本机没有信任它",
    19: "签发证书的机构不受本机信任",
    20: "签发证书的机构不受本机信任",
    62: "证书不是这个域名的",
    64: "证书不是这个地址的",
}


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return (_common(certificate.subject),)
    listed = [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]
    return tuple(listed[:5])


def _common(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME) or name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(found[0].value) if found else "—"
