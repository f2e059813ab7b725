"""Name, address and certificate of a gateway without a public name: bound to loopback, with our own certificate."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.gateway.errors import NotSent
from portal.gateway.national.joining import reaching
from portal.gateway.national.joining.reaching import Shown

NAME, HERE = "gateway.example", "127.0.0.1"


@pytest.fixture
def gateway(tmp_path):
    """A TLS port on loopback that greets everybody; (port, file of its certificate)."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=90))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
    certificate, private = tmp_path / "certificate.pem", tmp_path / "key.pem"
    certificate.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, none))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    door = socket.create_server((HERE, 0))

    def greet():
        while True:
            try:
                plain, _ = door.accept()
            except OSError:
                return
            try:
                context.wrap_socket(plain, server_side=True).close()
            except OSError:
                plain.close()

    threading.Thread(target=greet, daemon=True).start()
    yield door.getsockname()[1], str(certificate)
    door.shutdown(socket.SHUT_RDWR)
    door.close()


def test_the_certificate_belongs_to_the_bound_name(gateway):
    port, file = gateway
    allowed = (f"{NAME}:{port}", f"{HERE}:{port}", f"other.example:{port}")

    def shown(name: str, ca_file: str = "") -> Shown:
        found = reaching.shown(name, HERE, port, allowed=allowed, ca_file=ca_file or None)
        assert found is not None
        return found

    trusted = shown(NAME, file)
    assert (trusted.problem, trusted.names, trusted.issuer) == ("", (NAME,), NAME)
    assert (trusted.ends - datetime.now(UTC)).days in (89, 90)
    assert "自签" in shown(NAME).problem
    assert "不是这个域名的" in shown("other.example", file).problem
    assert reaching.reached(HERE, port, allowed=allowed, name=NAME).problem == ""
    with pytest.raises(NotSent, match="名单"):
        reaching.shown(NAME, HERE, port, allowed=(f"{NAME}:{port}",))


def test_a_closed_port_and_an_unknown_name_say_so():
    with socket.create_server((HERE, 0)) as door:
        port = door.getsockname()[1]
    closed = reaching.reached(HERE, port, allowed=(f"{HERE}:{port}",), name=HERE, seconds=2)
    assert "没有开放" in closed.problem
    assert reaching.shown(HERE, HERE, port, allowed=(f"{HERE}:{port}",), seconds=1) is None
